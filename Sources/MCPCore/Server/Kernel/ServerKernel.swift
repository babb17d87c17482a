/// Answers requests, in either era. It does no I/O, owns no socket and starts no timer; transports hand it decoded requests.
public struct ServerKernel: Sendable {
    public let info: Implementation
    public let instructions: String?
    public let configuration: ServerConfiguration
    let tools: ToolRegistry
    let resources: ResourceRegistry
    let prompts: PromptRegistry
    let subscriptions: SubscriptionHub
    private let offer: ServerOffer
    let extensions: ServerExtensions
    private let features: [String: any MethodHandler]
    private let limits: CallerLimits
    /// Where journals of calls that ask wait on channels of messages: one for all connections, since none of them owns a call.
    let requestStates: any RequestStateStore
    private let profiles: Profiles

    private struct Profiles: Sendable {
        let handshake: HandshakeProfile
        let perRequest: PerRequestProfile
    }

    init(info: Implementation, instructions: String?, configuration: ServerConfiguration, registration: ServerRegistration) {
        self.info = info
        self.instructions = instructions
        self.configuration = configuration
        subscriptions = SubscriptionHub()
        tools = ToolRegistry(registration.tools, subscriptions: subscriptions)
        resources = ResourceRegistry(registration.resources, registration.resourceTemplates, subscriptions: subscriptions)
        prompts = PromptRegistry(registration.prompts, subscriptions: subscriptions)
        let limits = CallerLimits(configuration)
        self.limits = limits
        requestStates = configuration.requestStates ?? MemoryRequestStateStore(environment: configuration.environment)
        let completion = CompletionFeature(prompts: prompts, resources: resources, limit: limits.completions)
        profiles = Profiles(handshake: HandshakeProfile(), perRequest: PerRequestProfile(serverInfo: info))
        extensions = ServerExtensions(
            registration.extensions, taken: profiles.handshake.methods.union(profiles.perRequest.methods), configuration: configuration)
        let offer = ServerOffer(
            tools: tools, resources: resources, prompts: prompts, completion: completion, hasLogging: configuration.offersLogging,
            extensions: extensions)
        self.offer = offer
        let handlers: [any MethodHandler] = [
            PingFeature(),
            DiscoverFeature(configuration: configuration, instructions: instructions, capabilities: offer.capabilities(in:)),
            ToolsFeature(tools: tools, configuration: configuration, limit: limits.calls),
            ResourcesFeature(resources: resources, configuration: configuration),
            PromptsFeature(prompts: prompts, configuration: configuration),
            completion,
            SubscriptionsFeature(hub: subscriptions, offer: offer, extensions: extensions, maximumResources: configuration.maximumResourceSubscriptions),
        ]
        features = Dictionary(handlers.flatMap { handler in handler.methods.map { ($0, handler) } }) { first, _ in first }
    }

    /// Answers one request.
    ///
    /// Cancelling the task cancels the handler; what is then returned is not to be sent.
    /// - Parameters:
    ///   - peer: Who asks, in which revision.
    ///   - notify: Sends a notification that belongs to this request. It suspends while the way to the client is full.
    public func respond(
        to request: JSONRPCRequest, peer: Peer, notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) async -> JSONRPCResponse {
        guard let tracing = configuration.tracing else { return await serve(request, peer: peer, notify: notify) }
        let traced = TracedRequest(id: request.id, method: request.method, params: request.params, revision: peer.revision)
        return await tracing.serve(traced) { await serve(request, peer: peer, notify: notify) }
    }

    private func serve(
        _ request: JSONRPCRequest, peer: Peer, notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) async -> JSONRPCResponse {
        let profile = profile(of: peer.revision)
        let own = profile.methods.contains(request.method) ? features[request.method] : nil
        guard let feature = own ?? extensions.handler(of: request.method, in: peer.revision) else {
            return JSONRPCResponse(id: request.id, profile.error(.unknownMethod(request.method)))
        }
        if peer.principal?.scopes != nil, case let needed = configuration.scopes.needed(for: request), !configuration.scopes.allow(peer.principal, needed) {
            // HTTP has answered with a challenge before it came to this; here stands what a batch is told.
            let words = needed.sorted().joined(separator: " ")
            return JSONRPCResponse(
                id: request.id, profile.error(.error(JSONRPCError(.invalidRequest, "The request needs these scopes of the access token: \(words)"))))
        }
        do {
            guard extensions.isDeferring, let deferral = try deferral(of: request, peer: peer, profile: profile) else {
                let exchange = ServerExchange(
                    request: request, peer: peer, profile: profile, configuration: configuration, limits: limits, notify: notify)
                return JSONRPCResponse(id: request.id, result: await result(of: feature, exchange))
            }
            let exchange = ServerExchange(
                request: request, peer: peer, profile: profile, configuration: configuration, limits: limits, deferral: deferral, notify: notify)
            return JSONRPCResponse(id: request.id, result: await deferral.run { await result(of: feature, exchange) })
        } catch {
            return JSONRPCResponse(id: request.id, self.error(error, of: request, profile))
        }
    }

    /// Handles a request to its end; what its handler sends goes out before.
    private func result(of feature: any MethodHandler, _ exchange: ServerExchange) async -> Result<JSONObject, JSONRPCError> {
        let result: Result<JSONObject, JSONRPCError>
        let (request, profile) = (exchange.request, exchange.profile)
        do { result = .success(profile.result(try await feature.handle(request, exchange: exchange), of: request.method)) } catch {
            result = .failure(self.error(error, of: request, profile))
        }
        if exchange.end() { await exchange.endSlowly() }
        return result
    }

    private func deferral(of request: JSONRPCRequest, peer: Peer, profile: any WireProfile) throws -> (any CallDeferral)? {
        try extensions.deferral(
            of: DeferrableCall(request: request, peer: peer, profile: profile, configuration: configuration), tools: tools)
    }

    private func error(_ error: any Error, of request: JSONRPCRequest, _ profile: any WireProfile) -> JSONRPCError {
        profile.error(RequestFailure(error, of: request, diagnostics: configuration.diagnostics))
    }

    /// What the server can do, as `initialize` and `server/discover` say it in a revision.
    public func capabilities(in revision: ProtocolRevision) -> ServerCapabilities { offer.capabilities(in: revision) }

    /// What is wrong with what the server was built from.
    var faults: [String] { tools.faults + resources.faults + prompts.faults + extensions.faults + taskFaults }

    private var taskFaults: [String] {
        guard !extensions.isDeferring else { return [] }
        return tools.definitions.map(\.name).filter { tools[$0]?.tool.taskSupport.need == .required }.map {
            "Tool `\($0)` requires that its calls run as tasks; give the server a `TasksExtension` too"
        }
    }

    func profile(of revision: ProtocolRevision) -> any WireProfile {
        switch revision.era {
        case .handshake: profiles.handshake
        case .perRequest: profiles.perRequest
        }
    }

    /// What `Mcp-Name` mirrors of a request of an extension (Streamable HTTP); `nil` for requests of the specification itself, and where the
    /// extension does not say. For transports.
    public func routingName(of request: JSONRPCRequest) -> String? { extensions.routingName(of: request) }

    /// Hands a notification of a client to the extension that takes it.
    /// - Returns: Whether there is one that the client has declared.
    public func receive(_ notification: JSONRPCNotification, from peer: Peer) async -> Bool {
        guard extensions.takes(notification, from: peer) else { return false }
        await extensions.receive(notification, from: peer)
        return true
    }
}

/// What a server offers, as it is now: tools and the like may come while it runs.
struct ServerOffer: Sendable {
    let tools: ToolRegistry
    let resources: ResourceRegistry
    let prompts: PromptRegistry
    let completion: CompletionFeature
    let hasLogging: Bool
    let extensions: ServerExtensions

    func capabilities(in revision: ProtocolRevision) -> ServerCapabilities {
        ServerCapabilities(
            tools: tools.isOffered ? .init(listChanged: true) : nil,
            prompts: prompts.isOffered ? .init(listChanged: true) : nil,
            resources: resources.isOffered ? .init(subscribe: true, listChanged: true) : nil,
            completions: completion.isOffered, logging: hasLogging, extensions: extensions.declared(in: revision))
    }

    /// The part of a filter that the server can serve.
    func granted(_ wanted: SubscriptionFilter) -> SubscriptionFilter {
        SubscriptionFilter(
            toolsListChanged: wanted.toolsListChanged && tools.isOffered, promptsListChanged: wanted.promptsListChanged && prompts.isOffered,
            resourcesListChanged: wanted.resourcesListChanged && resources.isOffered,
            resourceSubscriptions: resources.isOffered ? wanted.resourceSubscriptions : [])
    }
}

/// A feature of the specification: the methods that it serves.
protocol MethodHandler: Sendable {
    var methods: [String] { get }
    /// - Throws: `RequestFailure`, or any error that the kernel turns into one.
    func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult
}
