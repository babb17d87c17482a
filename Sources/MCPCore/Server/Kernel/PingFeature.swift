/// `ping`, in the handshake era.
struct PingFeature: MethodHandler {
    let methods = ["ping"]
    nonisolated(nonsending) func handle(_ request: JSONRPCRequest, exchange: ServerExchange) async throws -> MethodResult { .complete([:]) }
}
