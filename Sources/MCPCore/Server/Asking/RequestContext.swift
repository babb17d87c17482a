/// What a handler of `tools/call`, `prompts/get` or `resources/read` knows of the call, and how it talks to the client meanwhile.
public struct RequestContext: Sendable {
    let exchange: ServerExchange

    init(_ exchange: ServerExchange) { self.exchange = exchange }

    /// Who asks: revision, capabilities, client, principal.
    public var peer: Peer { exchange.peer }

    /// The `_meta` of the request.
    public var meta: JSONObject { exchange.meta }

    /// Tells the client how far the call has come (`notifications/progress`); nothing is sent where the client did not ask for it.
    /// - Parameters:
    ///   - progress: Grows with each report.
    ///   - total: What `progress` will be at the end, where that is known.
    ///   - message: For people.
    public func progress(_ progress: Double, total: Double? = nil, message: String? = nil) async throws {
        try await exchange.reportProgress(progress, total: total, message: message)
    }
}
