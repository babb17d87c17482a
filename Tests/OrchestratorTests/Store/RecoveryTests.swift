import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// A conversation that was running when the program ended.
struct RecoveryTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func call(_ state: ToolCall.State) -> ToolCall {
        ToolCall(
            id: "t-\(state.rawValue)", server: "mail", tool: "send", title: nil, arguments: ["to": "a@b.example"], state: state,
            question: state == .waiting ? ToolCall.Question(text: "Send?", why: "It leaves.", isDestructive: false) : nil, progress: nil,
            result: state == .done ? ToolResult(content: [], structuredContent: nil, isError: false) : nil, failure: nil, canRetry: false, at: now,
            startedAt: nil, elapsedMilliseconds: nil)
    }

    private static func recovered(_ entry: ChatEntry, isRunning: Bool = true) -> (conversation: StoredConversation, changed: [Int]) {
        var conversation = StoredConversation(
            header: .make("c1", isRunning: isRunning), entries: [.user("u", "Hi"), entry], allowedTools: [])
        let changed = Recovery.recover(&conversation, makeID: { "new" }, now: now)
        return (conversation, changed)
    }

    @Test func whatWaitedHasExpired() throws {
        let (conversation, changed) = Self.recovered(.tool(Self.call(.waiting)))
        guard case .tool(let call) = conversation.entries[1] else { throw RawSocketError(description: "no call") }
        #expect(call.state == .cancelled && call.question == nil && call.failure?.what == "The question expired.")
        #expect(call.failure?.whatNow.contains("Nothing was done.") == true && !call.canRetry)
        #expect(call.arguments == ["to": "a@b.example"])
        #expect(changed == [1, 2] && !conversation.header.isRunning)
    }

    @Test func whatRanMayHaveTakenEffect() throws {
        let (conversation, changed) = Self.recovered(.tool(Self.call(.running)))
        guard case .tool(let call) = conversation.entries[1] else { throw RawSocketError(description: "no call") }
        #expect(call.state == .failed && !call.canRetry)
        #expect(call.failure?.whatNow == "Whether it took effect is not known: check before repeating it.")
        #expect(changed == [1, 2])
    }

    @Test func halfAnAnswerIsKeptAndSaidToBeBroken() {
        let message = AssistantMessage(id: "a", text: "Half", state: .streaming, at: Self.now)
        let (conversation, changed) = Self.recovered(.assistant(message))
        #expect(conversation.entries[1] == .assistant(AssistantMessage(id: "a", text: "Half", state: .broken, at: Self.now)))
        #expect(changed == [1, 2])
    }

    @Test(arguments: [Elicitation.Mode.form(schema: [:]), .url("https://x.example")]) func anOpenQuestionIsClosed(mode: Elicitation.Mode) {
        var question = Elicitation(id: "e", server: "s", tool: nil, message: "?", mode: mode, state: .waiting, content: nil, at: Self.now)
        let (conversation, changed) = Self.recovered(.elicitation(question))
        question.state = .closed
        #expect(conversation.entries[1] == .elicitation(question) && changed == [1, 2])
    }

    @Test(
        arguments: [ToolCall.State.done, .denied, .failed, .cancelled].map { ChatEntry.tool(call($0)) }
            + [AssistantMessage.State.done, .stopped, .broken].map { .assistant(AssistantMessage(id: "a", text: "x", state: $0, at: now)) }
            + [Elicitation.State.accepted, .declined, .cancelled, .closed].map {
                .elicitation(Elicitation(id: "e", server: "s", tool: nil, message: "?", mode: .url("x"), state: $0, content: nil, at: now))
            }) func whatHadEndedStays(entry: ChatEntry)
    {
        let (conversation, changed) = Self.recovered(entry)
        #expect(conversation.entries[1] == entry)
        // The notice alone is new.
        #expect(changed == [2])
    }

    @Test func theReaderIsToldWhereItBrokeOff() throws {
        let (conversation, _) = Self.recovered(.tool(Self.call(.done)))
        guard case .failure(let notice) = conversation.entries[2] else { throw RawSocketError(description: "no notice") }
        #expect(notice.id == "new" && notice.at == Self.now && notice.failure.isRetryable)
        #expect(notice.failure.what == "The answer was interrupted.")
        #expect(conversation.entries.count == 3)
    }

    @Test func aConversationThatDidNotRunIsLeftAlone() {
        let entry = ChatEntry.tool(Self.call(.waiting))
        let (conversation, changed) = Self.recovered(entry, isRunning: false)
        #expect(changed.isEmpty && conversation.entries == [.user("u", "Hi"), entry])
    }

    @Test func recoveringTwiceChangesNothingMore() {
        var (conversation, _) = Self.recovered(.tool(Self.call(.running)))
        let once = conversation
        #expect(Recovery.recover(&conversation, makeID: { "again" }, now: Self.now).isEmpty)
        #expect(conversation == once)
    }
}
