import Testing
import TestSupport

@testable import MCPCore

/// What may be a tool, and what is refused when it is added or when the server is started.
@Suite(.timeLimit(.minutes(1))) struct ToolRegistryTests {
    private static func tool(_ name: String, inputSchema: JSONObject = ["type": "object"], outputSchema: JSONObject? = nil) -> ServerTool {
        ServerTool(Tool(name: name, inputSchema: inputSchema, outputSchema: outputSchema)) { _, _ in CallToolResult(text: name) }
    }

    /// The fault that both ways to add a tool find.
    private static func fault(_ tool: ServerTool, besides others: [ServerTool] = []) throws -> String? {
        let server = Server("tools", version: "1") { others }
        do { try server.tools.add(tool) } catch let error as ToolDefinitionError {
            let built = Server("tools", version: "1") { others + [tool] }
            let fault = #expect(throws: ServerDefinitionError.self) { try built.validate() }
            #expect(fault?.faults == [error.description])
            #expect(server.tools.definitions.map(\.name) == others.map(\.definition.name))
            return error.reason
        }
        return nil
    }

    @Test(arguments: ["a", "getUser", "DATA_EXPORT_v2", "admin.tools.list", "-", "0", String(repeating: "x", count: 128)])
    func namesOfTheSpecification(_ name: String) throws {
        #expect(try Self.fault(Self.tool(name)) == nil)
    }

    @Test(arguments: ["", String(repeating: "x", count: 129), "two words", "a,b", "a/b", "a\n", "naïve", "名", "a:b", "a@b", "a+b", "a\u{0}"])
    func otherNamesAreRefused(_ name: String) throws {
        #expect(try Self.fault(Self.tool(name))?.contains("1 to 128 characters") == true)
    }

    @Test(arguments: bothEras) func namesThatDifferInCaseAreTwo(_ revision: ProtocolRevision) async throws {
        let server = Server("tools", version: "1") { [Self.tool("read"), Self.tool("Read"), Self.tool("READ")] }
        try server.validate()
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            #expect(try await client.listTools().map(\.name) == ["read", "Read", "READ"])
            for name in ["READ", "read", "Read"] { #expect(try await client.callTool(name).text == name) }
        }
        #expect(try await ServedRequest("tools/call", ["name": "rEAD"], at: server, Peer(revision: revision)).error?.code == .invalidParams)
    }

    @Test(arguments: bothEras) func tenThousandToolsAreListedOnceEachAndInOrder(_ revision: ProtocolRevision) async throws {
        let names = (0..<10_000).map { "t\(($0 * 7919) % 10_000)" }
        let server = Server("tools", version: "1") { names.map { Self.tool($0) } }
        try await withFeatures(of: server, revision) { (client: Client) async throws -> Void in
            #expect(try await client.listTools().map(\.name) == names)
            #expect(try await client.listTools().map(\.name) == names)
        }
    }

    @Test func aCursorIsFoundWithFewLooks() {
        let ordinals = (0..<10_000).map { $0 * 3 }
        for wanted in [-1, 0, 1, 2999, 15_000, 29_996, 29_997, 40_000] {
            var looks = 0
            let index = ordinals.sortedIndex {
                looks += 1
                return $0 > wanted
            }
            #expect(index == ordinals.firstIndex { $0 > wanted } ?? ordinals.count)
            #expect(looks <= 14)
        }
        #expect([Int]().sortedIndex { $0 > 1 } == 0)
    }

    @Test func aSecondToolOfANameIsRefused() throws {
        #expect(try Self.fault(Self.tool("read"), besides: [Self.tool("read")])?.contains("another tool of that name") == true)
        let server = Server("tools", version: "1") { Self.tool("read") }
        #expect(server.tools.remove("read"))
        try server.tools.add(Self.tool("read"))
    }

    @Test(
        arguments: [
            ["type": "object", "properties": ["a": ["type": "text"]]], ["type": "object", "required": true],
            ["type": "object", "properties": ["a": ["minLength": -1]]], ["type": "object", "$ref": "#/$defs/none"],
            ["type": "object", "$schema": "http://json-schema.org/draft-04/schema#"], ["type": "object", "properties": ["a": 7]],
        ] as [JSONObject])
    func aSchemaThatIsNoneIsRefused(_ schema: JSONObject) throws {
        #expect(try Self.fault(Self.tool("t", inputSchema: schema))?.contains("input schema cannot be used") == true)
        #expect(try Self.fault(Self.tool("t", outputSchema: schema))?.contains("output schema cannot be used") == true)
    }

    @Test(arguments: [[:], ["type": "array"], ["type": ["object", "null"]]] as [JSONObject])
    func argumentsAreAnObject(_ schema: JSONObject) throws {
        #expect(try Self.fault(Self.tool("t", inputSchema: schema))?.contains("\"type\": \"object\"") == true)
    }
}
