import MCPCore

/// Puts the chunks of a streamed chat completion together.
///
/// Text is handed over as it comes; tool calls are kept by their index until the stream says that the choice is finished,
/// because their id, name and arguments come in pieces.
struct CompletionAssembler {
    private struct PartialCall {
        var id = ""
        var name = ""
        var arguments = ""
    }

    /// What an endpoint that quotes its request must not bring before the reader.
    let key: Secret?
    private var calls: [Int: PartialCall] = [:]
    private(set) var finishReason: FinishReason?
    private(set) var isDone = false

    init(key: Secret?) { self.key = key }

    /// The events that one event's data stands for.
    mutating func take(_ data: [UInt8]) throws -> [ModelEvent] {
        if data.elementsEqual("[DONE]".utf8) {
            isDone = true
            return []
        }
        let chunk: JSONValue
        do {
            chunk = try JSONValue(parsing: data)
        } catch {
            throw ModelFailure.unreadable("an event that is no JSON")
        }
        if let error = chunk["error"], !error.isNull {
            throw ModelFailure.endpointFailed(
                status: Int(error["status"]?.integer ?? error["code"]?.integer ?? 500), retryAfter: nil, message: EndpointMessage.text(in: chunk, without: key))
        }
        var events: [ModelEvent] = []
        if let choice = chunk["choices"]?[0] {
            let delta = choice["delta"] ?? choice["message"]
            if let text = delta?["content"]?.string, !text.isEmpty { events.append(.text(text)) }
            for (position, piece) in (delta?["tool_calls"]?.array ?? []).enumerated() {
                take(piece, at: Int(piece["index"]?.integer ?? Int64(position)))
            }
            if let reason = choice["finish_reason"]?.string { finishReason = Self.reason(reason) }
        }
        if let usage = chunk["usage"], usage.object != nil {
            events.append(.usage(ModelUsage(inputTokens: Self.count(usage["prompt_tokens"]), outputTokens: Self.count(usage["completion_tokens"]))))
        }
        return events
    }

    private mutating func take(_ piece: JSONValue, at index: Int) {
        var call = calls[index] ?? PartialCall()
        if let id = piece["id"]?.string, !id.isEmpty { call.id = id }
        // Endpoints send the name once or repeat it whole: it is never continued.
        if let name = piece["function"]?["name"]?.string, !name.isEmpty { call.name = name }
        if let arguments = piece["function"]?["arguments"]?.string { call.arguments += arguments }
        calls[index] = call
    }

    /// The tool calls in the order of their indices and the reason of the end, when the stream is over.
    ///
    /// - Throws: ``ModelFailure/cut`` where the stream ended without saying that the answer did.
    func finish() throws -> [ModelEvent] {
        guard finishReason != nil || isDone else { throw ModelFailure.cut }
        // A call that was cut at the length limit has half its arguments: it is not run.
        if finishReason == .length { return [.finished(.length)] }
        var events: [ModelEvent] = []
        for (index, call) in calls.sorted(by: { $0.key < $1.key }) {
            guard !call.name.isEmpty else { throw ModelFailure.unreadable("a tool call without a name") }
            events.append(
                .toolCall(
                    ModelToolCall(
                        id: call.id.isEmpty ? "call_\(index)" : call.id, name: call.name,
                        arguments: call.arguments.isEmpty ? "{}" : call.arguments)))
        }
        events.append(.finished(calls.isEmpty ? finishReason ?? .complete : .toolCalls))
        return events
    }

    /// Tokens as an endpoint counts them, within what can be true: whoever answers there decides what stands in it.
    private static func count(_ value: JSONValue?) -> Int { Int(min(max(value?.integer ?? 0, 0), 1_000_000_000)) }

    private static func reason(_ word: String) -> FinishReason {
        switch word {
        case "tool_calls", "function_call": .toolCalls
        case "length": .length
        case "content_filter": .contentFilter
        default: .complete
        }
    }
}
