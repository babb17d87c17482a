import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// Serves Streamable HTTP at `/mcp`, and HTTP+SSE at `/sse` and `/messages`.
func serveOldAndNew(_ listening: @escaping @Sendable (String) -> Void) async throws {
    let server = Server("products", version: "1.0.0") {
        ServerTool("multiply", input: Factors.self) { factors, _ in "\(factors.a * factors.b)" }
    }
    let configuration = HTTPHandlerConfiguration(servesLegacySSE: true)
    try await server.serve(.http(port: 0, configuration: configuration, onListening: listening))
}

@Schema struct Factors: Sendable {
    var a: Int
    var b: Int
}

/// The same call as for a server of today.
func multiply(_ a: Int, _ b: Int, at url: String) async throws -> (product: String, revision: ProtocolRevision) {
    try await withClient(.http(url)) { client in
        (try await client.callTool("multiply", ["a": .integer(Int64(a)), "b": .integer(Int64(b))]).text, client.revision)
    }
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct LegacySSEExamples {
    @Test func runs() async throws {
        let (product, revision) = try await whileServing(serveOldAndNew) { url in
            try await multiply(2, 3, at: url.replacing("/mcp", with: "/sse"))
        }
        #expect(product == "6")
        #expect(revision < .latest)
    }
}
