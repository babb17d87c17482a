import Foundation
import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// Pages that come back, pages that look elsewhere, and a chat that was restarted.
@Suite(.timeLimit(.minutes(1))) struct ChatReplayTests {
    private let store: SQLiteConversationStore

    init() throws { store = try SQLiteConversationStore() }

    private static let words = ScriptedModel.Step.events([.text("a "), .text("b "), .text("c"), .finished(.complete)])

    @Test func aPageThatComesBackGetsWhatItMissed() async throws {
        try await withChat(ScriptedModel([Self.words]), store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("hello").conversation
                let last = try #require(page.steps.last?.sequence)
                for known in 0...last {
                    try await chat.page { back in
                        back.say(.hello(conversation: id, lastSequence: known))
                        try await back.until(\.conversations)
                        // What was missed has come before the answer to the next command.
                        try await back.list()
                        #expect(back.seen.allSatisfy { $0.content.snapshot == nil })
                        #expect(back.steps == Array(page.steps.dropFirst(known)), "after \(known)")
                    }
                }
            }
        }
    }

    @Test(arguments: [nil, 100, -5])
    func whoeverKnowsTooLittleOrTooMuchGetsASnapshot(known: Int?) async throws {
        try await withChat(ScriptedModel([Self.words]), store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("hello").conversation
                try await chat.page { back in
                    back.say(.hello(conversation: id, lastSequence: known))
                    let snapshot = try await back.until(\.snapshot)
                    #expect(snapshot.entries == page.transcript.entries)
                    #expect(back.seen.last?.sequence == page.steps.last?.sequence)
                    #expect(!snapshot.isRunning)
                }
            }
        }
    }

    /// The line breaks in the middle of an answer, and is there again before its end.
    @Test func inTheMiddleOfAnAnswer() async throws {
        let goOn = Signal()
        let tool = FakeHost.Tool.tool("shop", "slow", "", readOnly: true) { _, observer in
            try await goOn.wait()
            await observer.progress(ToolProgress(completed: 1, total: 2, message: nil))
            return .text("ok")
        }
        let model = ScriptedModel([ScriptedModel.calls(("shop__slow", "{}")), Self.words])
        try await withChat(model, [tool], store: store) { chat in
            try await chat.page { page in
                let (id, known) = try await chat.page { broken in
                    broken.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                    try await broken.untilCall(.running)
                    return (try #require(broken.seen.last?.conversation), 1)
                }
                page.say(.hello(conversation: id, lastSequence: known))
                try await page.untilCall(.running)
                goOn.fire()
                #expect(try await page.until(\.finished) == .complete)
                // Replayed and live events make one gapless line.
                #expect(page.steps.map(\.sequence) == Array((known + 1)...(known + page.steps.count)))
                page.say(.openConversation(id: id))
                let snapshot = try await page.until(\.snapshot)
                #expect(snapshot.entries.count == 3)
                try await chat.page { other in
                    other.say(.hello(conversation: id, lastSequence: 0))
                    try await other.until(\.finished)
                    #expect(other.transcript.entries == snapshot.entries)
                    #expect(
                        other.seen.contains { if case .progress(_, let progress) = $0.content { progress.completed == 1 } else { false } })
                }
            }
        }
    }

    @Test func aConversationThatIsNotThere() async throws {
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                try await page.list()
                page.say(.hello(conversation: "gone", lastSequence: 3))
                #expect(try await page.until(\.deleted) == "gone")
                page.say(.openConversation(id: "gone"))
                #expect(try await page.until(\.deleted) == "gone")
            }
        }
    }

    @Test func whoLooksElsewhereHearsOnlyThatItChanged() async throws {
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("hello").conversation
                try await chat.page { other in
                    other.say(.openConversation(id: id))
                    try await other.until(\.snapshot)
                    other.say(.newConversation)
                    try await other.list()
                    try await page.ask("more", in: id)
                    let before = other.steps.count
                    let changed = try await other.until(\.changed)
                    #expect(changed.id == id)
                    try await other.list()
                    #expect(other.steps.count == before)
                    // And what it sends now begins another one.
                    #expect(try await other.ask("elsewhere").conversation != id)
                }
            }
        }
    }

    @Test func aTurnOutlivesThePageThatAsked() async throws {
        let goOn = Signal()
        let tool = FakeHost.Tool.tool("shop", "slow", "", readOnly: true) { _, _ in
            try await goOn.wait()
            return .text("ok")
        }
        try await withChat(ScriptedModel([ScriptedModel.calls(("shop__slow", "{}"))]), [tool], store: store) { chat in
            let id = try await chat.page { page in
                page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                try await page.untilCall(.running)
                return try #require(page.seen.last?.conversation)
            }
            try await chat.page { page in
                page.say(.openConversation(id: id))
                #expect(try await page.until(\.snapshot).isRunning)
                goOn.fire()
                try await page.until(\.finished)
                #expect(page.transcript.lines == ["user: hello", "shop.slow: done", "done: done"])
            }
        }
    }

    @Test func afterARestartWhatWaitedHasExpired() async throws {
        let tool = FakeHost.Tool.tool("shop", "write", "")
        let model = ScriptedModel([.events([.text("I will."), .toolCall(ModelToolCall(id: "x", name: "shop__write", arguments: "{}")), .finished(.toolCalls)])])
        let isCut = Mutex(false)
        let broken = WatchedStore(store, write: { _ in !isCut.withLock(\.self) })
        try await withChat(model, [tool], store: broken) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Write.", clientMessageID: "m1"))
                try await page.untilCall(.waiting)
                try await page.list()
                // From here on nothing reaches the disk, as if the process had been killed.
                isCut.withLock { $0 = true }
            }
        }
        try await withChat(ScriptedModel([]), [tool], store: store) { chat in
            try await chat.page { page in
                let id = try #require(try await page.list().first?.id)
                page.say(.hello(conversation: id, lastSequence: 2))
                let snapshot = try await page.until(\.snapshot)
                #expect(!snapshot.isRunning)
                #expect(page.transcript.lines == ["user: Write.", "done: I will.", "shop.write: cancelled", "failure: The answer was interrupted."])
                guard case .tool(let call) = snapshot.entries[2] else { return }
                page.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
                // No sequence is given twice.
                let sequence = try #require(page.seen.last { $0.content.snapshot != nil }?.sequence)
                #expect(sequence > 6)
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: Write.", "done: I will.", "shop.write: cancelled", "done: done"])
                #expect(page.steps.map(\.sequence) == Array((sequence + 1)...(sequence + page.steps.count)))
            }
        }
    }

    @Test func endingTheChatStopsItsTurnsAndKeepsWhatCame() async throws {
        try await withChat(ScriptedModel([.hangs([.text("Well"), .text(", well")])]), store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                // The second piece is in memory alone.
                try await page.until(\.written)
            }
        }
        let id = try #require(try await store.conversations(of: "ada").first?.id)
        let stored = try #require(try await store.conversation(id))
        guard case .assistant(let message)? = stored.entries.last else {
            Issue.record("entries \(stored.entries)")
            return
        }
        #expect(message.text == "Well, well")
        // Nobody stopped it: whoever opens it next is told that it was interrupted.
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                page.say(.openConversation(id: id))
                try await page.until(\.snapshot)
                #expect(page.transcript.lines == ["user: hello", "broken: Well, well", "failure: The answer was interrupted."])
                page.say(.retry(conversation: id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: hello", "done: done"])
            }
        }
    }

    /// What ran and what asked when the chat was ended is no wish of the user either.
    @Test func endingTheChatDoesNotCancelCallsInTheUsersName() async throws {
        let tools = [
            FakeHost.Tool.tool("shop", "slow", "", readOnly: true) { _, observer in
                _ = await observer.answer(to: ServerQuestion(server: "shop", message: "Which?", mode: .url("https://pay.example")))
                try await Task.sleep(for: .seconds(3600))
                return .text("late")
            }
        ]
        try await withChat(ScriptedModel([ScriptedModel.calls(("shop__slow", "{}"))]), tools, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                try await page.until(\.elicitation)
            }
        }
        let id = try #require(try await store.conversations(of: "ada").first?.id)
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                page.say(.openConversation(id: id))
                try await page.until(\.snapshot)
                #expect(
                    page.transcript.lines == ["user: hello", "shop.slow: failed", "question: closed", "failure: The answer was interrupted."])
            }
        }
    }
}
