import MCPCore
import Testing
import TestSupport

/// What a form may ask for (2026-07-28, client/elicitation, "Requested Schema").
@Suite(.timeLimit(.minutes(1))) struct FormRuleTests {
    /// A type that is its schema.
    private protocol Form: SchemaCodable {
        static var fields: JSONObject { get }
    }

    private struct Flat: Form {
        var values: JSONObject
        init(json: JSONValue) throws { values = try JSONObject(json: json) }
        var json: JSONValue { .object(values) }
        static let fields: JSONObject = [
            "name": ["type": "string", "minLength": 1, "pattern": "^[A-Z]"], "mail": ["type": "string", "format": "email"],
            "count": ["type": "integer", "exclusiveMinimum": 0], "ratio": ["type": "number", "default": 0.5], "sure": ["type": "boolean"],
            "one": ["type": "string", "enum": ["a", "b"]], "titled": ["type": "string", "oneOf": [["const": "a", "title": "A"]]],
            "old": ["type": "string", "enum": ["a"], "enumNames": ["A"]],
            "some": ["type": "array", "items": ["type": "string", "enum": ["a", "b"]], "minItems": 1, "uniqueItems": true],
            "someTitled": ["type": "array", "items": ["anyOf": [["const": "a", "title": "A"]]]],
        ]
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "object", "properties": .object(fields)] }
    }

    /// Spelt in a way that forms do not know, and yet a form.
    private struct Spelt: SchemaCodable {
        var id: String
        init(json: JSONValue) throws {
            id = try JSONObject(json: json).decode("id")
            guard SchemaFormat.uuid.accepts(id) else { throw JSONDecodingError(path: ["id"], expected: "a UUID", found: id) }
        }
        var json: JSONValue { ["id": .string(id)] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            [
                "type": "object",
                "properties": [
                    "id": ["type": "string", "format": "uuid"], "host": ["type": "string", "format": "hostname", "description": "Where."],
                    "note": ["type": ["string", "null"], "default": nil],
                    "kind": ["anyOf": [["type": "string", "enum": ["a", "b"]], ["type": "null"]], "description": "Which."],
                ],
                "required": ["id"], "additionalProperties": false,
            ]
        }
    }

    private struct Nested: SchemaCodable {
        init(json: JSONValue) throws {}
        var json: JSONValue { [:] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            ["type": "object", "properties": ["address": ["type": "object", "properties": ["street": ["type": "string"]]]]]
        }
    }

    private struct Union: SchemaCodable {
        init(json: JSONValue) throws {}
        var json: JSONValue { [:] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "object", "oneOf": [["properties": [:]], ["properties": [:]]]] }
    }

    private static func plain(_ schema: JSONValue) -> Server {
        Server("asking", version: "1") {
            ServerTool(
                Tool(name: "ask"),
                outcome: { _, context in
                    if !context.inputResponses.isEmpty { return .complete(CallToolResult(text: "asked")) }
                    let params: JSONObject = ["mode": "form", "message": "Well?", "requestedSchema": schema]
                    return .inputRequired(InputRequired([("form", .init(method: "elicitation/create", params: params))]))
                })
        }
    }

    private static func typed<T: SchemaCodable & Sendable>(_ type: T.Type) -> Server {
        Server("asking", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                let answer = try await context.elicit("form", T.self, "Well?")
                return CallToolResult(text: answer.accepted?.json.serializedString ?? "nothing")
            }
        }
    }

    private static func ask(
        _ server: Server, _ revision: ProtocolRevision, _ answer: @escaping @Sendable (JSONObject) -> JSONObject
    ) async throws -> CallToolResult {
        try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(elicit: { request in
                guard case .form(let schema) = request.mode else { return .decline }
                return .accept(answer(schema))
            })
        } _: { (client: Client) async throws -> CallToolResult in
            try await client.callTool("ask")
        }
    }

    private static func refused(_ server: Server, _ revision: ProtocolRevision, _ word: String) async {
        let error = await #expect(throws: JSONRPCError.self, "\(word)") {
            _ = try await Self.ask(server, revision) { schema in
                Issue.record("The user is asked for \(JSONValue.object(schema).serializedString)")
                return [:]
            }
        }
        #expect(error?.code == .internalError && error?.message.contains(word) == true, "\(String(describing: error))")
    }

    @Test(arguments: bothEras) func allShapesOfFieldsGoOut(_ revision: ProtocolRevision) async throws {
        let schema: JSONObject = ["type": "object", "properties": .object(Flat.fields)]
        #expect(try await Self.ask(Self.plain(.object(schema)), revision) { $0 == schema ? [:] : ["wrong": true] }.text == "asked")
        #expect(try await Self.ask(Self.typed(Flat.self), revision) { $0 == schema ? ["sure": true] : ["sure": "wrong"] }.text == #"{"sure":true}"#)
    }

    @Test(arguments: bothEras) func aTypeIsSpeltAsFormsAre(_ revision: ProtocolRevision) async throws {
        let id = "2eb8aa08-aa98-11ea-b4aa-73b441d16380"
        let result = try await Self.ask(Self.typed(Spelt.self), revision) { schema in
            let fields = schema["properties"]
            #expect(fields?["id"] == ["type": "string", "description": .string("Expected: \(SchemaFormat.uuid)")])
            #expect(fields?["host"] == ["type": "string", "description": "Where."])
            #expect(fields?["note"] == ["type": "string"])
            #expect(fields?["kind"] == ["type": "string", "enum": ["a", "b"], "description": "Which."])
            return ["id": .string(id)]
        }
        #expect(result.text == #"{"id":"\#(id)"}"#)
    }

    /// The type is the judge of an answer, whatever its form has told the user.
    @Test func anAnswerThatIsNotOfTheTypeIsNone() async throws {
        let result = try await Self.ask(Self.typed(Spelt.self), .latestHandshake) { _ in ["id": "mine"] }
        #expect(result.isError && result.text.contains("does not fit what was asked"), "\(result.text)")
    }

    @Test(arguments: bothEras) func whatIsNoFormIsNotSent(_ revision: ProtocolRevision) async {
        await Self.refused(Self.typed(Nested.self), revision, "\"address\" is an object")
        await Self.refused(Self.typed(Union.self), revision, "Union is no form")
        await Self.refused(Self.typed(String.self), revision, "String is no form")
    }

    private static let faults: [(JSONValue, String)] = [
        (["type": "object"], "no object with properties"), (["type": "array", "properties": [:]], "no object with properties"),
        (["type": "object", "properties": [:], "allOf": []], "allOf"), (["type": "object", "properties": ["x": true]], "\"x\" has no schema"),
    ]
    private static let fields: [(JSONObject, String)] = [
        ([:], "exactly one type"), (["type": ["string", "null"]], "exactly one type"), (["type": "object", "properties": [:]], "flat"),
        (["type": "null"], "of type \"null\""), (["type": "array", "items": ["type": "string"]], "not one of choices"),
        (["type": "array"], "not one of choices"),
        (["type": "array", "items": ["type": "integer", "enum": [1]]], "something else than names"),
        (["type": "array", "items": ["type": "string", "enum": ["a"]], "contains": [:]], "contains"), (["type": "string", "format": "uuid"], "format"),
        (["type": "string", "enum": [1]], "enum"), (["type": "string", "oneOf": [["const": "a"]]], "oneOf"), (["type": "string", "anyOf": []], "anyOf"),
        (["type": "number", "oneOf": []], "oneOf"), (["$ref": "#/x", "type": "string"], "$ref"),
    ]

    @Test(arguments: bothEras) func eachFaultIsNamed(_ revision: ProtocolRevision) async {
        for (schema, word) in Self.faults { await Self.refused(Self.plain(schema), revision, word) }
        for (field, word) in Self.fields {
            let schema: JSONValue = ["type": "object", "properties": ["x": .object(field)]]
            await Self.refused(Self.plain(schema), revision, word)
        }
    }
}
