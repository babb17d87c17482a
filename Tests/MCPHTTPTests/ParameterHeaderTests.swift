import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import TestSupport
import Testing

/// `x-mcp-header`: the client sends what the server holds against the body.
@Suite(.timeLimit(.minutes(1))) struct ParameterHeaderTests {
    private static func tool(_ properties: JSONValue) -> ServerTool {
        ServerTool(Tool(name: "query", inputSchema: ["type": "object", "properties": properties])) { arguments, _ in
            CallToolResult(text: JSONValue.object(arguments.object).serializedString)
        }
    }

    private static let annotated = tool([
        "region": ["type": "string", "x-mcp-header": "Region"],
        "options": ["type": "object", "properties": ["limit": ["type": "integer", "x-mcp-header": "Limit"]]],
    ])

    @Test func whatTheClientSendsIsWhatTheServerExpects() async throws {
        try await withRunningServer(Server("s", version: "1") { Self.annotated }) { url in
            let transport = ValidatedTransport(HTTPClientTransport(url: url))
            try await withClient(transport, configuration: ClientConfiguration(era: .pinned(.v2026_07_28))) { client in
                for arguments in [
                    ["region": "Ελλάδα", "options": ["limit": 42]], ["region": " eu "], ["region": ""], ["options": ["limit": -7]], [:],
                ] as [JSONObject] {
                    let text = try await client.callTool("query", arguments).text
                    #expect(text == JSONValue.object(arguments).serializedString)
                }
            }
        }
    }

    @Test func aHeaderThatContradictsTheBodyIsRefused() async throws {
        try await withRunningServer(Server("s", version: "1") { Self.annotated }) { url in
            let configuration = ClientConfiguration(era: .pinned(.v2026_07_28))
            try await withClient(HTTPClientTransport(url: url), configuration: configuration) { client in
                let options = RequestOptions(headers: [("Mcp-Param-Region", "us")])
                let error = await #expect(throws: JSONRPCError.self) {
                    _ = try await client.callTool("query", ["region": "eu"], options: options)
                }
                #expect(error?.code == .headerMismatch)
                let plain = try await client.callTool("query", ["region": "eu"]).text
                #expect(plain.contains("eu"))
            }
        }
    }

    @Test func anAnnotationThatBreaksARuleIsRefusedAtRegistration() throws {
        let bad = Self.tool(["amount": ["type": "number", "x-mcp-header": "Amount"]])
        let server = Server("s", version: "1")
        let error = #expect(throws: ToolDefinitionError.self) { try server.tools.add(bad) }
        #expect(error?.description.contains("query") == true && error?.description.contains("amount") == true)
        #expect(server.tools.definitions.isEmpty)
        #expect(throws: ServerDefinitionError.self) { try Server("s", version: "1") { bad }.validate() }
    }
}
