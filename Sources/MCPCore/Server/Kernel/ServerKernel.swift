/// Answers requests, in either era. It does no I/O, owns no socket and starts no timer; transports hand it decoded requests.
///
/// A reference: transports and sessions each have one, and copying what is in it would count dozens of references.
public final class ServerKernel: Sendable {
    public let info: Implementation
    public let instructions: String?
    public let configuration: ServerConfiguration
    let tools: ToolRegistry
    let resources: ResourceRegistry
    let prompts: PromptRegistry
    let subscriptions: SubscriptionHub
    private let offer: ServerOffer
    let extensions: ServerExtensions
    let limits: CallerLimits
    /// Where journals of calls that ask wait on channels of messages: one for all connections, since none of them owns a call.
    let requestStates: any RequestStateStore
    private let profiles: Profiles

    private struct Profiles: Sendable {
        let handshake: Era
        let perRequest: Era

        struct Era: Sendable {
            let profile: any WireProfile
            /// The methods of the specification, and what serves each. They are few, and those that come most stand first: looking through them is
            /// quicker than hashing the method.
            private let methods: [String]
            private let handlers: [any MethodHandler]

            init(_ profile: any WireProfile, _ handlers: [any MethodHandler]) {
                self.profile = profile
                let served = handlers.flatMap { handler in handler.methods.filter(profile.methods.contains).map { ($0, handler) } }
                methods = served.map(\.0)
                self.handlers = served.map(\.1)
            }

            func handler(of method: String) -> (any MethodHandler)? {
                for index in methods.indices where methods[index].hasSameBytes(as: method) { return handlers[index] }
                return nil
            }
        }
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
        let (handshake, perRequest) = (HandshakeProfile(), PerRequestProfile(serverInfo: info))
        extensions = ServerExtensions(
            registration.extensions, taken: handshake.methods.union(perRequest.methods), configuration: configuration)
        let offer = ServerOffer(
            tools: tools, resources: resources, prompts: prompts, completion: completion, hasLogging: configuration.offersLogging,
            extensions: extensions)
        self.offer = offer
        let handlers: [any MethodHandler] = [
            ToolsFeature(tools: tools, limit: limits.calls),
            PingFeature(),
            DiscoverFeature(configuration: configuration, instructions: instructions, capabilities: offer.capabilities(in:)),
            ResourcesFeature(resources: resources, configuration: configuration),
            PromptsFeature(prompts: prompts, configuration: configuration),
            completion,
            SubscriptionsFeature(hub: subscriptions, offer: offer, extensions: extensions, maximumResources: configuration.maximumResourceSubscriptions),
        ]
        profiles = Profiles(handshake: Profiles.Era(handshake, handlers), perRequest: Profiles.Era(perRequest, handlers))
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
        await response(to: request, peer: peer, notify: notify)
    }

    /// The same for those who stand on no actor: it stays where it is called. Each hop of an asynchronous function asks for the executor of its task anew.
    nonisolated(nonsending) func response(
        to request: JSONRPCRequest, peer: Peer, notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) async -> JSONRPCResponse {
        // The plain case needs no further step: each asynchronous call costs a few hundred instructions.
        if configuration.tracing == nil, !extensions.isDeferring {
            switch admit(request, peer) {
            case .refused(let error): return JSONRPCResponse(id: request.id, error)
            case .admitted(let feature, let profile):
                let exchange = ServerExchange(request: request, peer: peer, profile: profile, kernel: self, notify: notify)
                let response: JSONRPCResponse
                do {
                    response = JSONRPCResponse(id: request.id, profile.result(try await feature.handle(request, exchange: exchange), of: request.method))
                } catch {
                    response = JSONRPCResponse(id: request.id, self.error(error, of: request, profile))
                }
                if exchange.end() { await exchange.endSlowly() }
                return response
            }
        }
        guard let tracing = configuration.tracing else { return await serve(request, peer: peer, notify: notify) }
        let traced = TracedRequest(id: request.id, method: request.method, params: request.params, revision: peer.revision)
        return await tracing.serve(traced) { [self] in await serve(request, peer: peer, notify: notify) }
    }

    /// Whether a request is served, and by what.
    private enum Admission {
        case admitted(any MethodHandler, any WireProfile)
        case refused(JSONRPCError)
    }

    private func admit(_ request: JSONRPCRequest, _ peer: Peer) -> Admission {
        let era = era(of: peer.revision)
        guard let feature = era.handler(of: request.method) ?? extensions.handler(of: request.method, in: peer.revision) else {
            return .refused(era.profile.error(.unknownMethod(request.method)))
        }
        if peer.isLimitedByScopes, case let needed = configuration.scopes.needed(for: request), !configuration.scopes.allow(peer.principal, needed) {
            // HTTP has answered with a challenge before it came to this; here stands what a batch is told.
            let words = needed.sorted().joined(separator: " ")
            return .refused(
                era.profile.error(.error(JSONRPCError(.invalidRequest, "The request needs these scopes of the access token: \(words)"))))
        }
        return .admitted(feature, era.profile)
    }

    nonisolated(nonsending) private func serve(
        _ request: JSONRPCRequest, peer: Peer, notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) async -> JSONRPCResponse {
        let (feature, profile): (any MethodHandler, any WireProfile)
        switch admit(request, peer) {
        case .refused(let error): return JSONRPCResponse(id: request.id, error)
        case .admitted(let handler, let wire): (feature, profile) = (handler, wire)
        }
        do {
            guard extensions.isDeferring, let deferral = try deferral(of: request, peer: peer, profile: profile) else {
                let exchange = ServerExchange(request: request, peer: peer, profile: profile, kernel: self, notify: notify)
                return JSONRPCResponse(id: request.id, result: await result(of: feature, exchange))
            }
            let exchange = ServerExchange(
                request: request, peer: peer, profile: profile, kernel: self, deferral: deferral, notify: notify)
            return JSONRPCResponse(id: request.id, result: await deferral.run { [self] in await result(of: feature, exchange) })
        } catch {
            return JSONRPCResponse(id: request.id, self.error(error, of: request, profile))
        }
    }

    /// Whether an extension may answer a call whose handler goes on.
    public var mayAnswerEarly: Bool { extensions.isDeferring }

    /// Handles a request to its end; what its handler sends goes out before.
    nonisolated(nonsending) private func result(of feature: any MethodHandler, _ exchange: ServerExchange) async -> Result<JSONObject, JSONRPCError> {
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

    private func era(of revision: ProtocolRevision) -> Profiles.Era {
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
    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult
}
