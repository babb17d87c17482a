import AsyncHTTPClient
import MCPCore
import MCPHTTP
import MCPHTTPServer
import Testing

/// An answer that takes long turns to an event stream with comments.
@Suite(.timeLimit(.minutes(1))) struct SlowAnswerTests {
    /// A server whose tool ends when it is let go, and what lets it go.
    private static func server() -> (Server, release: @Sendable () -> Void) {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let slow = ServerTool(Tool(name: "slow")) { _, _ in
            for await _ in gate { break }
            return CallToolResult(text: "done")
        }
        let quick = ServerTool(Tool(name: "quick")) { _, _ in CallToolResult(text: "at once") }
        let server = Server("slow", version: "1") {
            slow
            quick
        }
        return (server, { open.yield() })
    }

    private static func configuration(streamAfter: Duration) -> HTTPHandlerConfiguration {
        HTTPHandlerConfiguration(keepAliveInterval: .milliseconds(20), streamAfter: streamAfter)
    }

    /// Asks a server for a tool, after the handshake of a revision that has one.
    private static func ask(_ tool: String, _ url: String, _ revision: String) async throws -> HTTPClientResponse {
        let request = revision == "2026-07-28" ? perRequest(tool) : try await handshake(tool, url, revision)
        return try await rawRequest("POST", url, headers: request.headers, body: request.body)
    }

    private static let both = ("accept", "application/json, text/event-stream")

    private static func perRequest(_ tool: String) -> (headers: [(String, String)], body: JSONValue) {
        let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:]]
        return (
            [both, ("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", tool)],
            ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": .string(tool), "_meta": meta]]
        )
    }

    private static func handshake(_ tool: String, _ url: String, _ revision: String) async throws -> (headers: [(String, String)], body: JSONValue) {
        let params: JSONValue = ["protocolVersion": .string(revision), "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
        let opened = try await rawRequest(
            "POST", url, headers: [both], body: ["jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params])
        let headers = [both, ("mcp-session-id", try #require(opened.headers.first(name: "mcp-session-id")))]
        let initialized: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
        #expect(try await rawRequest("POST", url, headers: headers, body: initialized).status == .accepted)
        return (headers, ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": .string(tool)]])
    }

    /// The revisions of the handshake era differ in how a stream opens.
    @Test(arguments: ["2025-06-18", "2025-11-25", "2026-07-28"]) func aSlowAnswerBecomesAStreamAndAQuickOneDoesNot(revision: String) async throws {
        let (server, release) = Self.server()
        // Whatever a call takes on a busy machine, this one is quick.
        try await withRunningServer(server, configuration: Self.configuration(streamAfter: .seconds(60))) { url in
            let answer = try await Self.ask("quick", url, revision)
            #expect(answer.headers.first(name: "content-type") == "application/json")
        }
        try await withRunningServer(server, configuration: Self.configuration(streamAfter: .milliseconds(40))) { url in
            // The head of the answer comes while the tool still runs.
            let stream = try await Self.ask("slow", url, revision)
            #expect(stream.status == .ok)
            #expect(stream.headers.first(name: "content-type") == "text/event-stream")
            var text = ""
            var isReleased = false
            for try await part in stream.body {
                text += String(decoding: part.readableBytesView, as: UTF8.self)
                guard !isReleased, text.components(of: ": keep-alive") >= 3 else { continue }
                #expect(!text.contains("done"))
                isReleased = true
                release()
            }
            #expect(isReleased && text.contains("done"))
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
