import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// A server's question during a call is an entry of the transcript, and its answer goes back to the server.
@Suite(.timeLimit(.minutes(1))) struct ElicitationTests {
    private static let question = ServerQuestion(
        server: "shop", message: "Which branch?", mode: .form(schema: ["type": "object", "properties": ["branch": ["type": "string"]]]))

    /// Asks, and tells what it was answered.
    private static func asking(_ heard: @escaping @Sendable (ElicitationAnswer) -> Void) -> FakeHost {
        FakeHost([
            .tool("shop", "order", "Orders.", readOnly: true) { _, observer in
                let answer = await observer.answer(to: question)
                heard(answer)
                try Task.checkCancellation()
                return .text("ordered")
            }
        ])
    }

    private static let user: [ChatEntry] = [.user(UserMessage(id: "u", clientMessageID: "m", text: "Order one.", at: .now))]
    private static var model: ScriptedModel { ScriptedModel([ScriptedModel.calls(("shop__order", "{}"))]) }

    @Test(arguments: [
        (ElicitationAnswer.accept(content: ["branch": "Oslo"]), Elicitation.State.accepted),
        (.accept(content: nil), .accepted), (.decline, .declined), (.cancel, .cancelled),
    ])
    func theAnswerReachesTheServer(answer: ElicitationAnswer, state: Elicitation.State) async {
        let heard = Recorded<ElicitationAnswer>()
        let host = Self.asking(heard.add)
        let observer = RecordingObserver(elicit: { _ in answer })
        let outcome = await AgentLoop(model: Self.model, host: host).run(Self.user, observer: observer)
        #expect(outcome.reason == .complete)
        #expect(heard.all == [answer])
        #expect(observer.calls.map(\.state) == [.done])
        guard let entry = observer.elicitations.first, observer.elicitations.count == 1 else {
            Issue.record("entries \(observer.entries)")
            return
        }
        #expect(entry.state == state)
        #expect(entry.server == "shop")
        #expect(entry.tool == "order")
        #expect(entry.message == "Which branch?")
        #expect(entry.mode == Self.question.mode)
        if case .accept(let content) = answer { #expect(entry.content == content) } else { #expect(entry.content == nil) }
        // It stood there and waited before it was answered, behind the card of its call.
        let states = observer.history.compactMap { if case .elicitation(let question) = $0 { question.state } else { nil } }
        #expect(states == [.waiting, state])
        #expect(observer.entries.firstIndex { $0.id == entry.id } == 1)
    }

    @Test func stoppingTheTurnClosesIt() async throws {
        let asked = Signal()
        let heard = Recorded<ElicitationAnswer>()
        let host = Self.asking(heard.add)
        let elicitations = Answers<ElicitationAnswer>()
        let observer = RecordingObserver(elicit: { question in
            elicitations.open(question.id)
            asked.fire()
            return await elicitations.wait(for: question.id)
        })
        let turn = Task { await AgentLoop(model: Self.model, host: host).run(Self.user, observer: observer) }
        try await asked.wait()
        turn.cancel()
        #expect(await turn.value.reason == .stopped)
        #expect(observer.elicitations.map(\.state) == [.closed])
        #expect(observer.calls.map(\.state) == [.cancelled])
        // The server is told that nobody answers.
        #expect(heard.all == [.cancel])
    }

    @Test func cancellingTheCallClosesItAndTheTurnGoesOn() async {
        let host = Self.asking { _ in }
        let elicitations = Answers<ElicitationAnswer>()
        let asked = Mutex<(@Sendable () -> Void)?>(nil)
        let observer = RecordingObserver(
            onAdd: { entry, observer in
                guard case .tool(let call) = entry, call.state == .running else { return }
                asked.withLock { $0 = { observer.cancellations.answer(call.id, with: ()) } }
            },
            elicit: { question in
                elicitations.open(question.id)
                asked.withLock(\.self)?()
                return await elicitations.wait(for: question.id)
            })
        let model = Self.model
        let outcome = await AgentLoop(model: model, host: host).run(Self.user, observer: observer)
        #expect(outcome.reason == .complete)
        #expect(observer.elicitations.map(\.state) == [.closed])
        #expect(observer.calls.map(\.state) == [.cancelled])
        #expect(model.requests.count == 2)
    }

    /// Whatever a server does: when the turn is over, no card says that it waits.
    @Test func theEndOfTheTurnClosesWhatIsOpen() async throws {
        let tool = FakeHost.Tool.tool("shop", "order", "Orders.", readOnly: true) { _, observer in
            let asked = Signal()
            Task {
                asked.fire()
                return await observer.answer(to: Self.question)
            }
            try await asked.wait()
            return .text("ordered")
        }
        let model = ScriptedModel([
            ScriptedModel.calls(("shop__order", "{}")), .hangs([.text("Wait")]),
        ])
        try await withChat(model, [tool], store: try SQLiteConversationStore()) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "Order one.", clientMessageID: "m1"))
                let question = try await page.until(\.elicitation)
                let id = try #require(page.seen.last?.conversation)
                page.say(.stop(conversation: id))
                try await page.until(\.finished)
                #expect(page.transcript.lines.contains("question: closed"))
                page.say(.answerElicitation(conversation: id, id: question.id, answer: .cancel))
                #expect(try await page.until(\.failed).what == "This question is no longer open.")
            }
        }
    }

    @Test func severalQuestionsOfOneCall() async {
        let host = FakeHost([
            .tool("shop", "order", "Orders.", readOnly: true) { _, observer in
                var said: [String] = []
                for message in ["First?", "Second?"] {
                    let answer = await observer.answer(to: ServerQuestion(server: "shop", message: message, mode: .url("https://pay.example")))
                    said.append("\(answer == .decline)")
                }
                return .text(said.joined(separator: " "))
            }
        ])
        let observer = RecordingObserver(elicit: { $0.message == "First?" ? .accept(content: nil) : .decline })
        _ = await AgentLoop(model: Self.model, host: host).run(Self.user, observer: observer)
        #expect(observer.elicitations.map(\.state) == [.accepted, .declined])
        #expect(Set(observer.elicitations.map(\.id)).count == 2)
        #expect(observer.calls.first?.result == .text("false true"))
    }
}
