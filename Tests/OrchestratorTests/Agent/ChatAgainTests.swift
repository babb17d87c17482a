import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// Editing the last message, going on after a failure, and running a failed call again.
@Suite(.timeLimit(.minutes(1))) struct ChatAgainTests {
    private let store: SQLiteConversationStore
    private let ran = Recorded<String>()

    init() throws { store = try SQLiteConversationStore() }

    private var tools: [FakeHost.Tool] {
        [
            .tool("shop", "flaky", "Fails the first time.", readOnly: true) { [ran] arguments, _ in
                ran.add("flaky \(arguments["n"]?.serializedString ?? "")")
                return ran.all.count == 1 ? .error("not now") : .text("now")
            },
            .tool("shop", "write", "Writes.") { [ran] _, _ in
                ran.add("write")
                return .error("half of it")
            },
        ]
    }

    private static let nothingToRepeat = "There is nothing to repeat."

    // MARK: Editing

    @Test func theLastMessageIsReplacedWithAllThatFollowed() async throws {
        let model = ScriptedModel(["One.", "Two.", "Better."].map(ScriptedModel.says))
        try await withChat(model, store: store) { [store] chat in
            try await chat.page { page in
                let id = try await page.ask("first").conversation
                try await page.ask("second", in: id)
                let replaced = page.transcript.entries[2].id
                page.say(.editLast(conversation: id, text: "second, better", clientMessageID: "e1"))
                #expect(try await page.until { if case .truncate(let from) = $0 { from } else { nil } } == replaced)
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: first", "done: One.", "user: second, better", "done: Better."])
                #expect(page.steps.map(\.sequence) == Array(1...page.steps.count))
                #expect(
                    model.requests.last.map { Array($0.messages.dropFirst()) }
                        == [.user("first"), .assistant("One.", calls: []), .user("second, better")])
                // What was replaced is gone from the disk.
                try await page.list()
                #expect(try await store.conversation(id)?.entries.map(\.id) == page.transcript.entries.map(\.id))
            }
        }
    }

    @Test func theSameEditIsTakenOnce() async throws {
        let model = ScriptedModel([])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("first").conversation
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                try await page.until(\.finished)
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                try await page.list()
                #expect(model.requests.count == 2)
                // Nor does it replace what was said after it.
                try await page.ask("another", in: id)
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                try await page.list()
                #expect(model.requests.count == 3)
                #expect(page.transcript.lines == ["user: edited", "done: done", "user: another", "done: done"])
            }
        }
    }

    /// A page resends it over a new line while its answer is being written: it was taken, so nothing is refused.
    @Test func theSameEditWhileItIsAnswered() async throws {
        let model = ScriptedModel([ScriptedModel.says("One."), .hangs([.text("Well")])])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("first").conversation
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                try await page.until { if case .entry(.assistant(let message)) = $0, message.text == "Well" { true } else { nil } }
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                try await page.list()
                #expect(page.seen.allSatisfy { $0.content.failed == nil })
                #expect(page.transcript.lines == ["user: edited", "streaming: Well"])
            }
        }
    }

    @Test func nothingIsEditedWhileAnAnswerIsWritten() async throws {
        let model = ScriptedModel([.hangs([.text("Well")])])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "first", clientMessageID: "m1"))
                let id = try await page.until { if case .entry(.assistant) = $0 { page.seen.last?.conversation } else { nil } }
                page.say(.editLast(conversation: id, text: "edited", clientMessageID: "e1"))
                #expect(try await page.until(\.failed).why == "An answer is still being written in this chat.")
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.failed).why == "An answer is still being written in this chat.")
                #expect(page.transcript.lines == ["user: first", "streaming: Well"])
            }
        }
    }

    // MARK: Going on

    @Test func afterAFailureItGoesOnFromWhatToolsDid() async throws {
        let model = ScriptedModel([
            ScriptedModel.calls(("shop__flaky", #"{"n":1}"#)), .fails([.text("So th")], .cut), ScriptedModel.says("So there."),
        ])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, reason) = try await page.ask("Go.")
                #expect(reason == .failed)
                #expect(page.transcript.lines == ["user: Go.", "shop.flaky: failed", "broken: So th", "failure: The model did not answer."])
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: Go.", "shop.flaky: failed", "done: So there."])
                // Nothing is called twice; the model is told what came of it.
                #expect(ran.all == [#"flaky 1"#])
                #expect(model.requests[2].messages == model.requests[1].messages)
            }
        }
    }

    @Test func afterAStop() async throws {
        let model = ScriptedModel([.hangs([.text("Well")]), ScriptedModel.says("Well then.")])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "first", clientMessageID: "m1"))
                let id = try await page.until { if case .entry(.assistant) = $0 { page.seen.last?.conversation } else { nil } }
                page.say(.stop(conversation: id))
                try await page.until(\.finished)
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: first", "done: Well then."])
            }
        }
    }

    @Test func aCompleteAnswerIsNotRepeated() async throws {
        let model = ScriptedModel([])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("first").conversation
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.failed).what == Self.nothingToRepeat)
                #expect(page.transcript.lines == ["user: first", "done: done"])
                #expect(model.requests.count == 1)
            }
        }
    }

    // MARK: A call again

    @Test func aFailedCallRunsAgainInItsPlace() async throws {
        let model = ScriptedModel([
            ScriptedModel.calls(("shop__flaky", #"{"n":1}"#)), ScriptedModel.says("It failed."), ScriptedModel.says("It worked."),
        ])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("Go.").conversation
                let card = page.transcript.entries[1].id
                #expect(page.transcript.lines == ["user: Go.", "shop.flaky: failed", "done: It failed."])
                page.say(.retryCall(conversation: id, callID: card))
                #expect(try await page.until(\.finished) == .complete)
                #expect(ran.all == ["flaky 1", "flaky 1"])
                #expect(page.transcript.lines == ["user: Go.", "shop.flaky: done", "done: It worked."])
                #expect(page.transcript.entries[1].id == card)
                #expect(model.requests.last?.messages.last == .tool(callID: card, content: "now", isError: false))
                // It has not failed any more.
                page.say(.retryCall(conversation: id, callID: card))
                #expect(try await page.until(\.failed).what == "That is not here any more.")
                #expect(ran.all.count == 2)
            }
        }
    }

    @Test func whatMayHaveHadAnEffectIsNotRunAgain() async throws {
        let model = ScriptedModel([ScriptedModel.calls(("shop__write", "{}"))])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Go.", clientMessageID: "m1"))
                let call = try await page.untilCall(.waiting)
                let id = try #require(page.seen.last?.conversation)
                page.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                try await page.until(\.finished)
                #expect(page.transcript.lines == ["user: Go.", "shop.write: failed", "done: done"])
                page.say(.retryCall(conversation: id, callID: call.id))
                #expect(try await page.until(\.failed).what == "That is not here any more.")
                #expect(ran.all == ["write"])
            }
        }
    }

    /// The failed call is dropped with all that followed: also what it had the model do, which would then be done twice.
    @Test func nothingThatHadAnEffectIsForgotten() async throws {
        let model = ScriptedModel([
            ScriptedModel.calls(("shop__flaky", "{}")),
            .events([.text("Another way."), .toolCall(ModelToolCall(id: "c1", name: "shop__write", arguments: "{}")), .finished(.toolCalls)]),
            ScriptedModel.says("Written anyway."),
        ])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Go.", clientMessageID: "m1"))
                let call = try await page.untilCall(.waiting)
                let id = try #require(page.seen.last?.conversation)
                // Allowed for the whole chat: nobody would be asked a second time.
                page.say(.approve(conversation: id, callID: call.id, decision: .allowInChat))
                try await page.until(\.finished)
                let before = page.transcript
                #expect(before.lines == ["user: Go.", "shop.flaky: failed", "done: Another way.", "shop.write: failed", "done: Written anyway."])
                page.say(.retryCall(conversation: id, callID: before.entries[1].id))
                try await page.until { if $0.failed != nil || $0.finished != nil { true } else { nil } }
                #expect(page.seen.last?.content.failed?.what == "The call was not run again.")
                #expect(page.transcript == before)
                #expect(ran.all == ["flaky ", "write"])
            }
        }
    }

    @Test func aCallOfAnEarlierTurnIsNotRunAgain() async throws {
        let model = ScriptedModel([ScriptedModel.calls(("shop__flaky", "{}"))])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("Go.").conversation
                let card = page.transcript.entries[1].id
                try await page.ask("And now?", in: id)
                let before = page.transcript
                // The answer to it stands between: what was said since would be lost.
                page.say(.retryCall(conversation: id, callID: card))
                try await page.until { if $0.failed != nil || $0.finished != nil { true } else { nil } }
                #expect(page.seen.last?.content.failed?.what == "The call was not run again.")
                #expect(page.transcript == before)
                #expect(ran.all.count == 1)
            }
        }
    }
}
