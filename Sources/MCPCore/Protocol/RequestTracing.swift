/// Follows requests from process to process (2026-07-28, basic, "OpenTelemetry trace context").
///
/// The core knows no tracer; `MCPTracing` has this for swift-distributed-tracing. Without one, nothing is read and nothing is added.
public protocol RequestTracing: Sendable {
    /// Serves a request in a span that continues the trace of its `_meta`.
    func serve(_ request: TracedRequest, _ serve: @Sendable () async -> JSONRPCResponse) async -> JSONRPCResponse

    /// Sends a request in a span.
    /// - Parameter send: Sends it, with further members of `_meta`: `traceparent`, `tracestate`, `baggage`.
    func send(_ request: TracedRequest, _ send: @Sendable (JSONObject) async throws -> JSONObject) async throws -> JSONObject
}

/// What a tracer may know of a request.
public struct TracedRequest: Sendable {
    public var id: RequestID
    public var method: String
    public var params: JSONObject
    public var revision: ProtocolRevision

    public init(id: RequestID, method: String, params: JSONObject, revision: ProtocolRevision) {
        self.id = id
        self.method = method
        self.params = params
        self.revision = revision
    }
}
