import MCPCore

/// Methods, envelopes, headers and refusals of the tasks extension (SEP-2663).
enum TaskDispatchScenarios {
    static let all = [headers, dispatch, required]

    private static let headers = TaskScenarios.scenario(
        "request-headers", "Mcp-Method and Mcp-Name of tasks", bindings: [.http],
        checks: [
            Check("tasks-headers-tolerate-mcp-method-on-tools-call", "A call with its header is served"),
            Check("sep-2663-routing-headers-accepted-on-tasks-get", "`tasks/get` with the id of the task in Mcp-Name is served"),
            Check("tasks-headers-reject-mismatched-method", "A call with the method of another request is refused with -32020"),
            Check("sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get", "`tasks/get` with another id in Mcp-Name is refused with -32020"),
        ]
    ) { server, run in
        let greeting = try await server.callTool("greet", ["name": "headers"])
        run.check("tasks-headers-tolerate-mcp-method-on-tools-call", InputRequiredScenarios.isComplete(greeting), "it is answered with \(greeting.seen)")
        let id = try await TaskConversation.create("slow_compute", ["seconds": 60, "label": "headers"], server)
        let task = try await server.call("tasks/get", ["taskId": .string(id)])
        run.check(
            "sep-2663-routing-headers-accepted-on-tasks-get", task.response?["result"]?["taskId"]?.string == id, "it is answered with \(task.seen)")
        func refused(_ check: String, _ method: String, _ params: JSONObject, _ headers: [(String, String?)]) async throws {
            let reply = try await server.finish(server.open(server.request(method, params), headers: headers))
            run.check(check, reply.errorCode == -32020 && reply.status == 400, "it is answered with \(reply.seen)")
        }
        try await refused("tasks-headers-reject-mismatched-method", "tools/call", ["name": "greet", "arguments": ["name": "x"]], [("Mcp-Method", "tasks/get")])
        let check = "sep-2663-server-rejects-mismatched-mcp-name-on-tasks-get"
        try await refused(check, "tasks/get", ["taskId": .string(id)], [("Mcp-Name", "another-task")])
        _ = try await server.call("tasks/cancel", ["taskId": .string(id)]).result()
    }

    private static let dispatch = TaskScenarios.scenario(
        "dispatch-and-envelope", "What is gone, what is ignored, and the form of every answer",
        checks: [
            Check("sep-2663-tasks-result-removed-method-not-found", "`tasks/result` is not found"),
            Check("tasks-removed-tasks-list", "`tasks/list` is not found"),
            Check("tasks-server-directed-creation-no-hint", "The server makes a task without being asked for one"),
            Check("sep-2663-legacy-task-param-ignored", "The older parameter task is passed over"),
            Check("tasks-immediate-result-shortcut", "A call that takes no time has a result, or is a task"),
            Check("tasks-result-type-complete-on-non-task-responses", "All other answers have the resultType complete"),
            Check("sep-2663-durable-create-strong-consistency", "A task can be asked for as soon as it was told of"),
            Check("sep-2663-tasks-get-invalid-task-id-32602", "A task that does not exist is answered with -32602"),
        ]
    ) { server, run in
        for (method, check) in [("tasks/result", "sep-2663-tasks-result-removed-method-not-found"), ("tasks/list", "tasks-removed-tasks-list")] {
            let reply = try await server.call(method, method == "tasks/list" ? [:] : ["taskId": "any"])
            run.check(check, reply.errorCode == -32601, "it is answered with \(reply.seen)")
        }
        let undirected = try await server.callTool("failing_job", [:])
        run.check(
            "tasks-server-directed-creation-no-hint", undirected.response?["result"]?["resultType"] == "task", "it is answered with \(undirected.seen)")
        let legacy = try await server.callTool("greet", ["name": "legacy"], more: ["task": ["ttl": 60_000, "pollInterval": 100]])
        run.check(
            "sep-2663-legacy-task-param-ignored", InputRequiredScenarios.isComplete(legacy) && legacy.response?["result"]?["resultType"] == "complete",
            "it is answered with \(legacy.seen)")
        let instant = try await server.callTool("slow_compute", ["seconds": 0, "label": "instant"]).result()
        let holds = instant["resultType"] == "task" ? instant["taskId"]?.string != nil : instant["content"]?.array != nil
        run.check("tasks-immediate-result-shortcut", holds, "it is answered with \(JSONValue.object(instant).excerpt)")

        let long = try await TaskConversation.create("slow_compute", ["seconds": 60, "label": "consistency"], server)
        let got = try await server.call("tasks/get", ["taskId": .string(long)])
        run.check(
            "sep-2663-durable-create-strong-consistency", got.response?["result"]?["taskId"]?.string == long, "it is answered with \(got.seen)")
        let asking = try await TaskConversation.create("confirm_delete", ["filename": "envelope.txt"], server)
        _ = try await TaskConversation.waitForQuestions(1, of: asking, server)
        let update = try await server.call("tasks/update", ["taskId": .string(asking), "inputResponses": ["unknown-key": ["action": "cancel"]]])
        let cancel = try await server.call("tasks/cancel", ["taskId": .string(long)])
        for reply in [try await server.callTool("greet", ["name": "envelope"]), got, update, cancel] {
            run.check(
                "tasks-result-type-complete-on-non-task-responses", reply.response?["result"]?["resultType"] == "complete",
                "\(reply.method) is answered with \(reply.seen)")
        }
        _ = try await server.call("tasks/cancel", ["taskId": .string(asking)]).result()
        let unknown = try await server.call("tasks/get", ["taskId": "tasks-conformance-nonexistent-12345"])
        run.check("sep-2663-tasks-get-invalid-task-id-32602", unknown.errorCode == -32602, "it is answered with \(unknown.seen)")
    }

    private static let required = TaskScenarios.scenario(
        "required-task-error", "A tool that can only run as a task",
        checks: [
            Check("sep-2663-server-returns-missing-capability-when-required", "A client that does not declare the extension is refused with -32021"),
            Check("sep-2663-server-returns-missing-capability-data-shape", "The data of the error names the extension"),
        ]
    ) { server, run in
        let reply = try await server.callTool("failing_job", [:], capabilities: [:])
        run.check("sep-2663-server-returns-missing-capability-when-required", reply.errorCode == -32021, "it is answered with \(reply.seen)")
        let named = reply.error?["data"]?["requiredCapabilities"]?["extensions"]?[TaskConversation.extensionID]
        run.recommend("sep-2663-server-returns-missing-capability-data-shape", named != nil, "it is answered with \(reply.seen)")
    }
}
