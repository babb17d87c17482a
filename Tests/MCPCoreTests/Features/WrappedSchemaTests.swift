import MCPCore
import TestSupport
import Testing

/// Output schemas that are not of objects alone stand inside `{"result": …}` in the handshake era; what they refer to is found there too.
@Suite(.timeLimit(.minutes(1))) struct WrappedSchemaTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var schema: JSONObject
        var good: JSONValue
        var bad: JSONValue
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "definitions", schema: ["type": "array", "items": ["$ref": "#/$defs/n"], "$defs": ["n": ["type": "integer"]]], good: [1], bad: ["x"]),
        Row(
            name: "definitions of draft-07",
            schema: [
                "$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": ["$ref": "#/definitions/n"],
                "definitions": ["n": ["type": "integer"]],
            ], good: [1], bad: ["x"]),
        Row(name: "the root", schema: ["type": "array", "items": ["$ref": "#"]], good: [[], [[]]], bad: [["x"]]),
        Row(
            name: "the root, from a definition",
            schema: [
                "type": ["array", "null"], "items": ["$ref": "#/$defs/node"],
                "$defs": ["node": ["type": "object", "properties": ["children": ["$ref": "#"]], "required": ["children"]]],
            ], good: [["children": [["children": nil]]]], bad: [["children": [["children": "x"]]]]),
        Row(
            name: "another place",
            schema: [
                "type": ["object", "null"],
                "properties": ["from": ["type": "integer"], "to": ["$ref": "#/properties/from"], "result": ["anyOf": [["$ref": "#/properties/to"]]]],
            ], good: ["to": 1, "result": 2], bad: ["result": "x"]),
        Row(
            name: "its own id",
            schema: [
                "$id": "https://example.com/list", "type": "array",
                "prefixItems": [["type": "integer"], ["$ref": "https://example.com/list#/prefixItems/0"], ["$ref": "https://example.com/list"]],
                "items": false,
            ], good: [1, 2, [3]], bad: [1, "x"]),
        Row(
            name: "an embedded schema",
            schema: [
                "type": "array",
                "items": ["$id": "https://example.com/node", "type": "object", "properties": ["next": ["$ref": "#"]], "additionalProperties": false],
            ], good: [["next": ["next": [:]]]], bad: [["next": ["next": [1]]]]),
        Row(
            name: "an anchor",
            schema: ["type": "array", "items": ["anyOf": [["$anchor": "a", "type": "null"], ["type": "array", "items": ["$ref": "#a"]]]]],
            good: [nil, [nil]], bad: [[1]]),
        Row(name: "a word that is no reference", schema: ["type": "array", "items": ["enum": [["$ref": "#"], 1]]], good: [["$ref": "#"], 1], bad: [2]),
    ]

    @Test(arguments: rows) func whatIsReferredToIsFound(_ row: Row) async throws {
        let server = Server("wrapped", version: "1") {
            ServerTool(Tool(name: "good", outputSchema: row.schema)) { _, _ in CallToolResult(structured: row.good) }
        }
        try server.validate()
        try await withFeatures(of: server, .latestHandshake) { (client: Client) async throws -> Void in
            let listed = try #require(try await client.request("tools/list")["tools"]?[0]?["outputSchema"]?.object)
            #expect(listed["type"] == "object" && listed["required"] == ["result"])
            // As any client would read it.
            let validator = try SchemaValidator(compiling: .object(listed))
            #expect(validator.validate(["result": row.good]).isEmpty)
            #expect(!validator.validate(["result": row.bad]).isEmpty)
            // And as this one gives it on.
            #expect(try await client.callTool("good").structuredContent == row.good)
            let own = try SchemaValidator(compiling: .object(#require(try await client.listTools().first?.outputSchema)))
            #expect(own.validate(row.good).isEmpty)
            #expect(!own.validate(row.bad).isEmpty)
        }
        try await withFeatures(of: server, .latest) { (client: Client) async throws -> Void in
            #expect(try await client.listTools().first?.outputSchema == row.schema)
        }
    }

    @Test func aReferenceThatCannotBeMovedIsAFaultOfTheTool() throws {
        let schema: JSONObject = ["type": "array", "items": ["$ref": "#/%24defs/n"], "$defs": ["n": ["type": "integer"]]]
        _ = try SchemaValidator(compiling: .object(schema))
        let server = Server("wrapped", version: "1") { ServerTool(Tool(name: "odd", outputSchema: schema)) { _, _ in CallToolResult(structured: [1]) } }
        let error = #expect(throws: ServerDefinitionError.self) { try server.validate() }
        #expect(error?.description.contains("#/$defs/") == true)
    }
}
