@testable import MCPCore
import Testing
import TestSupport

/// `notifications/tasks` through `subscriptions/listen` (SEP-2663, "Task Status Notifications").
@Suite(.timeLimit(.minutes(1))) struct TaskSubscriptionTests {
    @Test func aFollowedTaskIsToldFromItsPresentStateToItsEnd() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            guard case .task(let task) = try await client.tasks.call("ask") else { return #expect(Bool(false), "no task") }
            await stage.store.task { $0.openKeys == ["ask"] }
            let changes = try await client.tasks.changes(of: [task.id, "unknown", task.id])
            #expect(changes.acknowledged == [task.id])
            var iterator = changes.makeAsyncIterator()
            #expect(try await iterator.next()?.openKeys == ["ask"])
            try await client.tasks.update(task.id, ["ask": ["action": "decline"]])
            var last: DetailedTask?
            while let next = try await iterator.next() {
                last = next
                if next.isTerminal { break }
            }
            guard case .completed(let result)? = last?.state else { return #expect(Bool(false), "\(String(describing: last))") }
            #expect(result["content"]?[0]?["text"] == "false")
        }
    }

    @Test func howManyAreFollowedIsBounded() async throws {
        let stage = TaskStage(limits: .init(maximumFollowed: 2))
        try await stage.withClient { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.tasks.changes(of: ["a", "b", "c"]) }
            #expect(error?.code == .invalidParams)
        }
    }

    @Test func aCallThatListensNeedNotWaitForItsTurn() async throws {
        // An hour between two questions: the end is told.
        let stage = TaskStage(limits: .init(pollIntervalMilliseconds: 3_600_000))
        try await stage.withClient {
            $0.extensions = [ClientTasksExtension(followsNotifications: true)]
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("ask_both").text == "true true")
        }
    }

    @Test func oneSubscriptionCarriesTasksAndLists() async throws {
        let stage = TaskStage()
        try await stage.withClient { (client: Client) async throws -> Void in
            guard case .task(let task) = try await client.tasks.call("hold") else { return #expect(Bool(false), "no task") }
            let (told, tell) = AsyncStream<String>.makeStream()
            let subscription = try await client.connection.listen(
                to: ["toolsListChanged": true, "taskIds": [.string(task.id)]], revision: .latest, receive: { tell.yield($0.method) },
                ended: { _ in tell.finish() })
            #expect(subscription.acknowledged == ["toolsListChanged": true, "taskIds": [.string(task.id)]])
            try stage.server.tools.add(ServerTool(Tool(name: "another")) { _, _ in CallToolResult(text: "") })
            var methods: Set<String> = []
            for await method in told {
                methods.insert(method)
                if methods.count == 2 { break }
            }
            #expect(methods == ["notifications/tasks", "notifications/tools/list_changed"])
            subscription.request.cancel()
        }
        await stage.tasks.endTasks()
    }
}
