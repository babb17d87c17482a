import MCPCore
import Testing

@testable import Orchestrator

/// Usage is what an endpoint says, which may be anything.
struct UsageTests {
    @Test(arguments: [
        ("7", "9", 7, 9), ("-1", "9223372036854775807", 0, 1_000_000_000), ("9223372036854775808", "1e300", 0, 0), ("\"7\"", "null", 0, 0),
    ]) func itIsKeptWithinWhatCanBeTrue(input: String, output: String, inputTokens: Int, outputTokens: Int) throws {
        var assembler = CompletionAssembler(key: nil)
        let events = try assembler.take(Array(#"{"choices": [], "usage": {"prompt_tokens": \#(input), "completion_tokens": \#(output)}}"#.utf8))
        #expect(events == [.usage(ModelUsage(inputTokens: inputTokens, outputTokens: outputTokens))])
    }

    @Test func sumsDoNotOverflow() {
        let most = ModelUsage(inputTokens: .max, outputTokens: .min)
        #expect(most + ModelUsage(inputTokens: 1, outputTokens: -1) == most)
        let all = TokenUsage(inputTokens: .max, outputTokens: 3)
        #expect(all + TokenUsage(inputTokens: .max, outputTokens: 4) == TokenUsage(inputTokens: .max, outputTokens: 7))
    }

    /// What a version before this one may have stored.
    @Test func aConversationThatHasSpentTooMuchGoesOn() {
        var header = ConversationHeader.make("c1")
        header.usage = TokenUsage(inputTokens: .max, outputTokens: .max)
        var log = ConversationLog(StoredConversation(header: header, entries: [], allowedTools: []))
        _ = log.finishTurn(.complete, usage: TokenUsage(inputTokens: 5, outputTokens: 5))
        #expect(log.header.usage == TokenUsage(inputTokens: .max, outputTokens: .max))
    }
}
