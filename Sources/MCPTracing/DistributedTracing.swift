import MCPCore
import Tracing

/// Traces requests with swift-distributed-tracing: a server span per request that is served, a client span per request that is sent. The trace
/// goes from one to the other in `_meta` (2026-07-28, basic, "OpenTelemetry trace context").
///
///     let server = Server("weather", version: "1.0.0", configuration: ServerConfiguration(tracing: .distributed()))
///
/// Names and attributes are those of the OpenTelemetry semantic conventions for MCP. Arguments and results are not recorded.
public struct DistributedTracing: RequestTracing {
    private let chosen: (any Tracer)?

    /// - Parameter tracer: The one that the process was bootstrapped with where it is left out.
    public init(tracer: (any Tracer)? = nil) { chosen = tracer }

    private var tracer: any Tracer { chosen ?? InstrumentationSystem.tracer }

    public func serve(_ request: TracedRequest, _ serve: @Sendable () async -> JSONRPCResponse) async -> JSONRPCResponse {
        let tracer = tracer
        var context = InstrumentationContext.current ?? .topLevel
        tracer.extract(request.params["_meta"]?.object ?? [:], into: &context, using: TraceContextInMeta())
        return await tracer.withAnySpan(request.spanName, context: context, ofKind: .server) { span in
            request.describe(in: span)
            let response = await serve()
            switch response.result {
            case .failure(let error): span.record(error)
            case .success(let result): if result["isError"] == true { span.recordToolError() }
            }
            return response
        }
    }

    public func send(_ request: TracedRequest, _ send: @Sendable (JSONObject) async throws -> JSONObject) async throws -> JSONObject {
        let tracer = tracer
        return try await tracer.withAnySpan(request.spanName, context: .current ?? .topLevel, ofKind: .client) { span in
            request.describe(in: span)
            var meta = JSONObject()
            tracer.inject(span.context, into: &meta, using: TraceContextInMeta())
            do {
                let result = try await send(meta)
                if result["isError"] == true { span.recordToolError() }
                return result
            } catch let error as JSONRPCError {
                span.record(error)
                throw error
            }
        }
    }
}

extension RequestTracing where Self == DistributedTracing {
    /// swift-distributed-tracing, with the tracer that the process was bootstrapped with.
    public static func distributed(tracer: (any Tracer)? = nil) -> DistributedTracing { DistributedTracing(tracer: tracer) }
}
