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
    private let features: [String: any MethodHandler]
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
        let completion = CompletionFeature(prompts: prompts, resources: resources)
        let offer = ServerOffer(
            tools: tools, resources: resources, prompts: prompts, completion: completion, hasLogging: configuration.offersLogging)
        self.offer = offer
        let handlers: [any MethodHandler] = [
            PingFeature(),
            DiscoverFeature(configuration: configuration, instructions: instructions, capabilities: { offer.capabilities }),
            ToolsFeature(tools: tools, configuration: configuration),
            ResourcesFeature(resources: resources, configuration: configuration),
            PromptsFeature(prompts: prompts, configuration: configuration),
            completion,
            SubscriptionsFeature(hub: subscriptions, offer: offer, maximumResources: configuration.maximumResourceSubscriptions),
        ]
        features = Dictionary(handlers.flatMap { handler in handler.methods.map { ($0, handler) } }) { first, _ in first }
        profiles = Profiles(handshake: HandshakeProfile(), perRequest: PerRequestProfile(serverInfo: info))
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
        let profile = profile(of: peer.revision)
        guard profile.methods.contains(request.method), let feature = features[request.method] else {
            return JSONRPCResponse(id: request.id, profile.error(.unknownMethod(request.method)))
        }
        if peer.principal?.scopes != nil, case let needed = configuration.scopes.needed(for: request), !configuration.scopes.allow(peer.principal, needed) {
            // HTTP has answered with a challenge before it came to this; here stands what a batch is told.
            let words = needed.sorted().joined(separator: " ")
            return JSONRPCResponse(
                id: request.id, profile.error(.error(JSONRPCError(.invalidRequest, "The request needs these scopes of the access token: \(words)"))))
        }
        do {
            let exchange = ServerExchange(request: request, peer: peer, profile: profile, configuration: configuration, notify: notify)
            let result = try await feature.handle(request, exchange: exchange)
            return JSONRPCResponse(id: request.id, profile.result(result, of: request.method))
        } catch {
            return JSONRPCResponse(id: request.id, profile.error(failure(error, of: request)))
        }
    }

    /// What the server can do, as `initialize` and `server/discover` say it.
    public var capabilities: ServerCapabilities { offer.capabilities }

    func profile(of revision: ProtocolRevision) -> any WireProfile {
        switch revision.era {
        case .handshake: profiles.handshake
        case .perRequest: profiles.perRequest
        }
    }

    private func failure(_ error: any Error, of request: JSONRPCRequest) -> RequestFailure {
        switch error {
        case let failure as RequestFailure: return failure
        case let error as JSONRPCError: return .error(error)
        case is RequestStateError: return .invalidParams(RequestStateError().description, data: nil)
        case let error as JSONDecodingError: return .invalidParams("Invalid params: \(error)", data: nil)
        case is CancellationError: return .error(JSONRPCError(.internalError, "The request was cancelled"))
        default:
            // What an arbitrary error says of itself may hold paths, queries or secrets: the operator is told, the client is not.
            configuration.diagnostics(.handlerFailed(method: request.method, name: request.params["name"]?.string, error: error))
            return .error(JSONRPCError(.internalError, "Internal error"))
        }
    }
}

/// What a server offers, as it is now: tools and the like may come while it runs.
struct ServerOffer: Sendable {
    let tools: ToolRegistry
    let resources: ResourceRegistry
    let prompts: PromptRegistry
    let completion: CompletionFeature
    let hasLogging: Bool

    var capabilities: ServerCapabilities {
        ServerCapabilities(
            tools: tools.isOffered ? .init(listChanged: true) : nil,
            prompts: prompts.isOffered ? .init(listChanged: true) : nil,
            resources: resources.isOffered ? .init(subscribe: true, listChanged: true) : nil,
            completions: completion.isOffered, logging: hasLogging)
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
