import MCPCore
import Testing
import TestSupport

/// Forms in sessions of revisions that do not know all of them (2025-06-18, client/elicitation, "Supported Schema Types").
@Suite(.timeLimit(.minutes(1))) struct FormSpellingTests {
    private struct Choice: SchemaCodable {
        static let fields: JSONObject = [
            "one": ["type": "string", "title": "One", "oneOf": [["const": "a", "title": "A"], ["const": "b", "title": "B"]], "default": "a"],
            "count": ["type": "integer", "default": 2], "sure": ["type": "boolean", "default": true],
        ]
        var one: String
        init(json: JSONValue) throws { one = try JSONObject(json: json).decode("one") }
        var json: JSONValue { ["one": .string(one)] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "object", "properties": .object(fields)] }
    }

    private struct Several: SchemaCodable {
        init(json: JSONValue) throws {}
        var json: JSONValue { [:] }
        static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
            ["type": "object", "properties": ["colours": ["type": "array", "items": ["type": "string", "enum": ["red", "blue"]]]]]
        }
    }

    private static func server<T: SchemaCodable & Sendable>(_ type: T.Type) -> Server {
        let builder = JSONSchemaBuilder.schema(of: type)
        return Server("asking", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                let answer = try await context.elicit("form", T.self, "Well?")
                return CallToolResult(text: answer.accepted?.json.serializedString ?? "nothing")
            }
            ServerTool(
                Tool(name: "plain"),
                outcome: { _, context in
                    if let answer = context.inputResponses["form"] { return .complete(CallToolResult(text: answer["content"]?.serializedString ?? "")) }
                    let params: JSONObject = ["mode": "form", "message": "Well?", "requestedSchema": .object(builder)]
                    return .inputRequired(InputRequired([("form", .init(method: "elicitation/create", params: params))]))
                })
        }
    }

    private static let revisions: [ProtocolRevision] = [.v2025_06_18, .v2025_11_25, .v2026_07_28]

    @Test(arguments: revisions, ["ask", "plain"])
    func titlesAndDefaultsAreSpeltAsTheRevisionDoes(_ revision: ProtocolRevision, _ tool: String) async throws {
        let spelt: JSONValue =
            revision < .v2025_11_25
            ? [
                "one": ["type": "string", "title": "One", "enum": ["a", "b"], "enumNames": ["A", "B"]],
                "count": ["type": "integer"], "sure": ["type": "boolean", "default": true],
            ] : .object(Choice.fields)
        let result = try await withFeatures(of: Self.server(Choice.self), revision) {
            $0.input = ClientInputHandlers(elicit: { request in
                guard case .form(let schema) = request.mode else { return .decline }
                #expect(schema["properties"] == spelt)
                return .accept(["one": "b"])
            })
        } _: { (client: Client) async throws -> CallToolResult in
            try await client.callTool(tool)
        }
        #expect(result.text == #"{"one":"b"}"#)
    }

    @Test(arguments: ["ask", "plain"]) func aChoiceOfSeveralIsNotSentToClientsThatKnowNone(_ tool: String) async throws {
        try await withFeatures(of: Self.server(Several.self), .v2025_06_18) {
            $0.input = ClientInputHandlers(elicit: { _ in
                Issue.record("The user is asked")
                return .decline
            })
        } _: { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool(tool) }
            #expect(error?.code == .internalError)
            for word in ["\"colours\"", "2025-11-25", "2025-06-18"] { #expect(error?.message.contains(word) == true, "\(String(describing: error))") }
        }
    }

    /// `mode` does not exist there, so that a page would go out as a form without a schema.
    @Test func clientsOlderThanPagesAreNotAskedToOpenOne() async throws {
        let server = Server("pages", version: "1") {
            ServerTool(Tool(name: "visit")) { _, context in
                _ = try await context.elicit("page", url: "https://example.com/", "Go there.")
                return CallToolResult(text: "visited")
            }
        }
        try await withFeatures(of: server, .v2025_06_18, sendsInvalid: true) {
            $0.input = ClientInputHandlers(
                elicit: { _ in
                    Issue.record("The user is asked")
                    return .decline
                }, elicitsURLs: true)
        } _: { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("visit") }
            #expect(error?.data?["requiredCapabilities"]?["elicitation"]?["url"] != nil, "\(String(describing: error))")
        }
    }
}
