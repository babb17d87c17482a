import MCPCore
import Testing

@testable import Orchestrator

/// How ``OpenAIModel`` reads a stream, however its bytes arrive.
struct OpenAIStreamTests {
    private static func streaming(_ text: String) async throws -> ModelDialogue {
        try await ModelDialogue.run { _, line in
            try await line.head()
            try await line.write(text.utf8)
        }
    }

    @Test func textComesPieceByPieceThenUsageThenTheEnd() async throws {
        let dialogue = try await Self.streaming(Chunk.text("Hel") + Chunk.text("lo") + Chunk.stop + Chunk.usage(12, 3) + Chunk.done)
        #expect(
            dialogue.events == [.text("Hel"), .text("lo"), .usage(ModelUsage(inputTokens: 12, outputTokens: 3)), .finished(.complete)])
        #expect(dialogue.error == nil)
    }

    /// The first piece must be there before the second is sent.
    @Test func textIsHandedOverAsItComes() async throws {
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        try await FakeEndpoint.serving { _, line in
            try await line.head()
            try await line.write(Chunk.text("first").utf8)
            for await _ in arrivals { break }
            try await line.write((Chunk.text("second") + Chunk.stop + Chunk.done).utf8)
        } _: { endpoint in
            var seen: [ModelEvent] = []
            await ModelDialogue.withModel(at: endpoint.address) { model in
                do {
                    try await model.answer(ModelRequest(messages: [.user("?")], tools: [])) { event in
                        seen.append(event)
                        if event == .text("first") { arrival.yield() }
                    }
                } catch { Issue.record(error) }
            }
            #expect(seen == [.text("first"), .text("second"), .finished(.complete)])
        }
    }

    @Test func toolCallsAreAssembledFromInterleavedFragments() async throws {
        let dialogue = try await Self.streaming(
            Chunk.text("Let me look.")
                + Chunk.call(0, id: "call_a", name: "shop__run_query", arguments: "")
                + Chunk.call(1, id: "call_b", name: "mail__search", arguments: #"{"que"#)
                + Chunk.call(0, arguments: #"{"sql":"SEL"#)
                + Chunk.call(1, arguments: #"ry":"Ac"#)
                + Chunk.call(0, arguments: #"ECT 1"}"#)
                + Chunk.call(1, arguments: #"me"}"#)
                + Chunk.event(delta: [:], finish: "tool_calls") + Chunk.done)
        #expect(
            dialogue.events == [
                .text("Let me look."),
                .toolCall(ModelToolCall(id: "call_a", name: "shop__run_query", arguments: #"{"sql":"SELECT 1"}"#)),
                .toolCall(ModelToolCall(id: "call_b", name: "mail__search", arguments: #"{"query":"Acme"}"#)),
                .finished(.toolCalls),
            ])
    }

    @Test func aCallWithoutArgumentsHasAnEmptyObjectAndOneWithoutIdGetsOne() async throws {
        let dialogue = try await Self.streaming(Chunk.call(0, name: "now") + Chunk.event(delta: [:], finish: "stop") + Chunk.done)
        let call = try #require(dialogue.calls.first)
        #expect(!call.id.isEmpty && call.name == "now" && call.arguments == "{}")
        #expect(dialogue.finish == .toolCalls)
    }

    @Test func aCallThatWasCutAtTheLimitOfLengthIsNotHandedOver() async throws {
        let dialogue = try await Self.streaming(
            Chunk.text("So") + Chunk.call(0, id: "a", name: "send", arguments: #"{"to":["al"#) + Chunk.event(delta: [:], finish: "length") + Chunk.done)
        #expect(dialogue.events == [.text("So"), .finished(.length)])
    }

    @Test(arguments: [("content_filter", FinishReason.contentFilter), ("length", .length), ("stop", .complete), ("eos", .complete)])
    func reasonsOfTheEnd(word: String, reason: FinishReason) async throws {
        #expect(try await Self.streaming(Chunk.text("x") + Chunk.event(delta: [:], finish: word) + Chunk.done).finish == reason)
    }

    @Test func lineEndsCommentsAndOtherFields() async throws {
        let crlf = "\r\n"
        let dialogue = try await Self.streaming(
            "\u{FEFF}: keep-alive\(crlf)\(crlf)" + "event: message\(crlf)id: 7\(crlf)retry: 10\(crlf)"
                + Chunk.event(delta: ["content": "a"], end: crlf) + ": comment\(crlf)" + Chunk.event(delta: ["content": "b"], end: "\r")
                + "data:{\"choices\":[{\"delta\":\n" + "data:{\"content\":\"c\"}}]}\n\n" + Chunk.event(delta: [:], finish: "stop", end: crlf)
                + "data: [DONE]\(crlf)\(crlf)")
        #expect(dialogue.events == [.text("a"), .text("b"), .text("c"), .finished(.complete)])
    }

    private static let everything =
        ": hi\r\n\r\n" + Chunk.event(delta: ["content": "Grüße 👩‍🚀 "], end: "\r\n") + Chunk.text("日本\n語")
        + Chunk.call(0, id: "a", name: "x", arguments: #"{"q":"ä"#) + Chunk.call(0, arguments: #"👍"}"#)
        + Chunk.event(delta: [:], finish: "tool_calls", end: "\r\n") + Chunk.usage(1, 2) + Chunk.done

    private static func isWhole(_ dialogue: ModelDialogue) -> Bool {
        dialogue.text == "Grüße 👩‍🚀 日本\n語" && dialogue.calls == [ModelToolCall(id: "a", name: "x", arguments: #"{"q":"ä👍"}"#)]
            && dialogue.usage == ModelUsage(inputTokens: 1, outputTokens: 2) && dialogue.finish == .toolCalls && dialogue.error == nil
    }

    /// Pieces that end in the middle of characters, line ends, field names and escapes.
    @Test(arguments: [1, 2, 3, 7, 64]) func bytesMayBeSplitAnywhere(size: Int) async throws {
        let bytes = Array(Self.everything.utf8)
        let chunked = try await ModelDialogue.run { _, line in
            try await line.chunkedHead()
            for start in stride(from: 0, to: bytes.count, by: size) { try await line.chunk(bytes[start..<min(start + size, bytes.count)]) }
            try await line.chunk([])
        }
        #expect(Self.isWhole(chunked))
        let packets = try await ModelDialogue.run { _, line in
            try await line.head()
            for start in stride(from: 0, to: bytes.count, by: size) { try await line.write(bytes[start..<min(start + size, bytes.count)]) }
        }
        #expect(Self.isWhole(packets))
    }

    @Test func theParserTakesTheSameEventsWhereverItsInputIsSplit() throws {
        let bytes = Array(Self.everything.utf8)
        var parser = EventStreamParser()
        let whole = try parser.take(bytes)
        #expect(whole.count == 7)
        for split in 0...bytes.count {
            var parser = EventStreamParser()
            #expect(try parser.take(bytes[..<split]) + parser.take(bytes[split...]) == whole)
        }
    }

    @Test func whatFollowsTheEndIsNotRead() async throws {
        let dialogue = try await ModelDialogue.run { _, line in
            try await line.head()
            try await line.write((Chunk.text("a") + Chunk.stop + Chunk.done).utf8)
            // The answer is over, though the endpoint holds the line.
            try await line.untilClosed()
        }
        #expect(dialogue.text == "a" && dialogue.error == nil)
    }

    @Test func anEndpointThatDoesNotStreamIsUnderstood() async throws {
        let dialogue = try await ModelDialogue.run { _, line in
            try await line.answer(
                200,
                [
                    "choices": [["message": ["role": "assistant", "content": "Whole."], "finish_reason": "stop"]],
                    "usage": ["prompt_tokens": 5, "completion_tokens": 2],
                ])
        }
        #expect(dialogue.events == [.text("Whole."), .usage(ModelUsage(inputTokens: 5, outputTokens: 2)), .finished(.complete)])
    }
}
