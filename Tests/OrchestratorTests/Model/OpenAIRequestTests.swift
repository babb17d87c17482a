import MCPCore
import Testing

@testable import Orchestrator

/// What ``OpenAIModel`` sends.
struct OpenAIRequestTests {
    private static let schema: JSONObject = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": ["sql": ["type": "string"]], "required": ["sql"],
    ]
    private static let request = ModelRequest(
        messages: [
            .system("Be brief."), .user("Wie heißt du?"),
            .assistant("", calls: [ModelToolCall(id: "call_1", name: "shop__run_query", arguments: #"{"sql":"SELECT 1"}"#)]),
            .tool(callID: "call_1", content: "1 row", isError: false), .assistant("One row.", calls: []), .user("Thanks"),
        ],
        tools: [
            ModelTool(name: "shop__run_query", server: "shop", description: "Runs one SELECT.", inputSchema: schema, isReadOnly: true),
            ModelTool(name: "shop__now", server: "shop", description: "The time.", inputSchema: [:], isReadOnly: true),
        ])

    private static func answering(_ request: ModelRequest, key: String? = ModelDialogue.key) async throws -> ModelDialogue {
        try await ModelDialogue.run(request, key: key) { _, line in
            try await line.head()
            try await line.write((Chunk.text("ok") + Chunk.stop + Chunk.done).utf8)
        }
    }

    @Test func theRequestIsWhatEndpointsExpect() async throws {
        let dialogue = try await Self.answering(Self.request)
        #expect(dialogue.text == "ok" && dialogue.error == nil)
        let received = try #require(dialogue.requests.first)
        #expect(dialogue.requests.count == 1)
        #expect(received.method == "POST" && received.path == "/v1/chat/completions")
        #expect(received.headers["authorization"] == "Bearer \(ModelDialogue.key)")
        #expect(received.headers["content-type"] == "application/json")
        #expect(received.headers["accept"] == "text/event-stream")
        let body = received.body
        #expect(body["model"] == "test-model" && body["stream"] == true)
        #expect(body["stream_options"] == ["include_usage": true])
        let messages: JSONValue = [
            ["role": "system", "content": "Be brief."],
            ["role": "user", "content": "Wie heißt du?"],
            [
                "role": "assistant", "content": .null,
                "tool_calls": [
                    ["id": "call_1", "type": "function", "function": ["name": "shop__run_query", "arguments": #"{"sql":"SELECT 1"}"#]]
                ],
            ],
            ["role": "tool", "tool_call_id": "call_1", "content": "1 row"],
            ["role": "assistant", "content": "One row."],
            ["role": "user", "content": "Thanks"],
        ]
        #expect(body["messages"] == messages)
        let tools: JSONValue = [
            [
                "type": "function",
                "function": [
                    "name": "shop__run_query", "description": "Runs one SELECT.",
                    "parameters": ["type": "object", "properties": ["sql": ["type": "string"]], "required": ["sql"]],
                ],
            ],
            ["type": "function", "function": ["name": "shop__now", "description": "The time.", "parameters": ["type": "object", "properties": [:]]]],
        ]
        #expect(body["tools"] == tools)
    }

    @Test func withoutToolsAndWithoutKeyNeitherIsSent() async throws {
        let dialogue = try await Self.answering(ModelRequest(messages: [.user("Hi")], tools: []), key: nil)
        let received = try #require(dialogue.requests.first)
        #expect(received.headers["authorization"] == nil)
        // An empty list is refused by endpoints.
        #expect(received.body["tools"] == nil && received.body["messages"]?.array?.count == 1)
    }

    /// The endpoint of these tests is worth something only if it refuses what real ones refuse.
    @Test(arguments: ["shop.run_query", "", "größe", "a b", String(repeating: "x", count: 65)])
    func theEndpointRefusesNamesThatRealOnesRefuse(name: String) async throws {
        let tool = ModelTool(name: name, server: "shop", description: "", inputSchema: [:], isReadOnly: true)
        let offered = try await Self.answering(ModelRequest(messages: [.user("Hi")], tools: [tool]))
        guard case .refusedRequest(400, let message) = offered.failure else {
            Issue.record("\(String(describing: offered.error))")
            return
        }
        #expect(message?.contains("tools[0].function.name") == true)
        let called = try await Self.answering(
            ModelRequest(
                messages: [
                    .user("Hi"), .assistant("", calls: [ModelToolCall(id: "1", name: name, arguments: "{}")]), .tool(callID: "1", content: "", isError: false),
                ], tools: []))
        guard case .refusedRequest(400, let message) = called.failure else {
            Issue.record("\(String(describing: called.error))")
            return
        }
        #expect(message?.contains("messages[1].tool_calls[0].function.name") == true)
        #expect(called.events.isEmpty && called.failure?.isPassing == false)
    }

    @Test func theEndpointRefusesResultsOfNoCallAndCallsWithoutResult() async throws {
        let orphan = try await Self.answering(ModelRequest(messages: [.tool(callID: "1", content: "", isError: false)], tools: []))
        #expect(orphan.failure?.description.contains("must answer a preceding message") == true)
        let open = try await Self.answering(
            ModelRequest(messages: [.assistant("", calls: [ModelToolCall(id: "c7", name: "a", arguments: "{}")])], tools: []))
        #expect(open.failure?.description.contains("must be answered: c7") == true)
    }

    @Test func whateverServersCallTheirToolsTheEndpointTakesIt() async throws {
        let names = ["run_query", "größe.änder", "a b/c", String(repeating: "long_", count: 40), "", "run.query", "日本語"]
        let tools = names.flatMap { name in ["shop", "shöp", String(repeating: "s", count: 64)].map { ToolNameTable.Tool(server: $0, tool: name) } }
        let table = ToolNameTable(tools)
        let offered = tools.compactMap { table.modelName(of: $0) }
        #expect(Set(offered).count == tools.count)
        let calls = offered.enumerated().map { ModelToolCall(id: "c\($0)", name: $1, arguments: "{}") }
        let dialogue = try await Self.answering(
            ModelRequest(
                messages: [.user("All of them"), .assistant("", calls: calls)] + calls.map { .tool(callID: $0.id, content: "", isError: false) },
                tools: offered.map { ModelTool(name: $0, server: "", description: "", inputSchema: [:], isReadOnly: true) }))
        #expect(dialogue.error == nil && dialogue.text == "ok")
        for tool in tools { #expect(table.modelName(of: tool).flatMap { table.tool(named: $0) } == tool) }
    }
}
