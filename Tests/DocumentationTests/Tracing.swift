import MCPMacros
import MCPTracing
import MCPTransport
import Testing
import Tracing

// snippet: begin
/// Each request is served in a span. What the handler does, with spans of its own, belongs under it.
func tracedServer() -> Server {
    Server("orders", version: "1.0.0", configuration: ServerConfiguration(tracing: .distributed())) {
        ServerTool("count_orders", input: Day.self) { day, _ in
            withSpan("query") { _ in "42 orders on \(day.day)" }
        }
    }
}

@Schema struct Day: Sendable { var day: String }

/// Each request is sent in a span, under that of the caller.
func countOrders(on day: String) async throws -> String {
    try await withClient(.inProcess(tracedServer()), configuration: ClientConfiguration(tracing: .distributed())) { client in
        try await withSpan("report") { _ in
            try await client.callTool("count_orders", ["day": .string(day)]).text
        }
    }
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct TracingExamples {
    @Test func runs() async throws { #expect(try await countOrders(on: "2026-07-28") == "42 orders on 2026-07-28") }
}
