/// One request while it is served.
final class ServerExchange: Sendable {
    let request: JSONRPCRequest
    let peer: Peer
    let profile: any WireProfile
    let configuration: ServerConfiguration
    /// The `_meta` of the request.
    let meta: JSONObject
    /// What may answer the request before its handler has ended.
    let deferral: (any CallDeferral)?
    private let send: @Sendable (JSONRPCNotification) async throws -> Void

    init(
        request: JSONRPCRequest, peer: Peer, profile: any WireProfile, configuration: ServerConfiguration, deferral: (any CallDeferral)? = nil,
        notify: @escaping @Sendable (JSONRPCNotification) async throws -> Void
    ) {
        self.request = request
        self.peer = peer
        self.profile = profile
        self.configuration = configuration
        self.deferral = deferral
        meta = request.params["_meta"]?.object ?? [:]
        send = notify
    }

    /// Sends a notification that belongs to this request; a cancelled request, and one that has been answered, send nothing more.
    func notify(_ method: String, _ params: JSONObject) async throws {
        try Task.checkCancellation()
        if deferral?.isDeferred == true { return }
        try await send(JSONRPCNotification(method: method, params: params))
    }

    func reportProgress(_ progress: Double, total: Double?, message: String?) async throws {
        if let deferral, deferral.isDeferred {
            if let message { try await deferral.report(message) }
            return
        }
        guard let token = meta[MetaKey.progressToken], token.string != nil || token.integer != nil else { return }
        var params: JSONObject = ["progressToken": token, "progress": Self.number(progress)]
        params.set("total", total.map(Self.number))
        // From 2025-03-26; before it the field is unknown and harmless.
        params.set("message", message)
        try await notify("notifications/progress", params)
    }

    /// A whole number is written as one: clients of every language read it.
    private static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map(JSONValue.integer) ?? .double(value) }
}
