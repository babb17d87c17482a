import MCPCore
import Testing
import TestSupport

/// Keys of `_meta` (2026-07-28, basic, `_meta`, "Key name format").
@Suite(.timeLimit(.minutes(1))) struct MetaKeyTests {
    @Test(arguments: [
        "a", "A9", "a-b_c.d", "com.example/name", "com.example/", "x/y", "io.modelcontextprotocol/related", "c0m.ex-ample/a.b", "progressToken", "a..b", "0",
    ])
    func keys(_ key: String) {
        #expect(MetaKey.isWellFormed(key))
    }

    @Test(arguments: [
        "/name", "1com.example/a", "com.1example/a", "com.example-/a", "-com/a", "com..example/a", ".com/a", "com./a", "com.exa_mple/a", "a b", "-a", "a-",
        ".a", "a.",
        "_a", "a_", "a$b", "é", "com.exämple/a", "com.example/a/b", "com.example/-a", "com.example/a b", "a\n",
    ])
    func noKeys(_ key: String) {
        #expect(!MetaKey.isWellFormed(key))
    }

    private static let wrong: JSONObject = ["com.example/color": "red", "not a key": 1, "1com/x": 2]

    @Test func definitionsWithOtherKeysAreRefused() throws {
        let server = Server("meta", version: "1")
        #expect(throws: ToolDefinitionError.self) {
            try server.tools.add(ServerTool(Tool(name: "t", meta: Self.wrong)) { _, _ in CallToolResult() })
        }
        #expect(throws: PromptDefinitionError.self) {
            try server.prompts.add(ServerPrompt(Prompt(name: "p", meta: Self.wrong)) { _, _ in GetPromptResult([]) })
        }
        #expect(throws: ResourceDefinitionError.self) {
            try server.resources.add(ServerResource(Resource(uri: "x://a", name: "r", meta: Self.wrong)) { _ in ReadResourceResult([]) })
        }
        #expect(throws: ResourceDefinitionError.self) {
            try server.resources.add(
                ServerResourceTemplate(ResourceTemplate(uriTemplate: "x://{a}", name: "r", meta: Self.wrong)) { _, _, _ in ReadResourceResult([]) })
        }
        let error = #expect(throws: ServerDefinitionError.self) {
            try Server("meta", version: "1") { ServerTool(Tool(name: "t", meta: Self.wrong)) { _, _ in CallToolResult() } }.validate()
        }
        #expect(error?.description.contains("`not a key`") == true)
    }

    /// A handler's result with a wrong key leaves without it, and its effects stay what they are.
    @Test(arguments: bothEras) func resultsLeaveWithoutOtherKeys(_ revision: ProtocolRevision) async throws {
        let told = Collected<String>()
        let contents = ResourceContents(uri: "x://a", body: .text("t"), meta: Self.wrong)
        let blocks: [ContentBlock] = [
            .text(TextContent("t", meta: Self.wrong)), .image(MediaContent(base64: "AA==", mimeType: "image/png", meta: Self.wrong)),
            .audio(MediaContent(base64: "AA==", mimeType: "audio/wav", meta: Self.wrong)),
            .resourceLink(Resource(uri: "x://a", name: "r", meta: Self.wrong)), .resource(EmbeddedResource(contents, meta: Self.wrong)),
        ]
        let server = Server("meta", version: "1", configuration: ServerConfiguration(diagnostics: { told.add($0.description) })) {
            ServerTool(Tool(name: "t")) { _, _ in CallToolResult(content: blocks, meta: Self.wrong) }
            ServerPrompt(Prompt(name: "p")) { _, _ in GetPromptResult(blocks.map { .user($0) }, meta: Self.wrong) }
            ServerResource(Resource(uri: "x://a", name: "r")) { _ in ReadResourceResult([contents], meta: Self.wrong) }
        }
        let requests: [(String, JSONObject)] = [("tools/call", ["name": "t"]), ("prompts/get", ["name": "p"]), ("resources/read", ["uri": "x://a"])]
        for (method, params) in requests {
            let served = try await ServedRequest(method, params, at: server, Peer(revision: revision))
            let text = JSONValue.object(try #require(served.result)).serializedString
            #expect(text.contains(#""com.example/color":"red""#))
            #expect(!text.contains("not a key") && !text.contains("1com/x"), "\(text)")
        }
        #expect(told.all.contains { $0.contains("tools/call") && $0.contains("`not a key`, `1com/x`") })
        #expect(told.all.contains { $0.contains("prompts/get") } && told.all.contains { $0.contains("resources/read") })
    }
}
