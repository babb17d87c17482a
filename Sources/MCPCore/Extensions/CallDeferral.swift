/// An extension that may answer a call before its handler has ended.
protocol CallDeferring: ServerExtension {
    /// Takes clock, randomness and diagnostics of the server that it belongs to.
    func attach(_ configuration: ServerConfiguration)

    /// - Returns: What may defer this call; `nil` where it is served as ever.
    /// - Throws: `RequestFailure` where it cannot be served in any other way and the client has not declared the extension.
    func deferral(of call: DeferrableCall, tools: ToolRegistry) throws -> (any CallDeferral)?
}

/// A request that may be answered before its handler has ended.
struct DeferrableCall: Sendable {
    var request: JSONRPCRequest
    var peer: Peer
    var profile: any WireProfile
    var configuration: ServerConfiguration

    /// The error that the client gets for one that was thrown.
    func error(_ error: any Error) -> JSONRPCError {
        profile.error(RequestFailure(error, of: request, diagnostics: configuration.diagnostics))
    }
}

/// What may defer one call. What its handler then does goes on without the request.
protocol CallDeferral: Sendable {
    /// Whether the call has been deferred: what belongs to its request (progress, log messages) is no longer sent.
    var isDeferred: Bool { get }

    /// Runs the call up to its answer, or up to where it is deferred.
    /// - Parameter answer: Serves the request to its end.
    /// - Returns: What the client gets for the request.
    func run(_ answer: @escaping @Sendable () async -> Result<JSONObject, JSONRPCError>) async -> Result<JSONObject, JSONRPCError>

    /// How the handler asks: as `before` until the call is deferred.
    func inputBroker(before: any InputBroker) -> any InputBroker

    /// Called when the request has been found to be in order and its handler is about to start.
    func handlerWillStart() async throws

    /// Defers the call, once.
    /// - Returns: Whether it is deferred now; not where the server cannot do so at present.
    func begin() async throws -> Bool

    /// Takes how far a deferred call has come.
    func report(_ message: String) async throws
}
