import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// Calls that ask, answered from the pages of their user and from no other.
@Suite(.timeLimit(.minutes(1))) struct ChatApprovalTests {
    private let store: SQLiteConversationStore
    private let ran = Recorded<String>()

    init() throws { store = try SQLiteConversationStore() }

    private var tools: [FakeHost.Tool] {
        [
            .tool("email", "send", "Sends.") { [ran] _, _ in
                ran.add("send")
                return .text("sent")
            },
            .tool("email", "ask", "Asks.", readOnly: true) { [ran] _, observer in
                let answer = await observer.answer(to: ServerQuestion(server: "email", message: "Which account?", mode: .form(schema: ["type": "object"])))
                if case .accept(let content) = answer {
                    ran.add("answered \(content.map(JSONValue.object)?.serializedString ?? "")")
                } else {
                    ran.add("\(answer)")
                }
                try Task.checkCancellation()
                return .text("asked")
            },
            .tool("email", "slow", "Takes long.", readOnly: true) { [ran] _, _ in
                do { try await Task.sleep(for: .seconds(3600)) } catch {
                    ran.add("slow was cancelled")
                    throw error
                }
                return .text("late")
            },
        ]
    }

    private static let sends = ScriptedModel.calls(("email__send", "{}"))

    /// Sends a message whose answer begins with that call, and reads to the card in that state.
    private func begin(_ page: OpenPage, _ text: String = "Send it.", _ state: ToolCall.State = .waiting) async throws -> (conversation: String, call: ToolCall)
    {
        page.say(.send(conversation: nil, text: text, clientMessageID: UUID().uuidString))
        let call = try await page.untilCall(state)
        return (try #require(page.seen.last?.conversation), call)
    }

    // MARK: Answers

    @Test func allowedFromAnotherPage() async throws {
        let model = ScriptedModel([Self.sends])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                #expect(call.question?.text == "Run email.send?")
                #expect(ran.all.isEmpty)
                try await chat.page { other in
                    other.say(.openConversation(id: id))
                    let snapshot = try await other.until(\.snapshot)
                    #expect(snapshot.isRunning)
                    #expect(snapshot.entries.last == .tool(call))
                    other.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                    for page in [page, other] {
                        let done = try await page.untilCall(.done)
                        #expect(done.id == call.id)
                        #expect(try await page.until(\.finished) == .complete)
                    }
                    #expect(other.transcript == page.transcript)
                }
                #expect(ran.all == ["send"])
            }
        }
    }

    @Test func deniedIsNotCalled() async throws {
        let model = ScriptedModel([Self.sends])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                page.say(.approve(conversation: id, callID: call.id, decision: .deny))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: Send it.", "email.send: denied", "done: done"])
                #expect(ran.all.isEmpty)
                #expect(
                    model.requests.last?.messages.last
                        == .tool(callID: call.id, content: "The user did not allow this call. Nothing was done.", isError: true))
                // The answer is given: another one comes too late.
                page.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
                #expect(ran.all.isEmpty)
            }
        }
    }

    @Test func allowedInThisChatAlone() async throws {
        let model = ScriptedModel([Self.sends, ScriptedModel.says("."), Self.sends, ScriptedModel.says("."), Self.sends])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                page.say(.approve(conversation: id, callID: call.id, decision: .allowInChat))
                try await page.until(\.finished)
                // The next turn does not ask; another chat does.
                #expect(try await page.ask("Again.", in: id).reason == .complete)
                #expect(ran.all == ["send", "send"])
                _ = try await begin(page, "Elsewhere.")
                #expect(ran.all.count == 2)
                try await page.list()
            }
        }
        // It outlives a restart.
        try await withChat(ScriptedModel([Self.sends]), tools, store: store) { chat in
            try await chat.page { page in
                let known = try #require(try await page.list().first { $0.title == "Send it." })
                #expect(try await page.ask("Again.", in: known.id).reason == .complete)
                #expect(ran.all.count == 3)
            }
        }
    }

    // MARK: Others

    @Test func strangersCannotAnswer() async throws {
        let model = ScriptedModel([Self.sends])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                try await chat.page(of: "bob") { stranger in
                    let own = try await stranger.ask("hello").conversation
                    // Under the name of the other's conversation, and smuggled in under his own.
                    for conversation in [id, own] {
                        stranger.say(.approve(conversation: conversation, callID: call.id, decision: .allowOnce))
                        #expect(try await stranger.until(\.failed).what == "That is not here any more.")
                        stranger.say(.cancelCall(conversation: conversation, callID: call.id))
                        #expect(try await stranger.until(\.failed).what == "That is not here any more.")
                    }
                    #expect(ran.all.isEmpty)
                    // Nothing of it reached him.
                    #expect(stranger.seen.allSatisfy { $0.conversation != id })
                }
                // The question is still open for its owner.
                page.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                try await page.until(\.finished)
                #expect(ran.all == ["send"])
            }
        }
    }

    @Test func strangersCannotDoAnythingElseEither() async throws {
        let model = ScriptedModel([.hangs([.text("Well")])])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "secret plan", clientMessageID: "m1"))
                let id = try await page.until { if case .entry(.assistant) = $0 { page.seen.last?.conversation } else { nil } }
                try await chat.page(of: "bob") { stranger in
                    try await stranger.list()
                    let refused: [ChatCommand] = [
                        .send(conversation: id, text: "x", clientMessageID: "s1"), .editLast(conversation: id, text: "x", clientMessageID: "s2"),
                        .retry(conversation: id), .retryCall(conversation: id, callID: "c"), .renameConversation(id: id, title: "mine"),
                        .deleteConversation(id: id), .answerElicitation(conversation: id, id: "e", answer: .decline),
                    ]
                    for command in refused {
                        stranger.say(command)
                        #expect(try await stranger.until(\.failed).what == "That is not here any more.", "\(command)")
                    }
                    for command in [ChatCommand.openConversation(id: id), .hello(conversation: id, lastSequence: 0)] {
                        stranger.say(command)
                        #expect(try await stranger.until(\.deleted) == id)
                    }
                    stranger.say(.stop(conversation: id))
                    stranger.say(.search(query: "secret"))
                    #expect(try await stranger.until(\.hits) == [])
                    #expect(try await stranger.list().isEmpty)
                    #expect(stranger.seen.allSatisfy { $0.conversation == nil })
                }
                // It runs on.
                page.say(.openConversation(id: id))
                let snapshot = try await page.until(\.snapshot)
                #expect(snapshot.isRunning)
                #expect(snapshot.summary.title == "secret plan")
                #expect(snapshot.entries.count == 2)
            }
        }
    }

    // MARK: Cancelling

    @Test func oneCallIsCancelledAndTheTurnGoesOn() async throws {
        let model = ScriptedModel([ScriptedModel.calls(("email__slow", "{}"))])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page, "Send it.", .running)
                page.say(.cancelCall(conversation: id, callID: call.id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: Send it.", "email.slow: cancelled", "done: done"])
            }
        }
        #expect(ran.all == ["slow was cancelled"])
    }

    @Test func aQuestionIsCancelled() async throws {
        let model = ScriptedModel([Self.sends])
        try await withChat(model, tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                page.say(.cancelCall(conversation: id, callID: call.id))
                #expect(try await page.until(\.finished) == .complete)
                #expect(page.transcript.lines == ["user: Send it.", "email.send: cancelled", "done: done"])
                #expect(ran.all.isEmpty)
            }
        }
    }

    @Test func stoppingWhileACallAsks() async throws {
        try await withChat(ScriptedModel([Self.sends]), tools, store: store) { chat in
            try await chat.page { page in
                let (id, call) = try await begin(page)
                page.say(.stop(conversation: id))
                #expect(try await page.until(\.finished) == .stopped)
                #expect(page.transcript.lines == ["user: Send it.", "email.send: cancelled"])
                page.say(.approve(conversation: id, callID: call.id, decision: .allowOnce))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
                #expect(ran.all.isEmpty)
            }
        }
    }

    @Test func stoppingWhileACallRuns() async throws {
        try await withChat(ScriptedModel([ScriptedModel.calls(("email__slow", "{}"))]), tools, store: store) { chat in
            try await chat.page { page in
                let (id, _) = try await begin(page, "Send it.", .running)
                page.say(.stop(conversation: id))
                #expect(try await page.until(\.finished) == .stopped)
                #expect(page.transcript.lines == ["user: Send it.", "email.slow: cancelled"])
                #expect(ran.all == ["slow was cancelled"])
            }
        }
    }

    // MARK: Questions of servers

    @Test func aServersQuestionIsAnsweredOnThePage() async throws {
        try await withChat(ScriptedModel([ScriptedModel.calls(("email__ask", "{}"))]), tools, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Ask me.", clientMessageID: "m1"))
                let question = try await page.until(\.elicitation)
                let id = try #require(page.seen.last?.conversation)
                #expect(question.state == .waiting)
                page.say(.answerElicitation(conversation: id, id: question.id, answer: .accept(content: ["account": "work"])))
                let answered = try await page.until(\.elicitation)
                #expect(answered.id == question.id)
                #expect(answered.state == .accepted)
                #expect(answered.content == ["account": "work"])
                #expect(try await page.until(\.finished) == .complete)
                #expect(ran.all == [#"answered {"account":"work"}"#])
                page.say(.answerElicitation(conversation: id, id: question.id, answer: .decline))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
            }
        }
    }

    @Test func stoppingClosesAServersQuestion() async throws {
        try await withChat(ScriptedModel([ScriptedModel.calls(("email__ask", "{}"))]), tools, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Ask me.", clientMessageID: "m1"))
                let question = try await page.until(\.elicitation)
                let id = try #require(page.seen.last?.conversation)
                page.say(.stop(conversation: id))
                #expect(try await page.until(\.finished) == .stopped)
                #expect(page.transcript.lines == ["user: Ask me.", "email.ask: cancelled", "question: closed"])
                page.say(.answerElicitation(conversation: id, id: question.id, answer: .decline))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
                #expect(ran.all == ["cancel"])
            }
        }
    }
}
