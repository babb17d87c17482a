import ConformanceFixtures
import MCPCore
import Synchronization
import TestSupport
import Testing

/// How a client follows the task that a call has become (SEP-2663, "Task Polling").
@Suite(.timeLimit(.minutes(1))) struct TaskFollowerTests {
    private static func task(_ status: String, _ members: JSONObject = [:], interval: Int? = 5000) -> JSONObject {
        var task: JSONObject = [
            "resultType": "complete", "taskId": "t1", "status": .string(status), "createdAt": "2026-01-01T00:00:00Z",
            "lastUpdatedAt": "2026-01-01T00:00:00Z", "ttlMs": .null,
        ]
        if let interval { task["pollIntervalMs"] = .integer(Int64(interval)) }
        task.merge(members)
        return task
    }

    private static let created: JSONObject = {
        var created = task("working")
        created["resultType"] = "task"
        return created
    }()
    private static let completed = task("completed", ["result": ["content": [["type": "text", "text": "Done."]]]])

    private func client(
        _ binding: TransportBinding = .stream, clock: StandingClock, settings: ClientTasksExtension = ClientTasksExtension(),
        input: ClientInputHandlers = .init(),
        _ script: @escaping ScriptedTransport.Script
    ) async throws -> (Client, ScriptedTransport) {
        let transport = ScriptedTransport(binding) { call in
            switch call.request.method {
            case "server/discover": ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
            case "tools/list": ["tools": [["name": "slow", "inputSchema": ["type": "object"]]]]
            case "tools/call": Self.created
            default: try await script(call)
            }
        }
        // What watches over the probe is to wake at no time that a test waits for.
        let configuration = ClientConfiguration(input: input, extensions: [settings], probeTimeout: .seconds(60), clock: ClientClock(clock))
        return (try await Client.connect(transport, configuration: configuration), transport)
    }

    @Test func theIntervalIsTheServers() async throws {
        let clock = StandingClock()
        let polls = Counter()
        let (client, transport) = try await client(clock: clock) { _ in
            switch polls.next() {
            case 1: Self.task("working", interval: 9000)
            case 2: Self.task("working", interval: nil)
            default: Self.completed
            }
        }
        let call = Task { try await client.callTool("slow") }
        for (at, step) in [(5, 5), (14, 9), (15, 1)] {
            await clock.waitForSleeper(until: .seconds(at))
            clock.advance(by: .seconds(step))
        }
        #expect(try await call.value.text == "Done.")
        #expect(transport.methods.suffix(3) == ["tasks/get", "tasks/get", "tasks/get"])
        let declared = transport.requests.last?.params["_meta"]?[MetaKey.clientCapabilities]?["extensions"]
        #expect(declared == ["io.modelcontextprotocol/tasks": [:]])
        // The id stands among the parameters, and nowhere else.
        let requests = transport.requests.filter { $0.method == "tasks/get" }
        #expect(requests.allSatisfy { $0.params["taskId"] == "t1" && $0.params["_meta"]?["io.modelcontextprotocol/related-task"] == nil })
    }

    /// Notifications only make it quicker: a server that refuses to send any, or that agrees and sends none, is asked all the same.
    @Test(arguments: [true, false]) func whoIsToldNothingGoesOnAsking(_ refuses: Bool) async throws {
        let clock = StandingClock()
        let polls = Counter()
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await client(clock: clock, settings: ClientTasksExtension(followsNotifications: true)) { call in
            if call.request.method == "subscriptions/listen" {
                ask.finish()
                if refuses { throw JSONRPCError(.methodNotFound, "Method not found") }
                let acknowledged: JSONObject = [
                    "_meta": ["io.modelcontextprotocol/subscriptionId": call.request.id.json], "notifications": ["taskIds": ["t1"]],
                ]
                await call.emit(.notification(JSONRPCNotification(method: "notifications/subscriptions/acknowledged", params: acknowledged)))
                return try await silence()
            }
            // The notifications have been asked for when the task is.
            for await _ in asked {}
            return polls.next() < 3 ? Self.task("working") : Self.completed
        }
        let call = Task { try await client.callTool("slow") }
        for at in [5, 10, 15] {
            await clock.waitForSleeper(until: .seconds(at))
            clock.advance(by: .seconds(5))
        }
        #expect(try await call.value.text == "Done.")
        #expect(transport.methods.contains("subscriptions/listen") && transport.methods.count { $0 == "tasks/get" } == 3)
    }

    @Test func theIdTravelsInTheHeader() async throws {
        let clock = StandingClock()
        let (client, transport) = try await client(.http, clock: clock) { _ in Self.completed }
        let call = Task { try await client.callTool("slow") }
        await clock.waitForSleeper(until: .seconds(5))
        clock.advance(by: .seconds(5))
        _ = try await call.value
        #expect(transport.metadata.last?.routingName == "t1")
        #expect(transport.metadata.dropLast().allSatisfy { $0.routingName == nil })
    }

    @Test func aQuestionIsAskedOnceThoughItIsSeenTwice() async throws {
        let clock = StandingClock()
        let asked = Mutex(0)
        let polls = Counter()
        let form: JSONObject = ["mode": "form", "message": "?", "requestedSchema": ["type": "object", "properties": [:]]]
        let question: JSONObject = ["inputRequests": ["q": ["method": "elicitation/create", "params": .object(form)]]]
        let input = ClientInputHandlers(elicit: { _ in
            asked.withLock { $0 += 1 }
            return .decline
        })
        let (client, transport) = try await client(clock: clock, input: input) { call in
            if call.request.method == "tasks/update" { return ["resultType": "complete"] as JSONObject }
            return polls.next() < 3 ? Self.task("input_required", question) : Self.completed
        }
        let call = Task { try await client.callTool("slow") }
        for at in [5, 10, 15] {
            await clock.waitForSleeper(until: .seconds(at))
            clock.advance(by: .seconds(5))
        }
        _ = try await call.value
        #expect(asked.withLock(\.self) == 1)
        let updates = transport.requests.filter { $0.method == "tasks/update" }
        #expect(updates.count == 1 && updates[0].params["inputResponses"] == ["q": ["action": "decline"]])
    }

    @Test func howTheTaskEndsIsHowTheCallEnds() async throws {
        for (end, check) in [
            (Self.task("failed", ["error": ["code": -32603, "message": "It broke."]]), { ($0 as? JSONRPCError)?.message == "It broke." }),
            (Self.task("cancelled", ["statusMessage": "Too late."]), { "\($0)" == "The task t1 was cancelled: Too late." }),
        ] as [(JSONObject, (any Error) -> Bool)] {
            let clock = StandingClock()
            let (client, transport) = try await client(clock: clock) { _ in end }
            let call = Task { try await client.callTool("slow") }
            await clock.waitForSleeper(until: .seconds(5))
            clock.advance(by: .seconds(5))
            do {
                _ = try await call.value
                Issue.record("no error")
            } catch { #expect(check(error), "\(error)") }
            #expect(!transport.methods.contains("tasks/cancel"))
        }
    }

    @Test func cancellingTheSwiftTaskCancelsTheTask() async throws {
        let clock = StandingClock()
        let (cancelled, cancel) = AsyncStream<JSONValue?>.makeStream()
        let (client, transport) = try await client(clock: clock) { call in
            if call.request.method == "tasks/cancel" { cancel.yield(call.request.params["taskId"]) }
            return ["resultType": "complete"]
        }
        let call = Task { try await client.callTool("slow") }
        await clock.waitForSleeper(until: .seconds(5))
        call.cancel()
        for await id in cancelled {
            #expect(id == "t1")
            break
        }
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        // Nothing is asked of it afterwards: the server need not keep it. And the task is cancelled, no request.
        #expect(transport.sent.isEmpty)
        #expect(transport.methods.last == "tasks/cancel" && transport.requests.last?.params["_meta"]?["io.modelcontextprotocol/related-task"] == nil)
    }

    @Test func aCallMayTakeOnlyItsMaximumTime() async throws {
        let clock = StandingClock()
        let (cancelled, cancel) = AsyncStream<Void>.makeStream()
        let (client, _) = try await client(clock: clock) { call in
            if call.request.method == "tasks/cancel" { cancel.yield() }
            return Self.task("working")
        }
        let call = Task { try await client.callTool("slow", options: RequestOptions(maximumTime: .seconds(3))) }
        await clock.waitForSleeper(until: .seconds(5))
        await clock.waitForSleeper(until: .seconds(3))
        clock.advance(by: .seconds(3))
        let error = await #expect(throws: ClientError.self) { _ = try await call.value }
        guard case .timedOut(method: "tools/call", after: .seconds(3))? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        for await _ in cancelled { break }
    }

    /// What may pass: a way that fails, and a server that is busy, which says nothing of the task.
    private static let passing: [any Error & Sendable] = [TransportError.unreachable("for a moment"), JSONRPCError(.internalError, "busy")]

    @Test(arguments: passing.indices, [(3, true), (4, false)])
    func whatMayPassIsTriedAgain(_ index: Int, _ failures: (count: Int, isTolerated: Bool)) async throws {
        let failure = Self.passing[index]
        let clock = StandingClock()
        let polls = Counter()
        let (cancelled, cancel) = AsyncStream<Void>.makeStream()
        let (client, _) = try await client(clock: clock) { call in
            if call.request.method == "tasks/cancel" { cancel.yield() }
            guard call.request.method == "tasks/get" else { return ["resultType": "complete"] }
            if polls.next() <= failures.count { throw failure }
            return Self.completed
        }
        let call = Task { try await client.callTool("slow") }
        for at in 1...4 {
            await clock.waitForSleeper(until: .seconds(5 * at))
            clock.advance(by: .seconds(5))
        }
        guard !failures.isTolerated else {
            #expect(try await call.value.text == "Done.")
            return
        }
        let error = await #expect(throws: (any Error).self) { _ = try await call.value }
        #expect(error.map { "\($0)" } == "\(failure)")
        for await _ in cancelled { break }
    }

    @Test func aServerThatIsSlowOnceIsAskedAgain() async throws {
        let clock = StandingClock()
        let polls = Counter()
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (client, _) = try await client(clock: clock) { call in
            guard call.request.method == "tasks/get" else { return ["resultType": "complete"] }
            guard polls.next() == 1 else { return Self.completed }
            ask.yield()
            return try await silence()
        }
        let call = Task { try await client.callTool("slow") }
        await clock.waitForSleeper(until: .seconds(5))
        clock.advance(by: .seconds(5))
        // Its time-out is over at 65; who watches over it sleeps until 60 already, for the call.
        for await _ in asked { break }
        for (at, step) in [(60, 55), (65, 5), (70, 5)] {
            await clock.waitForSleeper(until: .seconds(at))
            clock.advance(by: .seconds(step))
        }
        #expect(try await call.value.text == "Done.")
    }

    private static let question: JSONObject = {
        let form: JSONObject = ["mode": "form", "message": "?", "requestedSchema": ["type": "object", "properties": [:]]]
        return ["inputRequests": ["q": ["method": "elicitation/create", "params": .object(form)]]]
    }()

    /// What ends the call and is no end of the task: an error of the server that will not pass, and one of the client's own handler.
    @Test(arguments: [true, false]) func aTaskThatIsGivenUpIsCancelled(_ isServers: Bool) async throws {
        let clock = StandingClock()
        let (cancelled, cancel) = AsyncStream<JSONValue?>.makeStream()
        let input = ClientInputHandlers(elicit: { _ in throw JSONRPCError(.internalError, "No screen.") })
        let (client, _) = try await client(clock: clock, input: input) { call in
            if call.request.method == "tasks/cancel" { cancel.yield(call.request.params["taskId"]) }
            if isServers, call.request.method == "tasks/get" { throw JSONRPCError(.invalidParams, "No screen.") }
            return Self.task("input_required", Self.question)
        }
        let call = Task { try await client.callTool("slow") }
        await clock.waitForSleeper(until: .seconds(5))
        clock.advance(by: .seconds(5))
        let error = await #expect(throws: JSONRPCError.self) { _ = try await call.value }
        #expect(error?.message == "No screen.")
        for await id in cancelled {
            #expect(id == "t1")
            break
        }
    }

    /// An answer that the server does not take for the moment is kept: the user is asked once.
    @Test func anAnswerIsSentAgain() async throws {
        let clock = StandingClock()
        let (asked, updates) = (Counter(), Counter())
        let input = ClientInputHandlers(elicit: { _ in
            _ = asked.next()
            return .decline
        })
        let (client, transport) = try await client(clock: clock, input: input) { call in
            guard call.request.method == "tasks/update" else { return updates.count < 2 ? Self.task("input_required", Self.question) : Self.completed }
            if updates.next() == 1 { throw JSONRPCError(.internalError, "busy") }
            return ["resultType": "complete"]
        }
        let call = Task { try await client.callTool("slow") }
        for at in [5, 10, 15] {
            await clock.waitForSleeper(until: .seconds(at))
            clock.advance(by: .seconds(5))
        }
        #expect(try await call.value.text == "Done.")
        #expect(asked.count == 1)
        #expect(
            transport.requests.filter { $0.method == "tasks/update" }.map { $0.params["inputResponses"] }
                == Array(repeating: ["q": ["action": "decline"]], count: 2))
    }

    /// The time to ask is not lost among what the server tells meanwhile.
    @Test func aServerThatTellsMuchWhileTheUserAnswersIsStillAsked() async throws {
        let clock = StandingClock()
        let (asking, ask) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (telling, tell) = AsyncStream<Int>.makeStream()
        let (told, toldAll) = AsyncStream<Void>.makeStream()
        let input = ClientInputHandlers(elicit: { _ in
            ask.yield()
            for await _ in gate { break }
            return .decline
        })
        let (client, _) = try await client(clock: clock, settings: ClientTasksExtension(followsNotifications: true), input: input) { call in
            switch call.request.method {
            case "subscriptions/listen":
                let asked = call.request.params["notifications"] ?? [:]
                await call.emit(.notification(JSONRPCNotification(method: "notifications/subscriptions/acknowledged", params: ["notifications": asked])))
                for await count in telling {
                    for _ in 0..<count {
                        await call.emit(.notification(JSONRPCNotification(method: "notifications/tasks", params: Self.task("input_required", Self.question))))
                    }
                    toldAll.yield()
                }
                return try await silence()
            case "tasks/get": return Self.completed
            default: return ["resultType": "complete"]
            }
        }
        let call = Task { try await client.callTool("slow") }
        await clock.waitForSleeper(until: .seconds(5))
        tell.yield(1)
        for await _ in asking { break }
        clock.advance(by: .seconds(5))
        // The time to ask has come before the rest.
        for _ in 0..<1000 { await Task.yield() }
        tell.yield(200)
        var all = told.makeAsyncIterator()
        for _ in 1...2 { _ = await all.next() }
        for _ in 0..<1000 { await Task.yield() }
        open.yield()
        // At the tenth second or at the fifteenth: it depends on what is heard first, the time or the news.
        let time = Task {
            while !Task.isCancelled {
                if clock.sleeperCount > 0 { clock.advance(by: .seconds(5)) }
                await Task.yield()
            }
        }
        defer { time.cancel() }
        #expect(try await call.value.text == "Done.")
    }

    static let invalid: [(String, JSONObject)] = [
        ("no id", ["resultType": "task", "status": "working"]),
        ("no such status", ["resultType": "task", "taskId": "t", "status": "asleep", "createdAt": "", "lastUpdatedAt": "", "ttlMs": .null]),
    ]

    @Test(arguments: invalid) func whatIsNoTaskIsAnError(_ name: String, _ result: JSONObject) async throws {
        let transport = ScriptedTransport { call in
            call.request.method == "server/discover" ? ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]] : result
        }
        let client = try await Client.connect(transport, configuration: ClientConfiguration(extensions: [ClientTasksExtension()]))
        let error = await #expect(throws: ClientError.self, "\(name)") { _ = try await client.callTool("t") }
        guard case .invalidResult(method: "tools/call", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func tasksAreAllowedForCallsOfToolsOnly() async throws {
        let transport = ScriptedTransport { call in
            call.request.method == "server/discover" ? ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:], "prompts": [:]]] : Self.created
        }
        let client = try await Client.connect(transport, configuration: ClientConfiguration(extensions: [ClientTasksExtension()]))
        let error = await #expect(throws: ClientError.self) { _ = try await client.getPrompt("p") }
        guard case .invalidResult(method: "prompts/get", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        // Who has not declared tasks is not sent any.
        let plain = try await Client.connect(transport)
        let unknown = await #expect(throws: ClientError.self) { _ = try await plain.callTool("t") }
        guard case .invalidResult(method: "tools/call", _)? = unknown else { return #expect(Bool(false), "\(String(describing: unknown))") }
    }
}
