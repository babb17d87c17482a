import MCPCore
import Testing

@testable import Orchestrator

/// One turn of the chat, with a model that does what the test wrote down.
@Suite(.timeLimit(.minutes(1))) struct AgentLoopTests {
    private let user: [ChatEntry] = [.user(UserMessage(id: "u1", clientMessageID: "m1", text: "What is new?", at: .now))]
    private let host = FakeHost([
        .tool("shop", "count", "Counts.", readOnly: true) { arguments, _ in .text("counted \(arguments["what"]?.string ?? "nothing")") },
        .tool("shop", "fail", "Fails.", readOnly: true) { _, _ in .error("no such table: orders") },
        .tool("shop", "crash", "Loses its server.", readOnly: true) { _, _ in
            throw ToolCallFailure.connectionLost(server: "shop", why: "It exited with status 1.")
        },
    ])
    private let observer = RecordingObserver()

    private func run(_ model: ScriptedModel) async -> AgentLoop.Outcome {
        await AgentLoop(model: model, host: host).run(user, observer: observer)
    }

    /// What the model is told in its second request, behind the user's message.
    private func told(_ model: ScriptedModel) throws -> [ModelMessage] {
        let request = try #require(model.requests.dropFirst().first)
        return Array(request.messages.dropFirst(2))
    }

    // MARK: Words

    @Test func textComesInPiecesAndIsKeptWhole() async throws {
        let model = ScriptedModel([.events([.text("Hel"), .text("lo "), .text("world"), .finished(.complete)])])
        let outcome = await run(model)
        #expect(outcome == AgentLoop.Outcome(reason: .complete, usage: nil, modelFailure: nil))
        #expect(observer.deltas == ["lo ", "world"])
        guard case .assistant(let first)? = observer.history.first, case .assistant(let last)? = observer.history.last else {
            Issue.record("no message")
            return
        }
        #expect(first.text == "Hel")
        #expect(first.state == .streaming)
        #expect(last.text == "Hello world")
        #expect(last.state == .done)
        #expect(last.id == first.id)
        #expect(observer.entries.count == 1)
    }

    @Test func theModelIsGivenTheConversationAndTheTools() async throws {
        let model = ScriptedModel([ScriptedModel.says("Nothing.")])
        _ = await run(model)
        let request = try #require(model.requests.first)
        #expect(request.messages == [.system(ModelHistory.system(missing: [])), .user("What is new?")])
        #expect(request.tools.map(\.name) == ["shop__count", "shop__fail", "shop__crash"])
        let tool = try #require(request.tools.first)
        #expect(tool.server == "shop")
        #expect(tool.description == "Counts.")
        #expect(tool.isReadOnly)
        #expect(tool.inputSchema == host.all[0].hosted.inputSchema)
    }

    // MARK: Calls

    @Test func aResultGoesBackUnderTheIDOfItsCall() async throws {
        let model = ScriptedModel([
            .events([
                .text("Let me see."), .toolCall(ModelToolCall(id: "x", name: "shop__count", arguments: #"{"what": "sheep"}"#)), .finished(.toolCalls),
            ]), ScriptedModel.says("It is done."),
        ])
        let outcome = await run(model)
        #expect(outcome.reason == .complete)
        #expect(host.calls.map(\.tool) == ["shop.count"])
        #expect(host.calls.first?.arguments == ["what": "sheep"])
        let told = try told(model)
        #expect(told.count == 2)
        guard case .assistant("Let me see.", let calls) = told[0], case .tool(let id, "counted sheep", false) = told[1] else {
            Issue.record("told \(told)")
            return
        }
        #expect(calls == [ModelToolCall(id: id, name: "shop__count", arguments: #"{"what": "sheep"}"#)])
        // The card has the same id, and went through running to done.
        #expect(observer.calls.map(\.id) == [id])
        #expect(observer.calls.first?.result == .text("counted sheep"))
        let states = observer.history.compactMap { if case .tool(let call) = $0 { call.state } else { nil } }
        #expect(states == [.running, .done])
        #expect(observer.calls.first?.startedAt != nil)
        #expect(observer.calls.first?.elapsedMilliseconds != nil)
        #expect(observer.text == "Let me see.It is done.")
        // What is said after the call is a message of its own.
        #expect(observer.entries.count == 3)
    }

    @Test func severalCallsOfOneRoundComeBackInOrder() async throws {
        let model = ScriptedModel([
            ScriptedModel.calls(
                ("shop__count", #"{"what": "a"}"#), ("shop__fail", "{}"), ("shop__count", #"{"what": "b"}"#), ("shop__crash", "{}"))
        ])
        _ = await run(model)
        let told = try told(model)
        guard case .assistant("", let calls) = told[0] else {
            Issue.record("told \(told)")
            return
        }
        #expect(calls.map(\.name) == ["shop__count", "shop__fail", "shop__count", "shop__crash"])
        #expect(Set(calls.map(\.id)).count == 4)
        let crash = ToolCallFailure.connectionLost(server: "shop", why: "It exited with status 1.")
        #expect(
            Array(told.dropFirst()) == [
                .tool(callID: calls[0].id, content: "counted a", isError: false),
                .tool(callID: calls[1].id, content: "no such table: orders", isError: true),
                .tool(callID: calls[2].id, content: "counted b", isError: false),
                .tool(callID: calls[3].id, content: crash.description, isError: true),
            ])
        #expect(observer.calls.map(\.state).sorted { $0.rawValue < $1.rawValue } == [.done, .done, .failed, .failed])
    }

    @Test func laterRoundsRememberTheEarlier() async throws {
        let model = ScriptedModel([
            ScriptedModel.calls(("shop__count", #"{"what": "a"}"#)), ScriptedModel.calls(("shop__count", #"{"what": "b"}"#)),
        ])
        _ = await run(model)
        #expect(model.requests.count == 3)
        let contents = model.requests[2].messages.compactMap { if case .tool(_, let content, _) = $0 { content } else { nil } }
        #expect(contents == ["counted a", "counted b"])
    }

    @Test func unknownToolsAreToldToTheModel() async throws {
        let model = ScriptedModel([ScriptedModel.calls(("shop__vanish", "{}"))])
        let outcome = await run(model)
        #expect(outcome.reason == .complete)
        #expect(host.calls.isEmpty)
        guard case .tool(_, let content, true)? = try told(model).last else {
            Issue.record("not told")
            return
        }
        #expect(content.contains("There is no tool “shop__vanish”."))
        #expect(observer.calls.map(\.state) == [.failed])
    }

    /// 64 levels are run; deeper ones could not be stored with what stands around them.
    @Test(arguments: [64, 65]) func argumentsHaveADepth(levels: Int) async {
        let arguments = String(repeating: #"{"a":"#, count: levels) + "1" + String(repeating: "}", count: levels)
        _ = await run(ScriptedModel([ScriptedModel.calls(("shop__count", arguments))]))
        #expect(host.calls.count == (levels == 64 ? 1 : 0))
        #expect(observer.calls.map(\.state) == [levels == 64 ? .done : .failed])
    }

    @Test(arguments: ["{broken", "[1]", "", "7", "null"])
    func argumentsThatAreNoObjectAreToldToTheModel(arguments: String) async throws {
        let model = ScriptedModel([ScriptedModel.calls(("shop__count", arguments))])
        let outcome = await run(model)
        #expect(outcome.reason == .complete)
        #expect(host.calls.isEmpty)
        let told = try told(model)
        guard case .assistant(_, let calls) = told[0], case .tool(let id, let content, true) = told[1] else {
            Issue.record("told \(told)")
            return
        }
        #expect(content.contains("arguments that are no JSON object"))
        // Endpoints refuse a history whose arguments are no object.
        #expect(calls == [ModelToolCall(id: id, name: "shop__count", arguments: "{}")])
        #expect(observer.calls.map(\.state) == [.failed])
    }

    @Test func tenRoundsAndNoMore() async {
        let model = ScriptedModel([], then: ScriptedModel.calls(("shop__count", "{}")))
        let outcome = await run(model)
        #expect(outcome.reason == .roundLimit)
        #expect(model.requests.count == 10)
        #expect(host.calls.count == 10)
        // Said, with a way to go on.
        #expect(observer.failures.map(\.what) == ["The answer stopped before its end."])
        #expect(observer.failures.allSatisfy { $0.isRetryable && $0.why.contains("10 rounds") })
    }

    // MARK: Ends

    @Test func aFailureInTheMiddleKeepsWhatCame() async {
        let failure = ModelFailure.endpointFailed(status: 503, retryAfter: 5, message: "overloaded")
        let outcome = await run(ScriptedModel([.fails([.text("Half "), .text("an answ")], failure)]))
        #expect(outcome.reason == .failed)
        #expect(outcome.modelFailure == failure)
        guard observer.entries.count == 2, case .assistant(let message) = observer.entries[0], case .failure(let notice) = observer.entries[1] else {
            Issue.record("entries \(observer.entries)")
            return
        }
        #expect(message.text == "Half an answ")
        #expect(message.state == .broken)
        #expect(notice.failure == failure.failure)
        #expect(notice.failure.isRetryable)
        #expect(notice.failure.whatNow == "Ask again in 5 seconds.")
    }

    @Test func aFailureBeforeTheFirstWordLeavesOnlyTheNotice() async {
        let failure = ModelFailure.refusedKey(status: 401, message: nil)
        let outcome = await run(ScriptedModel([.fails([], failure)]))
        #expect(outcome.reason == .failed)
        #expect(observer.entries.count == 1)
        #expect(observer.failures == [failure.failure])
        #expect(observer.failures.first?.isRetryable == false)
    }

    @Test func aCallThatTheModelDidNotGetToEndIsNotMade() async {
        let call = ModelEvent.toolCall(ModelToolCall(id: "x", name: "shop__count", arguments: "{}"))
        let outcome = await run(ScriptedModel([.fails([call], .cut)]))
        #expect(outcome.reason == .failed)
        #expect(host.calls.isEmpty)
    }

    @Test func theOutputLimitEndsTheTurn() async {
        let call = ModelEvent.toolCall(ModelToolCall(id: "x", name: "shop__count", arguments: "{}"))
        let model = ScriptedModel([.events([.text("Once upon"), call, .finished(.length)])])
        let outcome = await run(model)
        #expect(outcome.reason == .outputLimit)
        #expect(observer.text == "Once upon")
        // Its arguments may be cut.
        #expect(host.calls.isEmpty)
        #expect(model.requests.count == 1)
        #expect(observer.failures.map(\.what) == ["The answer was cut."] && observer.failures.allSatisfy(\.isRetryable))
    }

    @Test func anAnswerThatWasCutIsGoneOnWith() async {
        let cut = ChatEntry.assistant(AssistantMessage(id: "a1", text: "Once upon", state: .done, at: .now))
        let model = ScriptedModel([ScriptedModel.says(" a time.")])
        #expect(await AgentLoop(model: model, host: host).run(user + [cut], observer: observer).reason == .complete)
        // Not every endpoint takes a history that ends with the model's words.
        #expect(
            model.requests.first.map { Array($0.messages.dropFirst(2)) }
                == [.assistant("Once upon", calls: []), .user("Your answer was cut. Go on exactly where it ends.")])
    }

    @Test(arguments: [[], [ModelEvent.text(" \n")]]) func anEmptyAnswerIsSaid(events: [ModelEvent]) async {
        let outcome = await run(ScriptedModel([.events(events + [.finished(.complete)])]))
        #expect(outcome.reason == .failed && outcome.modelFailure == nil)
        #expect(observer.failures.map(\.what) == ["The model gave an empty answer."])
    }

    @Test func theContentFilterIsSaid() async {
        let outcome = await run(ScriptedModel([.events([.text("Once"), .finished(.contentFilter)])]))
        #expect(outcome.reason == .failed)
        #expect(outcome.modelFailure == nil)
        #expect(observer.text == "Once")
        #expect(observer.failures.map(\.why) == ["The model endpoint's content filter stopped it."])
    }

    @Test func usageIsSummedOverTheRounds() async {
        let call = ModelEvent.toolCall(ModelToolCall(id: "x", name: "shop__count", arguments: "{}"))
        let outcome = await run(
            ScriptedModel([
                .events([call, .usage(ModelUsage(inputTokens: 100, outputTokens: 10)), .finished(.toolCalls)]),
                .events([call, .finished(.toolCalls)]),
                .events([.text("."), .usage(ModelUsage(inputTokens: 150, outputTokens: 5)), .finished(.complete)]),
            ]))
        #expect(outcome.usage == ModelUsage(inputTokens: 250, outputTokens: 15))
    }

    @Test func usageCountsWhereTheModelFailsToo() async {
        let usage = ModelUsage(inputTokens: 7, outputTokens: 1)
        #expect(await run(ScriptedModel([.fails([.usage(usage)], .cut)])).usage == usage)
    }
}
