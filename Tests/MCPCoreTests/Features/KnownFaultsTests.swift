import MCPCore
import Testing
import TestSupport

/// Faults that were seen in another implementation, each with the test that shows that it is none here. Those of processes and of HTTP are in
/// `MCPStdioTests` (interleaved writes, answers at the end of input, memory, idle wake-ups, a server that dies at the start) and in `MCPHTTPTests` and
/// `MCPHTTPHandlerTests` (same ids of many clients, a second stream).
@Suite(.timeLimit(.minutes(1))) struct KnownFaultsTests {
    private static let server = Server("faults", version: "1") {
        ServerTool(
            Tool(
                name: "echo",
                inputSchema: ["type": "object", "properties": ["value": [:], "numbers": ["type": "array", "items": ["type": "number"]]]])
        ) { arguments, _ in
            if let numbers: [Double] = try arguments.decodeIfPresent("numbers") { return CallToolResult(structured: ["sum": .double(numbers.reduce(0, +))]) }
            return CallToolResult(structured: ["value": arguments.object["value"] ?? .null])
        }
    }

    @Test(arguments: bothEras, ["data:image/png;base64,AAAA", "data:,x", "2024-01-01T00:00:00Z", "https://example.com", "true", "1e5", "null", ""])
    func stringsStayStrings(_ revision: ProtocolRevision, _ text: String) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            let result = try await client.callTool("echo", ["value": .string(text)])
            #expect(result.structuredContent?["value"] == .string(text))
        }
    }

    @Test(arguments: bothEras) func wholeNumbersAreNumbers(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            let result = try await client.callTool("echo", ["numbers": [0, 0, 1]])
            #expect(result.structuredContent?["sum"]?.double == 1)
        }
    }

    @Test(arguments: bothEras, [RequestID.integer(0), .integer(-1), .integer(9_007_199_254_740_993), .integer(.max), .string(""), .string("7")])
    func everyIDComesBackAsItWas(_ revision: ProtocolRevision, _ id: RequestID) async throws {
        let response = await respond(to: JSONRPCRequest(id: id, method: "tools/list"), revision)
        #expect(response.json["id"] == id.json)
        #expect(response.json["result"] != nil)
    }

    @Test(arguments: bothEras, ["tools/call"]) func missingParamsAreInvalidParams(_ revision: ProtocolRevision, _ method: String) async throws {
        let response = await respond(to: JSONRPCRequest(id: .integer(1), method: method), revision)
        #expect(response.json["error"]?["code"]?.integer == -32602)
    }

    @Test func experimentalCapabilitiesMayBeOfAnyShape() async throws {
        var session = HandshakeSession(kernel: Self.server.kernel)
        let capabilities: JSONValue = ["experimental": ["openai/visibility": ["enabled": true, "nested": ["deep": [1, "x", [:]]]], "codex": [:]]]
        let initialize = JSONRPCRequest(
            id: .integer(1), method: "initialize",
            params: ["protocolVersion": "2025-06-18", "capabilities": capabilities, "clientInfo": ["name": "host", "version": "1"]])
        guard case .opened(let response) = session.receive(.request(initialize)) else {
            Issue.record("the session was not opened")
            return
        }
        #expect(response.json["result"]?["protocolVersion"] == "2025-06-18")
        #expect(session.client?.capabilities.experimental?["codex"] == [:])
    }

    private func respond(to request: JSONRPCRequest, _ revision: ProtocolRevision) async -> JSONRPCResponse {
        await Self.server.kernel.respond(to: request, peer: Peer(revision: revision)) { _ in }
    }
}
