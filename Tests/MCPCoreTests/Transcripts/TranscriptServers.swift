import ConformanceFixtures
import MCPCore

/// Servers for what the fixture server does not do.
enum TranscriptServers {
    /// Three tools that use every member of a definition.
    static func catalogue(_ configuration: ServerConfiguration) -> Server {
        Server(
            Implementation(
                name: "catalogue", version: "2.0.0", title: "A catalogue", description: "Every member of a definition.",
                websiteURL: "https://example.com", icons: [Icon(source: "https://example.com/icon.png", sizes: ["48x48"])]),
            instructions: "Call them in order.", configuration: configuration
        ) {
            ServerTool(
                Tool(
                    name: "full", title: "Everything", description: "Has every member.",
                    inputSchema: ["type": "object", "properties": ["n": ["type": "integer", "minimum": 1]], "required": ["n"]],
                    outputSchema: ["type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"]],
                    annotations: ToolAnnotations(title: "Everything", readOnlyHint: true, openWorldHint: false),
                    icons: [Icon(source: "https://example.com/full.png", mimeType: "image/png", sizes: ["any"], theme: .dark)],
                    meta: ["example.com/color": "red"])
            ) { arguments, _ in CallToolResult(structured: ["n": arguments.object["n"] ?? .null]) }
            ServerTool(Tool(name: "list", outputSchema: ["type": "array", "items": ["type": "integer"]])) { _, _ in
                CallToolResult(structured: [1, 2, 3])
            }
            ServerTool(
                Tool(
                    name: "maybe", inputSchema: ["type": "object", "properties": ["n": ["type": "integer"]]],
                    outputSchema: ["type": ["object", "null"], "properties": ["n": ["type": "integer"]]])
            ) { arguments, _ in
                CallToolResult(structured: arguments.object["n"].map { ["n": $0] } ?? .null)
            }
            ServerTool(Tool(name: "liar", outputSchema: ["type": "object", "required": ["n"]])) { _, _ in CallToolResult(structured: [:]) }
            ServerTool(Tool(name: "broken")) { _, _ -> CallToolResult in throw Secret() }
        }
    }

    /// Handlers that ask in ways that need care.
    static func questions(_ configuration: ServerConfiguration) -> Server {
        let runs = Counter()
        return Server("questions", version: "1.0.0", configuration: configuration) {
            ServerTool(Tool(name: "swallow", description: "Takes no notice of the suspension.")) { _, context in
                let first = try? await context.elicit("first", Flag.self, "First?")
                let second = try? await context.elicit("second", Flag.self, "Second?")
                return CallToolResult(text: "\(first == nil) \(second == nil)")
            }
            ServerTool(Tool(name: "twice_the_same")) { _, context in
                let question: Question<Answer<Flag>> = .elicit("same", Flag.self, "Yes?")
                _ = try await context.ask(question, question)
                return CallToolResult(text: "No error.")
            }
            ServerTool(Tool(name: "moving")) { _, context in
                let answer = try await context.elicit("delete", Flag.self, "Delete \(runs.next()) messages?")
                return CallToolResult(text: answer == .accept(Flag(yes: true)) ? "Deleted." : "Kept.")
            }
            ServerTool(Tool(name: "large")) { _, context in
                _ = try await context.step("read") { String(repeating: "x", count: 1000) }
                _ = try await context.elicit("go", Flag.self, "Go on?")
                return CallToolResult(text: "Gone on.")
            }
            ServerTool(Tool(name: "plain"), outcome: plain)
            ServerTool(
                Tool(name: "visit"),
                outcome: { _, _ in
                    .inputRequired(
                        InputRequired([
                            (
                                "page",
                                .init(
                                    method: "elicitation/create",
                                    params: ["mode": "url", "message": "Sign in.", "url": "https://example.com/", "elicitationId": "e1"])
                            )
                        ]))
                })
            ServerTool(Tool(name: "nothing"), outcome: { _, _ in .inputRequired(InputRequired([])) })
            ServerTool(
                Tool(name: "mixed"),
                outcome: { _, context in
                    _ = try await context.elicit("before", Flag.self, "Before?")
                    guard context.inputResponses["own"] != nil else { return .inputRequired(question("own", "Own?", state: nil)) }
                    return .complete(CallToolResult(text: "Both."))
                })
        }
    }

    /// Keeps a state of its own.
    @Sendable private static func plain(_ arguments: ToolArguments, _ context: RequestContext) async throws -> HandlerOutcome<
        CallToolResult
    > {
        switch context.requestState {
        case nil: .inputRequired(question("first", "First?", state: "one"))
        case "one": .inputRequired(question("second", "Second?", state: "two " + (context.inputResponses["first"]?.serializedString ?? "")))
        case let state?: .complete(CallToolResult(text: "\(state) \(context.inputResponses.serializedString)"))
        }
    }

    private static func question(_ key: String, _ message: String, state: String?) -> InputRequired {
        InputRequired(
            [
                (
                    key,
                    .init(
                        method: "elicitation/create",
                        params: [
                            "mode": "form", "message": .string(message),
                            "requestedSchema": ["type": "object", "properties": ["yes": ["type": "boolean"]], "required": ["yes"]],
                        ])
                )
            ], state: state)
    }

    private struct Secret: Error, CustomStringConvertible { var description: String { "password=hunter2" } }
}

/// A form with one box, without macros.
struct Flag: SchemaCodable, Equatable {
    var yes: Bool
    init(yes: Bool) { self.yes = yes }
    var json: JSONValue { ["yes": .bool(yes)] }
    init(json: JSONValue) throws { yes = try JSONObject(json: json).decode("yes") }
    static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "object", "properties": ["yes": ["type": "boolean"]], "required": ["yes"]]
    }
}
