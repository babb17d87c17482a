import MCPCore
import Synchronization
import Testing
import TestSupport

/// The tasks extension on a server (SEP-2663), in process.
@Suite(.timeLimit(.minutes(1))) struct TaskServerTests {
    private func begin(_ tool: String, _ client: Client) async throws -> DetailedTask {
        guard case .task(let task) = try await client.tasks.call(tool) else {
            Issue.record("\(tool) has not become a task")
            throw CancellationError()
        }
        return task
    }

    @Test func aTaskIsThereBeforeItsIdIsTold() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let task = try await begin("hold", client)
            #expect(task.state == .working && task.id.count == 32 && task.ttlMilliseconds == 900_000 && task.pollIntervalMilliseconds == 1)
            #expect(task.createdAt == "2027-01-15T08:00:00Z")
            #expect(try await client.tasks.get(task.id).state == .working)
            #expect(try await begin("hold", client).id != task.id)
        }
        await stage.tasks.endTasks()
    }

    /// Whoever knows an id has the task where nobody signs in: it is all random, and none comes twice.
    @Test func idsAreRandomAndDiffer() async throws {
        let drawn = Mutex<[UInt8]>([])
        let environment = ServerEnvironment(now: { 0 }) { count in
            let bytes = ServerEnvironment.system.randomBytes(count)
            drawn.withLock { $0 += bytes }
            return bytes
        }
        let tasks = TasksExtension()
        let server = Server("tasks", version: "1", configuration: ServerConfiguration(environment: environment)) {
            tasks
            TaskStage.tools
        }
        try await withFeatures(of: server, .latest) {
            $0.extensions = [ClientTasksExtension()]
        } _: { (client: Client) async throws -> Void in
            var ids: [String] = []
            for _ in 0..<50 { ids.append(try await begin("hold", client).id) }
            #expect(Set(ids).count == 50)
            let random = drawn.withLock { $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
            #expect(ids.allSatisfy { $0.count == 32 && random.contains($0) })
        }
        await tasks.endTasks()
    }

    @Test func onlyWhoDeclaresGetsTasks() async throws {
        let stage = TaskStage()
        try await stage.withClient(knowsTasks: false) { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.extensions == ["io.modelcontextprotocol/tasks": [:]])
            #expect(try await client.callTool("quick").text == "quick")
            for (method, params) in [
                ("tasks/get", ["taskId": "x"] as JSONObject), ("tasks/update", ["taskId": "x", "inputResponses": [:]]), ("tasks/cancel", ["taskId": "x"]),
                ("tools/call", ["name": "required"]), ("subscriptions/listen", ["notifications": ["taskIds": ["x"]]]),
            ] {
                let error = await #expect(throws: JSONRPCError.self, "\(method)") { _ = try await client.request(method, params) }
                #expect(error?.code == .missingRequiredClientCapability)
                #expect(error?.data?["requiredCapabilities"] == ["extensions": ["io.modelcontextprotocol/tasks": [:]]])
            }
        }
    }

    @Test func sessionsOfTheHandshakeEraKnowNoTasks() async throws {
        let stage = TaskStage()
        try await withFeatures(of: stage.server, .latestHandshake) {
            $0.extensions = [ClientTasksExtension()]
        } _: { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.extensions == nil)
            #expect(try await client.callTool("quick").text == "quick")
            let unknown = await #expect(throws: JSONRPCError.self) { _ = try await client.request("tasks/get", ["taskId": "x"]) }
            #expect(unknown?.code == .methodNotFound)
            let refused = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("required") }
            #expect(refused?.data?["requiredCapabilities"]?["extensions"] != nil)
        }
    }

    /// For those who hold every result of `tools/call` against the core schema.
    @Test(arguments: [false, true]) func aResultThatStartsATaskMayHaveContent(_ fillsContent: Bool) async throws {
        let tasks = TasksExtension(fillsContent: fillsContent)
        let server = Server("tasks", version: "1") {
            tasks
            TaskStage.tools
        }
        var peer = Peer(revision: .v2026_07_28)
        peer.capabilities.extensions = ["io.modelcontextprotocol/tasks": [:]]
        let request = JSONRPCRequest(id: 1, method: "tools/call", params: ["name": "hold"])
        let result = try await server.kernel.respond(to: request, peer: peer) { _ in }.result.get()
        #expect(result["resultType"] == "task" && result["taskId"] != nil)
        #expect(result["content"] == (fillsContent ? [] : nil))
        await tasks.endTasks()
    }

    @Test func howATaskEnds() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let quick = try await begin("quick", client)
            let done = await stage.store.task { $0.id == quick.id && $0.isTerminal }
            guard case .completed(let result) = try await client.tasks.get(quick.id).state else { return #expect(Bool(false), "\(done)") }
            #expect(try CallToolResult(json: .object(result)).text == "quick")
            #expect(result["resultType"] == "complete")

            let failed = try await begin("tool_failure", client)
            await stage.store.task { $0.id == failed.id && $0.isTerminal }
            guard case .completed(let failure) = try await client.tasks.get(failed.id).state else { return #expect(Bool(false), "no result") }
            #expect(failure["isError"] == true)

            let broken = try await begin("protocol_failure", client)
            await stage.store.task { $0.id == broken.id && $0.isTerminal }
            let task = try await client.tasks.get(broken.id)
            #expect(task.state == .failed(JSONRPCError(.internalError, "It broke.")) && task.statusMessage == "It broke.")
        }
    }

    @Test func aTaskIsCancelledWhenItsHandlerStops() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let held = try await begin("hold", client)
            await stage.store.task { $0.statusMessage == "Holding" }
            try await client.tasks.cancel(held.id)
            await stage.store.task { $0.id == held.id && $0.state == .cancelled }
            // Again, for a task that has ended.
            try await client.tasks.cancel(held.id)
            #expect(try await client.tasks.get(held.id).state == .cancelled)

            // What has been done is told as done.
            let stubborn = try await begin("stubborn", client)
            try await client.tasks.cancel(stubborn.id)
            let end = await stage.store.task { $0.id == stubborn.id && $0.isTerminal }
            guard case .completed = end.state else { return #expect(Bool(false), "\(end)") }
        }
    }

    /// Completed, failed and cancelled are ends: neither cancelling nor answering changes anything, not even the time of the last change.
    @Test func whatHasEndedStaysAsItIs() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            var ended: [DetailedTask] = []
            for tool in ["quick", "tool_failure", "protocol_failure", "hold"] {
                let id = try await begin(tool, client).id
                if tool == "hold" { try await client.tasks.cancel(id) }
                await stage.store.task { $0.id == id && $0.isTerminal }
                ended.append(try await client.tasks.get(id))
            }
            #expect(ended.map { $0.json["status"] } == ["completed", "completed", "failed", "cancelled"])
            await stage.tasks.endTasks()
            stage.advance(1000)
            for task in ended {
                try await client.tasks.cancel(task.id)
                try await client.tasks.update(task.id, ["ask": ["action": "decline"]])
                #expect(try await client.tasks.get(task.id) == task)
            }
        }
    }

    @Test(arguments: ["quick", "tool_failure", "protocol_failure"]) func aTaskEndsAsTheCallWouldHave(_ tool: String) async throws {
        func outcome(knowsTasks: Bool) async throws -> Result<CallToolResult, JSONRPCError> {
            var outcome: Result<CallToolResult, JSONRPCError>?
            try await TaskStage().withClient(knowsTasks: knowsTasks) { (client: Client) async throws -> Void in
                do { outcome = .success(try await client.callTool(tool)) } catch let error as JSONRPCError { outcome = .failure(error) }
            }
            return try #require(outcome)
        }
        #expect(try await outcome(knowsTasks: true) == outcome(knowsTasks: false))
    }

    /// The core tasks of 2025-11-25 have `io.modelcontextprotocol/related-task` in `_meta`; here the id among the parameters is the one that counts.
    @Test func anIdInTheMetadataIsNotLookedAt() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let (one, other) = (try await begin("hold", client), try await begin("hold", client))
            let related: JSONObject = ["io.modelcontextprotocol/related-task": ["taskId": .string(other.id)]]
            let options = RequestOptions(meta: related)
            let result = try await client.request("tasks/get", ["taskId": .string(one.id)], options: options)
            #expect(result["taskId"] == .string(one.id))
            #expect(result["_meta"]?["io.modelcontextprotocol/related-task"] == nil)
            let cancelled = try await client.request("tasks/cancel", ["taskId": .string(one.id)], options: options)
            #expect(cancelled["_meta"]?["io.modelcontextprotocol/related-task"] == nil)
            await stage.store.task { $0.id == one.id && $0.state == .cancelled }
            #expect(try await client.tasks.get(other.id).state == .working)
        }
        await stage.tasks.endTasks()
    }

    @Test func answersComeInParts() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let task = try await begin("ask_both", client)
            await stage.store.task { $0.openKeys == ["one", "two"] }
            try await client.tasks.update(task.id, ["one": ["action": "accept", "content": ["yes": true]], "never asked": ["action": "decline"]])
            #expect(try await client.tasks.get(task.id).openKeys == ["two"])
            // A second answer to the same question is ignored.
            try await client.tasks.update(task.id, ["one": ["action": "decline"]])
            #expect(try await client.tasks.get(task.id).openKeys == ["two"])
            try await client.tasks.update(task.id, ["two": ["action": "decline"]])
            let result = try await client.tasks.result(of: task.id)
            #expect(result.text == "true false")
        }
    }

    @Test func anAnswerThatDoesNotFitIsAskedForAgainUnderANewKey() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            let task = try await begin("ask", client)
            await stage.store.task { $0.openKeys == ["ask"] }
            try await client.tasks.update(task.id, ["ask": ["action": "accept", "content": ["yes": "perhaps"]]])
            await stage.store.task { $0.openKeys == ["ask#2"] }
            try await client.tasks.update(task.id, ["ask#2": ["action": "accept", "content": ["yes": true]]])
            #expect(try await client.tasks.result(of: task.id).text == "true")
        }
    }

    @Test func answersThatAreNoObjectsAreRefused() async throws {
        let stage = TaskStage()
        try await withFeatures(of: stage.server, .latest, sendsInvalid: true) {
            $0.input.elicit = { _ in .decline }
            $0.extensions = [ClientTasksExtension()]
        } _: { (client: Client) async throws -> Void in
            let task = try await begin("ask", client)
            await stage.store.task { $0.openKeys == ["ask"] }
            let error = await #expect(throws: JSONRPCError.self) { try await client.tasks.update(task.id, ["ask": "yes"]) }
            #expect(error?.code == .invalidParams && error?.message.contains("/inputResponses/ask") == true)
            #expect(try await client.tasks.get(task.id).openKeys == ["ask"])
        }
        await stage.tasks.endTasks()
    }

    @Test func questionsBeforeTheTaskAreAskedBeforeIt() async throws {
        let stage = TaskStage()
        let asked = Mutex<[String]>([])
        try await stage.withClient {
            $0.input.elicit = { request in
                asked.withLock { $0.append(request.message) }
                return .accept(["yes": true])
            }
        } _: { (client: Client) async throws -> Void in
            let task = try await begin("ask_then_task", client)
            #expect(asked.withLock(\.self) == ["First?"])
            await stage.store.task { $0.id == task.id && $0.openKeys == ["second"] }
            #expect(try await client.tasks.result(of: task.id).text == "true true 7 true")
            #expect(asked.withLock(\.self) == ["First?", "Second?"])
        }
        // The same handler, for a client without tasks.
        try await stage.withClient(knowsTasks: false) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("ask_then_task").text == "false true 7 true")
        }
    }

    @Test func aHandlerWithAStateOfItsOwnAsksThroughItsTask() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            #expect(try await client.callTool("own_state").text == "kept mine accept")
        }
    }

    @Test func unknownAndExpiredTasksAreTheSame() async throws {
        let stage = TaskStage(limits: .init(ttlMilliseconds: 1000, pollIntervalMilliseconds: 1))
        try await stage.withClient { (client: Client) async throws -> Void in
            let task = try await begin("hold", client)
            stage.advance(999)
            _ = try await client.tasks.get(task.id)
            stage.advance(1)
            let expired = await #expect(throws: JSONRPCError.self) { _ = try await client.tasks.get(task.id) }
            let unknown = await #expect(throws: JSONRPCError.self) { try await client.tasks.cancel("unknown") }
            #expect(expired == unknown && expired?.code == .invalidParams)
            // Its handler is no longer running.
            await stage.tasks.endTasks()
        }
    }

    @Test func whatIsKeptIsBounded() async throws {
        let stage = TaskStage(store: MemoryTaskStore(maximumTasks: 2), limits: .init(ttlMilliseconds: 1000, pollIntervalMilliseconds: 1))
        try await stage.withClient { (client: Client) async throws -> Void in
            _ = try await begin("hold", client)
            _ = try await begin("hold", client)
            // Without room, a call that may be answered with its result is.
            guard case .result(let result) = try await client.tasks.call("quick") else { return #expect(Bool(false), "a third task is kept") }
            #expect(result.text == "quick")
            let refused = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("required") }
            #expect(refused?.code == .internalError)
            stage.advance(1000)
            #expect(try await client.callTool("required").text == "required")
        }
        await stage.tasks.endTasks()
    }

    @Test func whatRunsIsBounded() async throws {
        let stage = TaskStage(limits: .init(pollIntervalMilliseconds: 1, maximumRunning: 1))
        try await stage.withClient { (client: Client) async throws -> Void in
            let task = try await begin("hold", client)
            guard case .result = try await client.tasks.call("quick") else { return #expect(Bool(false), "a second task runs") }
            try await client.tasks.cancel(task.id)
            await stage.tasks.endTasks()
            _ = try await begin("quick", client)
        }
    }

    @Test func aResultThatIsTooLargeFailsTheTask() async throws {
        let stage = TaskStage(store: MemoryTaskStore(maximumBytes: 5000))
        try await stage.withClient { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("large") }
            #expect(error?.message.contains("larger than what the server can keep") == true)
        }
    }

    @Test func tasksOfAProcessThatIsGoneHaveFailed() async throws {
        let store = MemoryTaskStore()
        let first = TaskStage(store: store)
        var id = ""
        try await first.withClient { (client: Client) async throws -> Void in id = try await begin("hold", client).id }
        let second = TaskStage(store: store)
        try await second.tasks.recover()
        try await second.withClient { (client: Client) async throws -> Void in
            let task = try await client.tasks.get(id)
            #expect(task.state == .failed(JSONRPCError(.internalError, "The server was restarted before the task ended")))
        }
        await first.tasks.endTasks()
    }

    @Test func aServerWithoutTheExtensionSaysThatAToolNeedsIt() throws {
        let server = Server("s", version: "1") { ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "") }.asTask(.required) }
        let error = #expect(throws: ServerDefinitionError.self) { try server.validate() }
        #expect(error?.faults.count == 1 && error?.description.contains("TasksExtension") == true)
    }
}
