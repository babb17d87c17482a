import MCPCore
import MCPTracing
import Synchronization
import TestSupport
import Testing
import Tracing

/// Traces that go from a client to its server in `_meta` (2026-07-28, basic, "OpenTelemetry trace context").
@Suite(.timeLimit(.minutes(1))) struct TracingTests {
    private let tracer = W3CTracer()
    private static let eras: [ProtocolRevision] = [.latestHandshake, .latest]

    private func server(_ takeMeta: @escaping @Sendable (JSONObject) -> Void = { _ in }) -> Server {
        let tracer = tracer
        return Server("traced", version: "1", configuration: ServerConfiguration(tracing: .distributed(tracer: tracer))) {
            ServerTool(Tool(name: "work")) { _, context in
                takeMeta(context.meta)
                return tracer.withSpan("inside") { _ in CallToolResult(text: "done") }
            }
            ServerTool(Tool(name: "fail")) { _, _ -> CallToolResult in throw ToolError("no") }
        }
    }

    private func span(_ name: String, _ kind: SpanKind? = nil) throws -> RecordedSpan {
        try #require(tracer.recorded.last { $0.operationName == name && !$0.isRecording && (kind == nil || $0.kind == kind) })
    }

    @Test(arguments: eras) func oneTraceGoesFromTheClientToTheHandler(_ revision: ProtocolRevision) async throws {
        let configuration = ClientConfiguration(era: .pinned(revision), tracing: .distributed(tracer: tracer))
        try await withClient(ValidatedTransport(.inProcess(server())), configuration: configuration) { client in
            _ = try await tracer.withSpan("application") { _ in try await client.callTool("work") }
        }
        let (application, sent) = (try span("application"), try span("tools/call work", .client))
        let (served, inside) = (try span("tools/call work", .server), try span("inside"))
        #expect(sent.id.parent == application.id.span)
        #expect(served.id.parent == sent.id.span)
        #expect(inside.id.parent == served.id.span)
        #expect(Set([application, sent, served, inside].map(\.id.trace)).count == 1)
        #expect(served.attributes.get("mcp.method.name") == .string("tools/call"))
        #expect(served.attributes.get("gen_ai.tool.name") == .string("work"))
        #expect(served.attributes.get("mcp.protocol.version") == .string(revision.rawValue))
        #expect(served.status == nil)
    }

    @Test func onlyReservedKeysTravel() async throws {
        let metas = Mutex<[JSONObject]>([])
        let configuration = ClientConfiguration(tracing: .distributed(tracer: tracer))
        try await withClient(.inProcess(server { meta in metas.withLock { $0.append(meta) } }), configuration: configuration) { client in
            _ = try await client.callTool("work")
            // What the caller gives is the caller's.
            _ = try await client.callTool("work", options: RequestOptions(meta: ["traceparent": "00-00000000000000000000000000000abc-0000000000000def-01"]))
        }
        let (first, second) = try metas.withLock { (try #require($0.first), try #require($0.last)) }
        #expect(first["traceparent"]?.string?.hasPrefix("00-") == true && first["tracestate"] == "example=1")
        #expect(first["x-proprietary"] == nil && first["baggage"] == nil)
        #expect(second["traceparent"] == "00-00000000000000000000000000000abc-0000000000000def-01")
        #expect(try span("tools/call work", .server).id.parent == "0000000000000def")
    }

    /// 2026-07-28, basic, `_meta`: the values follow W3C Trace Context and W3C Baggage, whatever the tracer writes.
    @Test(arguments: [
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
        ("traceparent", "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", true),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", false),
        ("traceparent", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
        ("traceparent", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", false),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", false),
        ("traceparent", "00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
        ("traceparent", "abc", false),
        ("traceparent", "", false),
        ("tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", true),
        ("tracestate", "fw529a3039@dt=a b, ,x=1", true),
        ("tracestate", "example", false),
        ("tracestate", "Example=1", false),
        ("tracestate", "a=b=c", false),
        ("tracestate", "a=é", false),
        ("tracestate", "", false),
        ("tracestate", (0...32).map { "k\($0)=1" }.joined(separator: ","), false),
        ("baggage", "userId=alice,serverNode=DF%2028;sampled;prio=1", true),
        ("baggage", "k = v ; p", true),
        ("baggage", "userId", false),
        ("baggage", "a b=1", false),
        ("baggage", "a=\"quoted\"", false),
        ("baggage", "a=ü", false),
    ])
    func whatTravelsHasTheFormatsOfTheW3C(_ key: String, _ value: String, _ isAllowed: Bool) async throws {
        let metas = Mutex<[JSONObject]>([])
        let configuration = ClientConfiguration(tracing: .distributed(tracer: FixedTracer(base: tracer, key: key, value: value)))
        try await withClient(.inProcess(server { meta in metas.withLock { $0.append(meta) } }), configuration: configuration) { client in
            _ = try await client.callTool("work")
        }
        #expect(metas.withLock { $0.last?[key] } == (isAllowed ? .string(value) : nil))
    }

    @Test func withoutATraceTheServerBeginsOne() async throws {
        try await withClient(.inProcess(server())) { client in
            _ = try await client.callTool("work")
            _ = try await client.callTool("work", options: RequestOptions(meta: ["traceparent": 5]))
            _ = try await client.callTool("work", options: RequestOptions(meta: ["traceparent": .string(String(repeating: "-", count: 9000))]))
        }
        let served = tracer.recorded.filter { $0.operationName == "tools/call work" }
        #expect(served.count == 3 && served.allSatisfy { $0.kind == .server && $0.id.parent == nil })
        #expect(Set(served.map(\.id.trace)).count == 3)
    }

    @Test func failuresAreRecordedWithoutWhatWasSent() async throws {
        let configuration = ClientConfiguration(checksServerCapabilities: false, tracing: .distributed(tracer: tracer))
        try await withClient(.inProcess(server()), configuration: configuration) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("fail", ["secret": "hunter2"]).isError)
            await #expect(throws: JSONRPCError.self) { _ = try await client.request("prompts/get", ["name": "none"]) }
        }
        for kind in [SpanKind.client, .server] {
            #expect(try span("tools/call fail", kind).attributes.get("error.type") == .string("tool_error"))
            let failed = try span("prompts/get none", kind)
            #expect(failed.attributes.get("rpc.response.status_code") == .string("-32601"))
            #expect(failed.status?.code == .error)
        }
        for span in tracer.recorded {
            span.attributes.forEach { name, value in #expect(!"\(value)".contains("hunter2"), "\(name)") }
        }
    }
}
