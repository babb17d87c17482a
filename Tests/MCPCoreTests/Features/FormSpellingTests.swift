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
            #expect(error?.code == .invalidRequest)
            #expect(error?.data?["requiredCapabilities"]?["elicitation"]?["url"] != nil, "\(String(describing: error))")
            // The client has declared it.
            #expect(error?.message.contains("2025-06-18") == true && error?.message.contains("declared") == false, "\(String(describing: error))")
        }
    }
}

/// What the language model is asked in sessions of revisions that do not know all of it (their schemas, `SamplingMessage` and `CreateMessageRequest`).
@Suite(.timeLimit(.minutes(1))) struct SamplingSpellingTests {
    private static let older: [ProtocolRevision] = [.v2024_11_05, .v2025_03_26, .v2025_06_18]
    private static let audio = SamplingRequest([SamplingMessage(.user, [.audio(MediaContent(base64: "AAAA", mimeType: "audio/wav"))])], maxTokens: 10)

    /// Asks in one of two forms: with the context, and with a return value.
    private static func ask(_ request: SamplingRequest, _ tool: String, _ revision: ProtocolRevision) async throws -> String {
        let params = try JSONObject(json: request.json)
        let server = Server("asking", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                let result = try await context.sample("m", request)
                return CallToolResult(text: result.text)
            }
            ServerTool(
                Tool(name: "plain"),
                outcome: { _, context in
                    if let answer = context.inputResponses["m"] { return .complete(CallToolResult(text: answer["content"]?["text"]?.string ?? "")) }
                    return .inputRequired(InputRequired([("m", .init(method: "sampling/createMessage", params: params))]))
                })
        }
        return try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(sample: { _ in SamplingResult("said", model: "m") }, samplesWithTools: true)
        } _: { (client: Client) async throws -> String in
            try await client.callTool(tool).text
        }
    }

    /// Asks in both forms, of which neither may reach the client.
    private static func refusals(of request: SamplingRequest, _ revision: ProtocolRevision) async throws -> [JSONRPCError] {
        var refusals: [JSONRPCError] = []
        for tool in ["ask", "plain"] {
            let error = await #expect(throws: JSONRPCError.self, "\(tool)") { _ = try await ask(request, tool, revision) }
            if let error { refusals.append(error) }
        }
        return refusals
    }

    @Test(arguments: older) func toolsAreNotGivenToAModelWhoseRevisionKnowsNone(_ revision: ProtocolRevision) async throws {
        var withTools = SamplingRequest("Weather?", maxTokens: 10)
        withTools.tools = [Tool(name: "weather", inputSchema: ["type": "object"])]
        var withChoice = SamplingRequest("Weather?", maxTokens: 10)
        withChoice.toolChoice = .auto
        for request in [withTools, withChoice] {
            for error in try await Self.refusals(of: request, revision) {
                #expect(error.code == .invalidRequest)
                #expect(error.data?["requiredCapabilities"]?["sampling"]?["tools"] != nil)
                for word in ["tools", "2025-11-25", revision.rawValue] { #expect(error.message.contains(word), "\(error)") }
                #expect(!error.message.contains("declared"), "\(error)")
            }
        }
    }

    @Test(arguments: older) func blocksThatTheRevisionDoesNotKnowAreNotSent(_ revision: ProtocolRevision) async throws {
        let use = SamplingMessage(.assistant, [.toolUse(id: "1", name: "weather", input: [:])])
        let result = SamplingMessage(.user, [.toolResult(toolUseID: "1", CallToolResult(text: "sun"))])
        let cases: [(String, [SamplingMessage])] = [
            ("\"tool_use\"", [SamplingMessage(.user, "Weather?"), use, result]),
            ("list of blocks", [SamplingMessage(.user, [.text("Weather?"), .text("In Lisbon.")])]),
        ]
        for (what, messages) in cases {
            for error in try await Self.refusals(of: SamplingRequest(messages, maxTokens: 10), revision) {
                #expect(error.code == .internalError)
                for word in [what, "2025-11-25", revision.rawValue] { #expect(error.message.contains(word), "\(error)") }
            }
        }
    }

    @Test func audioIsNotSentToTheOldestClients() async throws {
        for error in try await Self.refusals(of: Self.audio, .v2024_11_05) {
            #expect(error.code == .internalError)
            for word in ["\"audio\"", "2025-03-26", "2024-11-05"] { #expect(error.message.contains(word), "\(error)") }
        }
        for revision in [ProtocolRevision.v2025_03_26, .v2025_06_18] {
            for tool in ["ask", "plain"] { #expect(try await Self.ask(Self.audio, tool, revision) == "said") }
        }
    }

    /// `includeContext` is as old as sampling; the capability for it is not.
    @Test(arguments: older) func contextNeedsNoCapabilityThatDoesNotExist(_ revision: ProtocolRevision) async throws {
        var request = SamplingRequest("Weather?", maxTokens: 10)
        request.includeContext = .thisServer
        for tool in ["ask", "plain"] { #expect(try await Self.ask(request, tool, revision) == "said") }
    }
}
