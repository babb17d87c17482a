import MCPCore
import Testing
import TestSupport

/// Which error codes a server of 2026-07-28 sends (basic, "Error Codes").
@Suite(.timeLimit(.minutes(1))) struct ErrorCodesTests {
    /// Those of JSON-RPC, and those that the revision defines.
    private static let allowed: Set<Int> = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]

    private static func server(throwing error: any Error & Sendable) -> Server {
        Server("failing", version: "1") {
            ServerTool(Tool(name: "t")) { _, _ -> CallToolResult in throw error }
            ServerPrompt("p", arguments: [PromptArgument("a")], completions: ["a": Completer { _, _, _ in throw error }]) { _, _ in throw error }
            ServerResource("x://a", name: "r") { _ -> String in throw error }
        }
    }

    private static let requests: [(String, JSONObject)] = [
        ("tools/call", ["name": "t"]), ("prompts/get", ["name": "p"]), ("resources/read", ["uri": "x://a"]),
        ("completion/complete", ["ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a", "value": ""]]),
    ]

    /// Whatever a handler throws: no code of the range that JSON-RPC leaves to implementations but those that are defined, and of these none that says that nothing
    /// has run. A client that is told -32020 (the headers do not fit) or -32022 (the revision is unknown) may send the request again, and a tool would run twice.
    @Test func noCodeOfTheReservedRangeLeavesAHandler() async throws {
        for code in -32_110...(-31_990) {
            let server = Self.server(throwing: JSONRPCError(.init(rawValue: code), "It broke.", data: ["why": 1]))
            for (method, params) in Self.requests {
                let error = try #require(await ServedRequest(method, params, at: server, Peer(revision: .latest), isValid: false).error)
                let isReserved = (-32_099)...(-32_000) ~= code
                let expected = code == -32_002 ? -32_602 : isReserved && code != -32_021 ? -32_603 : code
                #expect(error.code.rawValue == expected, "\(method) \(code)")
                #expect(error.message == "It broke." && error.data == ["why": 1])
            }
        }
    }

    /// A session of an older revision keeps its codes.
    @Test(arguments: [-32_002, -32_042, -32_000]) func theHandshakeEraKeepsThem(_ code: Int) async throws {
        let server = Self.server(throwing: JSONRPCError(.init(rawValue: code), "It broke.", data: ["elicitations": []]))
        for (method, params) in Self.requests {
            #expect(try await ServedRequest(method, params, at: server, Peer(revision: .latestHandshake)).error?.code.rawValue == code)
        }
    }

    private struct Unknown: Error {}

    /// Every way in which the server itself fails.
    @Test func theServersOwnFailuresHaveDefinedCodes() async throws {
        let failures: [(String, JSONObject)] = [
            ("no/such", [:]), ("ping", [:]), ("initialize", [:]), ("logging/setLevel", ["level": "debug"]), ("tools/call", [:]),
            ("tools/call", ["name": "none"]),
            ("tools/call", ["name": 1]), ("tools/list", ["cursor": "x"]), ("resources/read", ["uri": "x://none"]), ("resources/read", [:]),
            ("prompts/get", ["name": "none"]), ("prompts/get", ["name": "p", "arguments": ["none": "x"]]), ("completion/complete", [:]),
            ("completion/complete", ["ref": ["type": "ref/prompt", "name": "none"], "argument": ["name": "a", "value": ""]]),
            ("subscriptions/listen", [:]), ("tools/call", ["name": "ask"]), ("tools/call", ["name": "t", "requestState": "forged"]),
            ("tools/call", ["name": "liar"]), ("tools/call", ["name": "own"]),
        ]
        var seen: Set<Int> = []
        let server = Self.server(throwing: Unknown())
        try server.tools.add(
            ServerTool(Tool(name: "ask")) { _, context in
                _ = try await context.roots()
                return CallToolResult()
            })
        try server.tools.add(ServerTool(Tool(name: "liar", outputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "none") })
        try server.tools.add(ServerTool(Tool(name: "own"), outcome: { _, _ in .inputRequired(InputRequired([("q", .init(method: "no/such", params: [:]))])) }))
        for (method, params) in failures + Self.requests.dropFirst() {
            let served = try await ServedRequest(method, params, at: server, Peer(revision: .latest), isValid: false)
            let error = try #require(served.error, "\(method) \(params)")
            #expect(Self.allowed.contains(error.code.rawValue), "\(method): \(error)")
            seen.insert(error.code.rawValue)
        }
        let classifier = RequestClassifier(configuration: ServerConfiguration())
        for meta in [["io.modelcontextprotocol/protocolVersion": "2030-01-01"], ["io.modelcontextprotocol/protocolVersion": 1], [:]] as [JSONObject] {
            guard case .refused(let error) = classifier.classify(JSONRPCRequest(id: 1, method: "server/discover", params: ["_meta": .object(meta)])) else {
                Issue.record("\(meta) was not refused")
                continue
            }
            #expect(Self.allowed.contains(error.code.rawValue))
            seen.insert(error.code.rawValue)
        }
        for text in ["{", "7", #"{"jsonrpc":"2.0","id":1}"#] {
            guard case .invalid(let response) = Array(text.utf8).withUnsafeBytes({ JSONRPCInput(parsing: $0, limits: .default) }),
                case .failure(let error) = response.result
            else {
                Issue.record("\(text) was not refused")
                continue
            }
            #expect(Self.allowed.contains(error.code.rawValue))
            seen.insert(error.code.rawValue)
        }
        // -32020 is of HTTP alone (PerRequestTests.headersMustSayWhatTheBodySays).
        #expect(seen == Self.allowed.subtracting([-32_020]))
    }
}
