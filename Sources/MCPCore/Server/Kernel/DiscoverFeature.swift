/// `server/discover` (2026-07-28): revisions, capabilities and identity.
struct DiscoverFeature: MethodHandler {
    let configuration: ServerConfiguration
    let instructions: String?
    let capabilities: @Sendable (ProtocolRevision) -> ServerCapabilities

    let methods = ["server/discover"]

    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult {
        var result: JSONObject = [
            // Only those that a request can name in `_meta`; the handshake revisions are reached through `initialize`.
            "supportedVersions": configuration.revisions(of: .perRequest).map(\.rawValue).json,
            "capabilities": capabilities(exchange.peer.revision).json,
        ]
        result.set("instructions", instructions)
        return .complete(result, cache: CacheHint(ttlMilliseconds: configuration.discoverTTLMilliseconds, scope: configuration.cacheScope))
    }
}
