import AsyncHTTPClient
import MCPCore

@testable import Orchestrator

/// One turn of ``OpenAIModel`` against a ``FakeEndpoint``.
struct ModelDialogue {
    static let key = "sk-test-0123456789abcdef"

    /// What was handed over before the end.
    var events: [ModelEvent] = []
    /// What ended the turn, where it was an error.
    var error: (any Error)?
    var requests: [FakeEndpoint.Received] = []
    var address = ""

    var failure: ModelFailure? { error as? ModelFailure }
    var text: String { events.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined() }
    var calls: [ModelToolCall] { events.compactMap { if case .toolCall(let call) = $0 { call } else { nil } } }
    var usage: ModelUsage? { events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.last }
    var finish: FinishReason? { events.compactMap { if case .finished(let reason) = $0 { reason } else { nil } }.last }

    static func run(
        _ request: ModelRequest = ModelRequest(messages: [.user("Hello?")], tools: []), key: String? = ModelDialogue.key, silenceLimit: Int = 30,
        script: @escaping FakeEndpoint.Script
    ) async throws -> ModelDialogue {
        try await FakeEndpoint.serving(script) { endpoint in
            var dialogue = await ask(request, at: endpoint.address, key: key, silenceLimit: silenceLimit)
            dialogue.requests = endpoint.requests
            return dialogue
        }
    }

    /// Asks whatever listens at an address.
    static func ask(
        _ request: ModelRequest = ModelRequest(messages: [.user("Hello?")], tools: []), at address: String, key: String? = ModelDialogue.key,
        silenceLimit: Int = 30
    ) async -> ModelDialogue {
        var dialogue = ModelDialogue(address: address)
        await withModel(at: address, key: key, silenceLimit: silenceLimit) { model in
            do { try await model.answer(request) { dialogue.events.append($0) } } catch { dialogue.error = error }
        }
        return dialogue
    }

    static func withModel(
        at address: String, key: String? = ModelDialogue.key, silenceLimit: Int = 30, _ body: (OpenAIModel) async -> Void
    ) async {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIModel.clientConfiguration(silenceLimit: silenceLimit))
        let settings = OpenAIModel.Settings(
            baseURL: address, key: key.map(Secret.init), model: "test-model", silenceLimit: silenceLimit, checkLimit: .seconds(60))
        await body(OpenAIModel(settings, client: client))
        try? await client.shutdown()
    }
}

/// Pieces of a streamed chat completion.
enum Chunk {
    /// One event with that choice.
    static func event(delta: JSONValue, finish: String? = nil, end: String = "\n") -> String {
        let choice: JSONValue = ["index": 0, "delta": delta, "finish_reason": finish.map(JSONValue.string) ?? .null]
        let chunk: JSONValue = ["id": "c1", "object": "chat.completion.chunk", "choices": [choice]]
        return "data: \(chunk.serializedString)\(end)\(end)"
    }

    static func text(_ text: String) -> String { event(delta: ["content": .string(text)]) }

    /// A fragment of a tool call; endpoints give id and name only in the first one.
    static func call(_ index: Int64, id: String? = nil, name: String? = nil, arguments: String? = nil) -> String {
        var function: JSONObject = [:]
        function["name"] = name.map(JSONValue.string)
        function["arguments"] = arguments.map(JSONValue.string)
        var call: JSONObject = ["index": .integer(index), "function": .object(function)]
        call["id"] = id.map(JSONValue.string)
        if id != nil { call["type"] = "function" }
        return event(delta: ["tool_calls": [.object(call)]])
    }

    static func usage(_ input: Int64, _ output: Int64) -> String {
        let chunk: JSONValue = ["choices": [], "usage": ["prompt_tokens": .integer(input), "completion_tokens": .integer(output)]]
        return "data: \(chunk.serializedString)\n\n"
    }

    static let stop = event(delta: [:], finish: "stop")
    static let done = "data: [DONE]\n\n"
}
