import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// The calls of one round: who is asked, what runs when, and what the model is told.
@Suite(.timeLimit(.minutes(1))) struct ToolRunnerTests {
    private static let host = [
        FakeHost.Tool.tool("shop", "read", "Reads.", readOnly: true),
        .tool("shop", "write", "Writes."),
        .tool("shop", "other", "Writes too."),
        .tool("stranger", "peek", "Says that it only reads.", readOnly: true, trusted: false, destructive: false, idempotent: true),
    ]
    private let host = FakeHost(Self.host)

    private func run(
        _ calls: [String], on host: FakeHost? = nil, _ observer: RecordingObserver
    ) async -> (asked: [ModelToolCall], results: [ModelMessage]) {
        let host = host ?? self.host
        let tools = await host.tools()
        let names = ToolNameTable(tools.map(\.id))
        let number = Mutex(0)
        let runner = ToolRunner(
            host: host, observer: observer, tools: tools, names: names,
            makeID: {
                number.withLock {
                    $0 += 1
                    return "call\($0)"
                }
            })
        return await runner.run(calls.map { ModelToolCall(id: "model's", name: $0, arguments: "{}") })
    }

    private func contents(_ results: [ModelMessage]) -> [String] {
        results.map { if case .tool(_, let content, _) = $0 { content } else { "" } }
    }

    // MARK: Who is asked

    @Test func readingOnATrustedServerRunsAtOnce() async {
        let observer = RecordingObserver(decision: .deny)
        let results = await run(["shop__read"], observer).results
        #expect(observer.questions.isEmpty)
        #expect(results == [.tool(callID: "call1", content: "ok", isError: false)])
    }

    @Test(arguments: ["shop__write", "stranger__peek"])
    func theOthersAskFirst(name: String) async {
        let host = host
        let observer = RecordingObserver(decide: { call in
            // Nothing has run before the answer.
            #expect(host.calls.isEmpty)
            #expect(call.state == .waiting)
            #expect(call.question != nil)
            return .allowOnce
        })
        let results = await run([name], observer).results
        #expect(observer.questions.count == 1)
        #expect(host.calls.count == 1)
        #expect(contents(results) == ["ok"])
        let states = observer.history.compactMap { if case .tool(let call) = $0 { call.state } else { nil } }
        #expect(states == [.waiting, .running, .done])
        // The question goes with the answer.
        #expect(observer.calls.first?.question == nil)
    }

    @Test func allowedOnceIsAskedAgain() async {
        let observer = RecordingObserver(decision: .allowOnce)
        _ = await run(["shop__write", "shop__write"], observer)
        #expect(observer.questions.count == 2)
        _ = await run(["shop__write"], observer)
        #expect(observer.questions.count == 3)
        #expect(host.calls.count == 3)
    }

    @Test func allowedInChatHoldsForThatToolAlone() async {
        let observer = RecordingObserver(decision: .allowInChat)
        _ = await run(["shop__write", "shop__write"], observer)
        // In the same round and later.
        _ = await run(["shop__write"], observer)
        #expect(observer.questions.map(\.tool) == ["write"])
        #expect(host.calls.count == 3)
        _ = await run(["shop__other", "stranger__peek"], observer)
        #expect(observer.questions.map(\.tool) == ["write", "other", "peek"])
    }

    @Test func deniedIsNeverCalledAndTheModelIsTold() async {
        let observer = RecordingObserver(decision: .deny)
        let (asked, results) = await run(["shop__write"], observer)
        #expect(host.calls.isEmpty)
        #expect(asked == [ModelToolCall(id: "call1", name: "shop__write", arguments: "{}")])
        #expect(results == [.tool(callID: "call1", content: "The user did not allow this call. Nothing was done.", isError: true)])
        #expect(observer.calls.map(\.state) == [.denied])
        #expect(observer.calls.first?.startedAt == nil)
    }

    @Test func cancelledInsteadOfAnswered() async {
        let observer = RecordingObserver(decide: { _ in nil })
        let results = await run(["shop__write", "shop__read"], observer).results
        #expect(host.calls.map(\.tool) == ["shop.read"])
        #expect(observer.calls.map(\.state) == [.cancelled, .done])
        #expect(contents(results) == ["The call was cancelled before it ended.", "ok"])
    }

    // MARK: What runs when

    /// Each of the two ends only when the other has begun.
    @Test func freeCallsRunAtTheSameTime() async {
        let left = Signal()
        let right = Signal()
        let host = FakeHost([
            .tool("a", "left", "", readOnly: true) { _, _ in
                left.fire()
                try await right.wait()
                return .text("left")
            },
            .tool("a", "right", "", readOnly: true) { _, _ in
                right.fire()
                try await left.wait()
                return .text("right")
            },
        ])
        let results = await run(["a__left", "a__right"], on: host, RecordingObserver()).results
        #expect(contents(results) == ["left", "right"])
    }

    @Test func whoEndsFirstDoesNotChangeTheOrder() async {
        let later = Signal()
        let host = FakeHost([
            .tool("a", "first", "", readOnly: true) { _, _ in
                try await later.wait()
                return .text("first")
            },
            .tool("a", "second", "", readOnly: true) { _, _ in .text("second") },
        ])
        let observer = RecordingObserver(onAdd: { entry, _ in
            if case .tool(let call) = entry, call.tool == "second", call.state == .done { later.fire() }
        })
        let (asked, results) = await run(["a__first", "a__second"], on: host, observer)
        #expect(asked.map(\.id) == ["call1", "call2"])
        #expect(results == [.tool(callID: "call1", content: "first", isError: false), .tool(callID: "call2", content: "second", isError: false)])
    }

    /// Two questions at once would be one too many, and what the first call does may change the second answer.
    @Test func callsThatAskComeOneAfterTheOther() async {
        let observer = RecordingObserver(decision: .allowOnce)
        _ = await run(["shop__write", "shop__other", "shop__write"], observer)
        let steps = observer.history.compactMap { entry -> String? in if case .tool(let call) = entry { "\(call.id) \(call.state.rawValue)" } else { nil } }
        #expect(
            steps == [
                "call1 waiting", "call1 running", "call1 done", "call2 waiting", "call2 running", "call2 done", "call3 waiting", "call3 running", "call3 done",
            ])
    }

    /// A read after a write sees what was written.
    @Test func aFreeCallDoesNotOvertakeOneThatAsks() async {
        let observer = RecordingObserver(decision: .allowOnce)
        let results = await run(["shop__read", "shop__write", "shop__read", "shop__read"], observer).results
        #expect(host.calls.map(\.tool) == ["shop.read", "shop.write", "shop.read", "shop.read"])
        #expect(results.count == 4)
    }

    // MARK: Progress and ends

    @Test func progressIsHandedOn() async {
        let host = FakeHost([
            .tool("a", "long", "", readOnly: true) { _, observer in
                await observer.progress(ToolProgress(completed: 1, total: 2, message: "half"))
                await observer.progress(ToolProgress(completed: 2, total: 2, message: nil))
                return .text("ok")
            }
        ])
        let observer = RecordingObserver()
        _ = await run(["a__long"], on: host, observer)
        #expect(observer.progress == [ToolProgress(completed: 1, total: 2, message: "half"), ToolProgress(completed: 2, total: 2, message: nil)])
    }

    @Test func aFailureIsOnTheCardAndToldToTheModel() async {
        let failure = ToolCallFailure.serverDown(server: "a", why: "It exited.")
        let host = FakeHost([.tool("a", "gone", "", readOnly: true) { _, _ in throw failure }])
        let observer = RecordingObserver()
        let results = await run(["a__gone"], on: host, observer).results
        #expect(observer.calls.map(\.state) == [.failed])
        #expect(observer.calls.first?.failure == failure.failure)
        #expect(contents(results) == [failure.description])
    }

    struct Unforeseen: Error {}

    @Test func anyOtherErrorIsAFailureToo() async {
        let host = FakeHost([.tool("a", "odd", "", readOnly: true) { _, _ in throw Unforeseen() }])
        let observer = RecordingObserver()
        let results = await run(["a__odd"], on: host, observer).results
        #expect(observer.calls.map(\.state) == [.failed])
        #expect(contents(results).first?.contains("Unforeseen()") == true)
    }

    /// Repeating is offered only where somebody who is trusted says that it is harmless.
    @Test(arguments: [
        (true, true, false, true), (true, false, true, true), (true, false, false, false), (false, true, true, false),
    ])
    func retryIsOffered(trusted: Bool, readOnly: Bool, idempotent: Bool, isOffered: Bool) async {
        let host = FakeHost([
            .tool("a", "fail", "", readOnly: readOnly, trusted: trusted, idempotent: idempotent) { _, _ in .error("not now") }
        ])
        let observer = RecordingObserver(decision: .allowOnce)
        _ = await run(["a__fail"], on: host, observer)
        #expect(observer.calls.map(\.state) == [.failed])
        #expect(observer.calls.first?.canRetry == isOffered)
    }

    @Test func whatWentWellIsNotOfferedAgain() async {
        let observer = RecordingObserver()
        _ = await run(["shop__read"], observer)
        #expect(observer.calls.first?.canRetry == false)
    }

    // MARK: What the operator is left with

    @Test(
        arguments: [
            ("shop__read", nil, ToolAuditRecord.Approval.policy, ToolCall.State.done),
            ("shop__write", .allowOnce, .allowedOnce, .done), ("shop__write", .allowInChat, .allowedInChat, .done),
            ("shop__write", .deny, .denied, .denied), ("shop__write", nil, .unanswered, .cancelled), ("shop__nothing", nil, .notAsked, .failed),
        ] as [(String, ApprovalDecision?, ToolAuditRecord.Approval, ToolCall.State)])
    func everyCallIsKeptForTheOperatorWithWhoAllowedIt(
        _ name: String, _ decision: ApprovalDecision?, _ approval: ToolAuditRecord.Approval, _ outcome: ToolCall.State
    ) async {
        let observer = RecordingObserver(decide: { _ in decision })
        _ = await run([name], observer)
        #expect(observer.audited.map(\.approval) == [approval])
        #expect(observer.audited.map(\.outcome) == [outcome])
        #expect(observer.audited.map(\.callID) == ["call1"])
        let fields = observer.audited[0].fields
        #expect(fields.map(\.name) == ["call", "server", "tool", "approval", "outcome", "milliseconds"])
    }

    @Test func whatTheChatHasAllowedBeforeIsKeptAsThat() async {
        let observer = RecordingObserver(decision: .allowInChat)
        _ = await run(["shop__write"], observer)
        _ = await run(["shop__write"], observer)
        #expect(observer.audited.map(\.approval) == [.allowedInChat, .allowedBefore])
    }

    // MARK: Again

    private func rerun(_ call: ToolCall, on host: FakeHost, _ observer: RecordingObserver) async {
        let tools = await host.tools()
        await ToolRunner(host: host, observer: observer, tools: tools, names: ToolNameTable(tools.map(\.id)), makeID: { "new" }).rerun(call)
    }

    private func failed(_ server: String, _ tool: String) -> ToolCall {
        ToolCall(
            id: "old", server: server, tool: tool, title: nil, arguments: ["n": 3], state: .failed, progress: ToolProgress(completed: 1),
            result: .error("not now"), failure: ToolCallFailure.unknownTool("x").failure, canRetry: true, at: .now, elapsedMilliseconds: 4000)
    }

    @Test func againInTheSamePlaceWithTheSameArguments() async {
        let observer = RecordingObserver(onAdd: { entry, _ in
            // Nothing of the first run stands on the card while it runs.
            guard case .tool(let call) = entry, call.state == .running else { return }
            #expect(call.result == nil)
            #expect(call.failure == nil)
            #expect(call.progress == nil)
            #expect(call.elapsedMilliseconds == nil)
            #expect(!call.canRetry)
        })
        await rerun(failed("shop", "read"), on: host, observer)
        #expect(host.calls.map(\.tool) == ["shop.read"])
        #expect(host.calls.first?.arguments == ["n": 3])
        #expect(observer.calls.map(\.id) == ["old"])
        #expect(observer.calls.first?.state == .done)
        #expect(observer.calls.first?.result == .text("ok"))
        #expect(observer.calls.first?.canRetry == false)
    }

    /// What asked the first time asks again; a call that is denied then is over.
    @Test func againAsksAgain() async {
        let observer = RecordingObserver(decision: .deny)
        await rerun(failed("stranger", "peek"), on: host, observer)
        #expect(observer.questions.count == 1)
        #expect(host.calls.isEmpty)
        #expect(observer.calls.map(\.state) == [.denied])
        #expect(observer.calls.first?.canRetry == false)
    }

    @Test func againWhereTheToolIsGone() async {
        let observer = RecordingObserver()
        await rerun(failed("shop", "vanished"), on: host, observer)
        #expect(observer.calls.map(\.state) == [.failed])
        #expect(observer.calls.first?.failure == ToolCallFailure.unknownTool("shop.vanished").failure)
        #expect(host.calls.isEmpty)
    }
}
