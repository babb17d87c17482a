import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// Serves on a free port until the task is cancelled; `serve(.http(port: 8080))` is the short form.
func serveEcho(_ listening: @escaping @Sendable (String) -> Void) async throws {
    let server = Server("echo", version: "1.0.0") {
        ServerTool("echo", input: Phrase.self) { phrase, _ in phrase.text }
    }
    try await server.serve(HTTPServerTransport(port: 0, path: "/mcp", onListening: listening))
}

@Schema struct Phrase: Sendable {
    // Goes along as the header `Mcp-Param-Language`, so that a gateway can route by it.
    @Property(header: "Language") var language: String
    var text: String
}

func echo(_ text: String, at url: String) async throws -> String {
    try await withClient(.http(url, headers: [("Authorization", "Bearer …")])) { client in
        try await client.callTool("echo", ["language": "en", "text": .string(text)]).text
    }
}
// snippet: end

/// Runs `body` with the URL that `serve` listens on, and ends the server after it.
func whileServing<Value: Sendable>(
    _ serve: @escaping @Sendable (@escaping @Sendable (String) -> Void) async throws -> Void, _ body: @escaping @Sendable (String) async throws -> Value
) async throws -> Value {
    let (urls, continuation) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await serve { continuation.yield($0) }
            return nil
        }
        group.addTask {
            for await url in urls { return try await body(url) }
            return nil
        }
        defer { group.cancelAll() }
        while let value = try await group.next() {
            if let value { return value }
        }
        throw CancellationError()
    }
}

@Suite(.timeLimit(.minutes(1))) struct StreamableHTTPExamples {
    @Test func runs() async throws {
        let text = try await whileServing(serveEcho) { try await echo("Olá", at: $0) }
        #expect(text == "Olá")
    }
}
