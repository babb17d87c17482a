import MCPCore
import MCPHTTPClient
import Synchronization
import Testing

/// The headers that a client sends, byte for byte: names outside of ASCII, and the id of a session, which is as good as a password.
@Suite(.timeLimit(.minutes(1))) struct ClientHeaderTests {
    // MARK: Names

    /// 2026-07-28, streamable-http, "Standard Request Headers" and "Value Encoding".
    @Test(arguments: [
        ("forecast", "forecast"), ("Ελλάδα", "=?base64?zpXOu867zqzOtM6x?="), (" padded ", "=?base64?IHBhZGRlZCA=?="),
        ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="), ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
        ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="), ("two words", "two words"),
    ])
    func namesAreSentSoThatTheyArriveWhole(_ name: String, _ header: String) async throws {
        let server = CannedServer { request in
            let result: JSONValue =
                switch request.body?["method"]?.string {
                case "server/discover":
                    ["resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:], "prompts": [:], "resources": [:]]]
                case "tools/list": ["resultType": "complete", "tools": []]
                case "tools/call": ["resultType": "complete", "content": []]
                case "prompts/get": ["resultType": "complete", "messages": []]
                default: ["resultType": "complete", "contents": []]
                }
            return .init(body: ["jsonrpc": "2.0", "id": request.body?["id"] ?? .null, "result": result])
        }
        try await server.run { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .pinned(.v2026_07_28))) { client in
                _ = try await client.callTool(name)
                _ = try await client.getPrompt(name)
                _ = try await client.readResource("note://\(name)")
            }
        }
        let named = server.requests.filter { ["tools/call", "prompts/get"].contains($0.body?["method"]?.string) }
        #expect(named.map { $0["mcp-name"] } == [[header], [header]])
        // The body has the name as it is.
        #expect(named.map { $0.body?["params"]?["name"]?.string } == [name, name])
        let read = try #require(server.requests.last { $0.body?["method"] == "resources/read" })
        let value = try #require(read["mcp-name"].first)
        #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        let isEncoded = value.hasPrefix("=?base64?") && value.hasSuffix("?=")
        let decoded = isEncoded ? Base64.decode(String(value.dropFirst(9).dropLast(2))).map { String(decoding: $0, as: UTF8.self) } : value
        #expect(decoded == "note://\(name)")
    }

    // MARK: Sessions

    private static let secret = "session-5f0c2a9e7d"

    /// A server with sessions that opens one, and then answers as `answer` does.
    private static func server(_ answer: @escaping @Sendable (CannedServer.Request) -> CannedServer.Answer) -> CannedServer {
        CannedServer { request in
            let id = request.body?["id"] ?? .null
            switch (request.method, request.body?["method"]?.string) {
            case ("POST", "initialize"):
                let result: JSONValue = [
                    "protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "canned", "version": "1"],
                ]
                return .init(headers: [("Mcp-Session-Id", secret)], body: ["jsonrpc": "2.0", "id": id, "result": result])
            case ("POST", "notifications/initialized"): return .init(status: 202)
            case ("GET", _): return .init(status: 405)
            case ("DELETE", _): return .init(status: 200)
            default: return answer(request)
            }
        }
    }

    /// 2025-11-25, basic/transports, "Session Management": the id goes to the server that gave it, in its header, and nowhere else.
    @Test func theIdOfASessionGoesNowhereElse() async throws {
        let elsewhere = CannedServer { _ in .init(body: ["jsonrpc": "2.0", "id": 2, "result": ["content": []]]) }
        let texts = Mutex<[String]>([])
        let keep: @Sendable (String) -> Void = { text in texts.withLock { $0.append(text) } }
        try await elsewhere.run { other in
            let server = Self.server { request in
                switch request.body?["params"]?["name"]?.string {
                case "moved": .init(status: 307, headers: [("Location", other)])
                case "broken": .init(status: 500)
                case "refused": .init(status: 400, body: ["jsonrpc": "2.0", "error": ["code": -32600, "message": "no"]])
                case "garbage": .init(body: "no message")
                default: .init(body: ["jsonrpc": "2.0", "id": 999, "result": [:]])
                }
            }
            try await server.run { url in
                let transport = HTTPClientTransport(url: url)
                let configuration = ClientConfiguration(era: .handshake, requestTimeout: .seconds(20), diagnostics: { keep("\($0)") })
                try await withClient(transport, configuration: configuration) { client in
                    #expect(transport.sessionID == Self.secret)
                    for tool in ["moved", "broken", "refused", "garbage", "other"] {
                        do {
                            _ = try await client.callTool(tool)
                            Issue.record("\(tool) succeeds")
                        } catch {
                            keep("\(error)")
                            keep(String(reflecting: error))
                        }
                    }
                    keep("\(client.agreement)")
                }
            }
            // It was sent, in the header and only there.
            let named = server.requests.filter { !$0["mcp-session-id"].isEmpty }
            #expect(named.map { $0["mcp-session-id"] }.allSatisfy { $0 == [Self.secret] })
            #expect(named.contains { $0.method == "DELETE" } && named.count { $0.body?["method"] == "tools/call" } == 5)
            for request in server.requests {
                #expect(!request.path.contains(Self.secret))
                #expect(request.body?.serializedString.contains(Self.secret) != true)
                #expect(!request.headers.contains { $0.name.lowercased() != "mcp-session-id" && $0.value.contains(Self.secret) })
            }
        }
        #expect(elsewhere.requests.isEmpty)
        let said = texts.withLock(\.self)
        #expect(said.count >= 10)
        #expect(!said.contains { $0.contains(Self.secret) })
    }
}
