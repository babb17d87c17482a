import MCPCore
import Testing

@Suite struct ScopeRulesTests {
    private static let rules = ScopeRules(
        everything: ["base"], methods: ["resources/read": ["files"]], tools: ["send": ["mail:send"]], prompts: ["letter": ["mail:read"]],
        includes: ["mail": ["mail:read", "mail:send"], "admin": ["mail", "base"], "loop": ["loop"]])

    @Test(
        arguments: [
            ("ping", [:], ["base"]), ("resources/read", ["uri": "x"], ["base", "files"]), ("tools/call", ["name": "send"], ["base", "mail:send"]),
            ("tools/call", ["name": "other"], ["base"]), ("prompts/get", ["name": "letter"], ["base", "mail:read"]), ("tools/list", ["name": "send"], ["base"]),
            ("completion/complete", ["ref": ["type": "ref/prompt", "name": "letter"]], ["base", "mail:read"]),
            ("completion/complete", ["ref": ["type": "ref/prompt", "name": "other"]], ["base"]),
            ("completion/complete", ["ref": ["type": "ref/resource", "uri": "x://{a}"]], ["base", "files"]),
            ("completion/complete", ["ref": 1], ["base"]),
        ] as [(String, JSONObject, Set<String>)])
    func needed(method: String, params: JSONObject, expected: Set<String>) {
        #expect(Self.rules.needed(for: JSONRPCRequest(id: 1, method: method, params: params)) == expected)
    }

    @Test(
        arguments: [
            (["base", "mail:send"], true), (["base"], false), ([], false), (["base", "mail"], true), (["admin"], true), (["mail"], false), (["loop"], false),
        ] as [(Set<String>, Bool)])
    func allowed(scopes: Set<String>, expected: Bool) {
        #expect(Self.rules.allow(Principal(id: "ada", scopes: scopes), ["base", "mail:send"]) == expected)
    }

    @Test func whoIsNotLimitedMayDoAll() {
        #expect(Self.rules.allow(nil, ["x"]) && Self.rules.allow(Principal(id: "ada"), ["x"]))
    }

    @Test func aPrincipalStaysTheSameWithMoreScopes() {
        #expect(Principal(id: "ada", scopes: ["a"]) == Principal(id: "ada", scopes: ["a", "b"], claims: ["x": 1]))
        #expect(Principal(id: "ada") != Principal(id: "bob"))
    }

    private func server() -> Server {
        Server("s", version: "1", configuration: ServerConfiguration(cacheScope: .public, scopes: Self.rules)) {
            ServerTool(Tool(name: "look", inputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "seen") }
            ServerTool(Tool(name: "send", inputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "sent") }
            ServerPrompt(Prompt(name: "letter")) { _, _ in GetPromptResult([]) }
        }
    }

    private func respond(_ method: String, _ params: JSONObject = [:], scopes: Set<String>?) async -> Result<JSONObject, JSONRPCError> {
        let peer = Peer(revision: .latest, principal: scopes.map { Principal(id: "ada", scopes: $0) })
        return await server().kernel.respond(to: JSONRPCRequest(id: 1, method: method, params: params), peer: peer) { _ in }.result
    }

    @Test func listsShowWhatTheCallerMayDo() async throws {
        for (scopes, tools, prompts) in [(["base"], ["look"], []), (["base", "mail"], ["look", "send"], ["letter"]), (nil, ["look", "send"], ["letter"])]
            as [(Set<String>?, [String], [String])]
        {
            let toolList = try await respond("tools/list", scopes: scopes).get()
            #expect(toolList["tools"]?.array?.compactMap { $0["name"]?.string } == tools)
            // What depends on who asks is kept for nobody else.
            #expect(toolList["cacheScope"] == "private")
            #expect(try await respond("prompts/list", scopes: scopes).get()["prompts"]?.array?.compactMap { $0["name"]?.string } == prompts)
        }
    }

    @Test func whatIsNotAllowedIsNotDone() async throws {
        await #expect(throws: JSONRPCError.self) { try await respond("tools/call", ["name": "send"], scopes: ["base"]).get() }
        await #expect(throws: JSONRPCError.self) { try await respond("tools/list", scopes: ["mail"]).get() }
        _ = try await respond("tools/call", ["name": "send"], scopes: ["base", "mail:send"]).get()
    }
}
