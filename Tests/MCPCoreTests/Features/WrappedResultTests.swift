import MCPCore
import Synchronization
import TestSupport
import Testing

/// Results that are no objects, or may be none: before 2026-07-28 they travel as `{"result": …}`, and a client takes them out of it.
@Suite(.timeLimit(.minutes(1))) struct WrappedResultTests {
    /// Fits any object, also `{"result": …}`.
    private struct Patch: SchemaCodable, ToolResultConvertible, Equatable {
        var note: String?
        init(note: String?) { self.note = note }
        init(json: JSONValue) throws { note = try JSONObject(json: json).decodeIfPresent("note") }
        var json: JSONValue { note.map { ["note": .string($0)] } ?? [:] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            var schema = ObjectSchema()
            schema.property("note", String?.self, in: &builder)
            return schema.json
        }
    }

    /// Its schema has the form of a wrapped one.
    private struct Boxed: SchemaCodable, ToolResultConvertible, Equatable {
        var result: Patch
        init(result: Patch) { self.result = result }
        init(json: JSONValue) throws { result = try JSONObject(json: json).decode("result") }
        var json: JSONValue { ["result": result.json] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            var schema = ObjectSchema()
            schema.property("result", Patch.self, in: &builder)
            return schema.json
        }
    }

    private static let server = Server("wrapping", version: "1") {
        ServerTool("patch", input: NoArguments.self) { (_: NoArguments, _) in Patch?.some(Patch(note: "x")) }
        ServerTool("nothing", input: NoArguments.self) { (_: NoArguments, _) in Patch?.none }
        ServerTool("list", input: NoArguments.self) { (_: NoArguments, _) in [Patch(note: "a"), Patch(note: nil)] }
        ServerTool("boxed", input: NoArguments.self) { (_: NoArguments, _) in Boxed(result: Patch(note: "in a box")) }
        ServerTool("boxes", input: NoArguments.self) { (_: NoArguments, _) in Boxed?.some(Boxed(result: Patch(note: "in two"))) }
        ServerTool(Tool(name: "number")) { _, _ in CallToolResult(structured: 5) }
        ServerTool(Tool(name: "object")) { _, _ in CallToolResult(structured: ["result": ["note": "an object"]]) }
    }

    private struct NoArguments: SchemaCodable {
        init(json: JSONValue) throws {}
        var json: JSONValue { [:] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ObjectSchema().json }
    }

    /// In either era, and whether somebody has listed the tools or not.
    @Test(arguments: bothEras, [true, false]) func whatIsCalledForIsWhatTheToolReturned(_ revision: ProtocolRevision, _ isListed: Bool) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            if isListed { _ = try await client.listTools() }
            #expect(try await client.call("patch") == Patch(note: "x"))
            #expect(try await client.call("patch") == Patch?.some(Patch(note: "x")))
            #expect(try await client.call("nothing") == Patch?.none)
            #expect(try await client.call("list") == [Patch(note: "a"), Patch(note: nil)])
            #expect(try await client.call("boxed") == Boxed(result: Patch(note: "in a box")))
            #expect(try await client.call("boxes") == Boxed(result: Patch(note: "in two")))
            #expect(try await client.call("number") == 5)
            #expect(try await client.call("object") == Boxed(result: Patch(note: "an object")))
        }
    }

    /// The result and the definition are the same in both eras.
    @Test(arguments: bothEras) func contentAndSchemaComeWithoutTheWrapping(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("list").structuredContent == [["note": "a"], [:]])
            #expect(try await client.callTool("nothing").structuredContent == .some(.null))
            #expect(try await client.callTool("boxed").structuredContent == ["result": ["note": "in a box"]])
            let tools = try await client.listTools()
            for tool in tools { #expect(tool.outputSchema == Self.server.tools.definition(named: tool.name)?.outputSchema, "\(tool.name)") }
        }
    }

    // MARK: Other servers

    private func foreign(_ schema: JSONValue?, _ content: JSONValue, _ revision: ProtocolRevision = .latestHandshake) async throws -> Client {
        let (client, _) = try await scriptedClient(revision) { call in
            guard call.request.method == "tools/list" else { return ["content": [], "structuredContent": content, "resultType": "complete"] }
            var tool: JSONObject = ["name": "t", "inputSchema": ["type": "object"]]
            tool["outputSchema"] = schema
            return ["tools": [.object(tool)], "resultType": "complete"]
        }
        return client
    }

    private static let patch: JSONValue = ["type": "object", "properties": ["note": ["type": "string"]]]

    /// FastMCP for Python says in the schema that it has wrapped.
    @Test(arguments: bothEras) func theMarkOfOtherServersCounts(_ revision: ProtocolRevision) async throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["result": ["$ref": "#/$defs/Patch"]], "required": ["result"], "title": "_WrappedResult",
            "x-fastmcp-wrap-result": true, "$defs": ["Patch": Self.patch],
        ]
        let client = try await foreign(schema, ["result": ["note": "x"]], revision)
        #expect(try await client.call("t") == Patch(note: "x"))
        #expect(try await client.callTool("t").structuredContent == ["note": "x"])
        #expect(try await client.listTools().first?.outputSchema == ["$ref": "#/$defs/Patch", "$defs": ["Patch": Self.patch]])
    }

    /// What cannot be taken out of the schema without a change is left in both; a type is read all the same.
    @Test func aMarkedSchemaThatCannotBeTakenOutStays() async throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["result": Self.patch], "required": ["result"], "x-fastmcp-wrap-result": true, "description": "Wrapped.",
        ]
        let client = try await foreign(schema, ["result": ["note": "x"]])
        #expect(try await client.call("t") == Patch(note: "x"))
        #expect(try await client.callTool("t").structuredContent == ["result": ["note": "x"]])
        #expect(try await client.listTools().first?.outputSchema.map(JSONValue.object) == schema)
    }

    /// Servers that do not say it, as those of the Python SDK and older ones of this SDK: a type is read from inside, and the data stay as they came.
    @Test func withoutAMarkTheFormCountsForTypesAlone() async throws {
        let schema: JSONValue = ["type": "object", "properties": ["result": Self.patch], "required": ["result"], "title": "patchOutput"]
        let client = try await foreign(schema, ["result": ["note": "x"]])
        #expect(try await client.call("t") == Patch(note: "x"))
        // One whose only member is called so fits too.
        #expect(try await client.call("t") == Boxed(result: Patch(note: "x")))
        #expect(try await client.callTool("t").structuredContent == ["result": ["note": "x"]])
        #expect(try await client.listTools().first?.outputSchema.map(JSONValue.object) == schema)
    }

    @Test(
        arguments: [
            ["type": "object", "properties": ["result": patch], "required": ["result"], "additionalProperties": false],
            ["type": "object", "properties": ["result": patch, "note": [:]], "required": ["result"]],
            ["type": "object", "properties": ["result": patch]],
        ] as [JSONValue]) func aMemberOfThatNameIsNoWrapping(_ schema: JSONValue) async throws
    {
        let client = try await foreign(schema, ["result": ["note": "x"]])
        #expect(try await client.call("t") == Patch(note: nil))
        #expect(try await client.callTool("t").structuredContent == ["result": ["note": "x"]])
    }

    /// From 2026-07-28 on any value travels as it is, and only a mark says otherwise.
    @Test func theFormAloneIsNothingInThePerRequestEra() async throws {
        let schema: JSONValue = ["type": "object", "properties": ["result": Self.patch], "required": ["result"]]
        let client = try await foreign(schema, ["result": ["note": "x"]], .latest)
        #expect(try await client.call("t") == Patch(note: nil))
    }

    @Test func whereTheListFailsTheResultIsReadAsWellAsItCan() async throws {
        let (client, _) = try await scriptedClient { call in
            if call.request.method == "tools/list" { throw JSONRPCError(.internalError, "no list today") }
            return ["content": [], "structuredContent": ["result": 5]]
        }
        #expect(try await client.call("t") == 5)
        #expect(try await client.callTool("t").structuredContent == ["result": 5])
    }
}
