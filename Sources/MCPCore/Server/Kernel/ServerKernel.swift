/// Answers requests, in either era. It does no I/O, owns no socket and starts no timer; transports hand it decoded requests.
public struct ServerKernel: Sendable {
    public let info: Implementation
    public let instructions: String?
    public let configuration: ServerConfiguration
    let tools: ToolRegistry
    let subscriptions: SubscriptionHub
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
        let handlers: [any MethodHandler] = [
            PingFeature(),
            DiscoverFeature(configuration: configuration, instructions: instructions, tools: tools),
            ToolsFeature(tools: tools, configuration: configuration),
            SubscriptionsFeature(hub: subscriptions, tools: tools),
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
        do {
            let exchange = ServerExchange(request: request, peer: peer, profile: profile, configuration: configuration, notify: notify)
            let result = try await feature.handle(request, exchange: exchange)
            return JSONRPCResponse(id: request.id, profile.result(result, of: request.method))
        } catch {
            return JSONRPCResponse(id: request.id, profile.error(failure(error, of: request)))
        }
    }

    /// What the server can do, as `initialize` and `server/discover` say it.
    var capabilities: ServerCapabilities { DiscoverFeature.capabilities(tools: tools) }

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

/// A feature of the specification: the methods that it serves.
protocol MethodHandler: Sendable {
    var methods: [String] { get }
    /// - Throws: `RequestFailure`, or any error that the kernel turns into one.
    func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult
}
