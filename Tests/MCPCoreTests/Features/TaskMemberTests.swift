import MCPCore
import Testing
import TestSupport

/// The core tasks of 2025-11-25, which the server does not declare: `task` changes nothing (2025-11-25, basic/utilities/tasks, "Task Support and Handling").
@Suite(.timeLimit(.minutes(1))) struct TaskMemberTests {
    @Test(arguments: ["plain", "quick"]) func aCallWithATaskIsServedAsEver(_ tool: String) async throws {
        let peer = Peer(revision: .v2025_11_25)
        for server in [TaskStage().server, Server("plain", version: "1") { TaskStage.tools.filter { [tool].contains($0.definition.name) } }] {
            #expect(server.kernel.capabilities(in: .v2025_11_25).json["tasks"] == nil)
            let plain = try await ServedRequest("tools/call", ["name": .string(tool)], at: server, peer)
            let withTask = try await ServedRequest("tools/call", ["name": .string(tool), "task": ["ttl": 60_000]], at: server, peer)
            #expect(withTask.text == tool)
            #expect(withTask.result == plain.result)
            #expect(withTask.result?["task"] == nil)
            // Nothing in it is looked at.
            #expect(try await ServedRequest("tools/call", ["name": .string(tool), "task": "now"], at: server, peer, isValid: false).text == tool)
        }
    }

    @Test func otherRequestsWithATaskAreServedAsEver() async throws {
        let server = Server("plain", version: "1") {
            ServerPrompt("p") { _, _ in [.user("p")] }
            ServerResource("x://a", name: "a") { _ in "a" }
        }
        for (method, params) in [("prompts/get", ["name": "p"]), ("resources/read", ["uri": "x://a"])] as [(String, JSONObject)] {
            var withTask = params
            withTask["task"] = ["ttl": 1]
            let peer = Peer(revision: .v2025_11_25)
            let plain = try await ServedRequest(method, params, at: server, peer).result
            #expect(try await ServedRequest(method, withTask, at: server, peer, isValid: false).result == plain)
        }
    }
}
