import MCPCore
import Testing

@testable import Orchestrator

/// Stopping a turn is cancelling its task: the model and running calls are ended, what was written stays.
@Suite(.timeLimit(.minutes(1))) struct AgentLoopStopTests {
    private let user: [ChatEntry] = [.user(UserMessage(id: "u1", clientMessageID: "m1", text: "Go on.", at: .now))]

    @Test func whileTheModelSpeaks() async {
        let written = Signal()
        let model = ScriptedModel([.hangs([.text("It was a "), .text("dark")])])
        let observer = RecordingObserver(onAdd: { entry, _ in
            if case .assistant(let message) = entry, message.text == "It was a dark" { written.fire() }
        })
        let turn = Task { await AgentLoop(model: model, host: FakeHost([])).run(user, observer: observer) }
        try? await written.wait()
        turn.cancel()
        let outcome = await turn.value
        #expect(outcome == AgentLoop.Outcome(reason: .stopped, usage: nil, modelFailure: nil))
        guard case .assistant(let message)? = observer.entries.first else {
            Issue.record("no message")
            return
        }
        #expect(message.text == "It was a dark")
        #expect(message.state == .stopped)
        #expect(observer.failures.isEmpty)
    }

    /// A model that does not look at cancellation is ended by its next word.
    @Test func whileTheModelRattlesOn() async {
        let observer = RecordingObserver(onAdd: { entry, _ in
            if case .assistant(let message) = entry, message.text == "12" { withUnsafeCurrentTask { $0?.cancel() } }
        })
        let model = ScriptedModel([.events((1...9).map { .text("\($0)") } + [.finished(.complete)])])
        let outcome = await Task { await AgentLoop(model: model, host: FakeHost([])).run(user, observer: observer) }.value
        #expect(outcome.reason == .stopped)
        #expect(observer.text == "12")
    }

    @Test func whileAToolRuns() async throws {
        let started = Signal()
        let ends = Recorded<String>()
        let host = FakeHost([
            .tool("shop", "slow", "Takes long.", readOnly: true) { _, _ in
                started.fire()
                do { try await Task.sleep(for: .seconds(3600)) } catch {
                    ends.add("cancelled")
                    throw error
                }
                return .text("late")
            }
        ])
        let observer = RecordingObserver()
        let model = ScriptedModel([
            .events([.text("One moment."), .toolCall(ModelToolCall(id: "x", name: "shop__slow", arguments: "{}")), .finished(.toolCalls)])
        ])
        let turn = Task { await AgentLoop(model: model, host: host).run(user, observer: observer) }
        try await started.wait()
        turn.cancel()
        #expect(await turn.value.reason == .stopped)
        // The call on the host ended before the turn did.
        #expect(ends.all == ["cancelled"])
        #expect(observer.calls.map(\.state) == [.cancelled])
        #expect(observer.calls.first?.canRetry == false)
        #expect(observer.text == "One moment.")
        #expect(model.requests.count == 1)
    }

    @Test func whileACallAsks() async throws {
        let asked = Signal()
        let approvals = Answers<ApprovalDecision>()
        let host = FakeHost([.tool("shop", "delete", "Deletes.")])
        let observer = RecordingObserver(decide: { call in
            approvals.open(call.id)
            asked.fire()
            return await approvals.wait(for: call.id)
        })
        let model = ScriptedModel([ScriptedModel.calls(("shop__delete", "{}"), ("shop__delete", "{}"))])
        let turn = Task { await AgentLoop(model: model, host: host).run(user, observer: observer) }
        try await asked.wait()
        turn.cancel()
        #expect(await turn.value.reason == .stopped)
        #expect(host.calls.isEmpty)
        // The second is not even asked about.
        #expect(observer.calls.map(\.state) == [.cancelled, .cancelled])
        #expect(observer.questions.count == 1)
        #expect(observer.calls.allSatisfy { $0.question == nil })
    }

    /// Only that call: the turn goes on, and the model is told.
    @Test func oneCallIsCancelled() async throws {
        let cancelled = Signal()
        let host = FakeHost([
            .tool("shop", "slow", "Takes long.", readOnly: true) { _, _ in
                do { try await Task.sleep(for: .seconds(3600)) } catch {
                    cancelled.fire()
                    throw error
                }
                return .text("late")
            }
        ])
        let observer = RecordingObserver(onAdd: { entry, observer in
            if case .tool(let call) = entry, call.state == .running { observer.cancellations.answer(call.id, with: ()) }
        })
        let model = ScriptedModel([ScriptedModel.calls(("shop__slow", "{}")), ScriptedModel.says("Then not.")])
        let outcome = await AgentLoop(model: model, host: host).run(user, observer: observer)
        try await cancelled.wait()
        #expect(outcome.reason == .complete)
        #expect(observer.calls.map(\.state) == [.cancelled])
        #expect(observer.text == "Then not.")
        guard case .tool(_, "The call was cancelled before it ended.", true)? = model.requests.last?.messages.last else {
            Issue.record("told \(String(describing: model.requests.last?.messages.last))")
            return
        }
    }
}
