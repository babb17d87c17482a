import MCPCore

/// The tasks extension (SEP-2663): life of a task, what is declared, what is on the wire.
enum TaskScenarios {
    static let all = [lifecycle, negotiation, wireFields, requestState] + TaskInputScenarios.all + TaskDispatchScenarios.all

    static func scenario(
        _ name: String, _ summary: String, bindings: Set<Binding> = [.http, .stdio], checks: [Check],
        _ body: @escaping @Sendable (Conversation, ScenarioRun) async throws -> Void
    ) -> Scenario<ServerSubject> {
        Scenario(
            "tasks-\(name)", summary, revisions: .perRequest, bindings: bindings, scoring: .notScored(.extension), checks: checks
        ) { target, run in
            try await target.converse(run, capabilities: TaskConversation.capabilities) { server in
                guard try await TaskConversation.isOffered(by: server) else { throw run.notApplicable("The server does not declare the tasks extension") }
                try await body(server, run)
            }
        }
    }

    private static let lifecycle = scenario(
        "lifecycle", "Tasks from their creation to their end",
        checks: [
            Check("tasks-sync-tool-call", "A tool that needs no task has a complete result without taskId"),
            Check(
                "sep-2663-result-type-task-on-create",
                "A call that becomes a task is answered with the task itself: resultType task, id, status, times, and no result"),
            Check("sep-2663-tasks-get-status-working", "`tasks/get` tells of a task that runs, with its own id"),
            Check("sep-2663-tasks-get-status-completed", "A completed task holds the result of its call"),
            Check("sep-2663-tool-error-uses-completed-status", "A tool that fails ends as completed, with isError in its result"),
            Check("sep-2663-tasks-get-status-failed", "A call that ends in a protocol error fails, with the error and without a result"),
            Check("sep-2663-cancel-ack-empty-result", "`tasks/cancel` is answered with an empty complete result, and the task ends as cancelled"),
            Check("tasks-cancel-terminal-idempotent-ack", "So it is for a task that has ended"),
        ]
    ) { server, run in
        let greeting = try await server.callTool("greet", ["name": "World"]).result()
        let isPlain = greeting["resultType"] == "complete" && greeting["taskId"] == nil && greeting.text.contains("World")
        run.check("tasks-sync-tool-call", isPlain, "the result is \(JSONValue.object(greeting).excerpt)")

        let created = try await server.callTool("slow_compute", ["seconds": 1, "label": "lifecycle"]).result()
        let hasShape =
            created["resultType"] == "task" && created["taskId"]?.string?.isEmpty == false && created["status"] == "working"
            && ["createdAt", "lastUpdatedAt"].allSatisfy { created[$0]?.string?.contains("T") == true }
            && ["task", "result", "error", "inputRequests"].allSatisfy { created[$0] == nil }
        run.check("sep-2663-result-type-task-on-create", hasShape, "it is answered with \(JSONValue.object(created).excerpt)")
        let id = try TaskConversation.id(of: created)
        let working = try await TaskConversation.get(id, server)
        let isWorking = working["taskId"]?.string == id && working["status"]?.string != nil
        run.check("sep-2663-tasks-get-status-working", isWorking, "it is \(JSONValue.object(working).excerpt)")
        let completed = try await TaskConversation.wait(for: id, server)
        let content = completed["result"]?["content"]?.array ?? []
        run.check(
            "sep-2663-tasks-get-status-completed", completed["status"] == "completed" && !content.isEmpty, "it is \(JSONValue.object(completed).excerpt)")

        let failing = try await TaskConversation.wait(for: TaskConversation.create("failing_job", [:], server), server)
        run.check(
            "sep-2663-tool-error-uses-completed-status", failing["status"] == "completed" && failing["result"]?["isError"] == true,
            "it is \(JSONValue.object(failing).excerpt)")
        let broken = try await TaskConversation.wait(for: TaskConversation.create("protocol_error_job", [:], server), server)
        let hasError = broken["error"]?["code"]?.integer != nil && broken["error"]?["message"]?.string != nil
        run.check(
            "sep-2663-tasks-get-status-failed", broken["status"] == "failed" && hasError && broken["result"] == nil,
            "it is \(JSONValue.object(broken).excerpt)")

        let long = try await TaskConversation.create("slow_compute", ["seconds": 60, "label": "cancel"], server)
        let acknowledged = try await server.call("tasks/cancel", ["taskId": .string(long)])
        run.check("sep-2663-cancel-ack-empty-result", TaskConversation.isEmpty(acknowledged), "it is answered with \(acknowledged.seen)")
        let cancelled = try await TaskConversation.wait(for: long, server)
        run.check("sep-2663-cancel-ack-empty-result", cancelled["status"] == "cancelled", "it is \(JSONValue.object(cancelled).excerpt)")
        for ended in [long, id] {
            let again = try await server.call("tasks/cancel", ["taskId": .string(ended)])
            run.check("tasks-cancel-terminal-idempotent-ack", TaskConversation.isEmpty(again), "it is answered with \(again.seen)")
        }
        let status = try await TaskConversation.get(id, server)["status"]
        run.check("tasks-cancel-terminal-idempotent-ack", status == "completed", "a completed task is \(status?.excerpt ?? "nothing") after it")
    }

    private static let negotiation = scenario(
        "capability-negotiation", "What client and server declare",
        checks: [
            Check("tasks-extension-advertised", "The server declares the extension under capabilities.extensions, and no capabilities.tasks"),
            Check(
                "sep-2663-tasks-methods-non-declaring",
                "`tasks/get`, `tasks/update` and `tasks/cancel` are refused with -32021 where the client does not declare it"),
            Check("sep-2663-server-rejects-undeclared-client", "A call of such a client has a plain result"),
            Check("tasks-per-request-meta-opt-in", "A request that declares the extension gets a task"),
        ]
    ) { server, run in
        let capabilities = try await server.serverCapabilities()
        let isDeclared = capabilities["extensions"]?[TaskConversation.extensionID]?.object != nil && capabilities["tasks"] == nil
        run.check("tasks-extension-advertised", isDeclared, "the capabilities are \(JSONValue.object(capabilities).excerpt)")
        for (method, more) in [("tasks/get", [:]), ("tasks/update", ["inputResponses": [:]]), ("tasks/cancel", [:])] as [(String, JSONObject)] {
            var params: JSONObject = ["taskId": "gate-test"]
            params.merge(more)
            let reply = try await server.call(method, params, capabilities: [:])
            let names = reply.error?["data"]?["requiredCapabilities"]?["extensions"]?[TaskConversation.extensionID] != nil
            run.check("sep-2663-tasks-methods-non-declaring", reply.errorCode == -32021 && names, "\(method) is answered with \(reply.seen)")
        }
        let plain = try await server.callTool("slow_compute", ["seconds": 0, "label": "plain"], capabilities: [:])
        let result = plain.response?["result"]
        let isPlain = result?["resultType"] == "complete" && result?["taskId"] == nil && result?["content"]?.array?.isEmpty == false
        run.check("sep-2663-server-rejects-undeclared-client", isPlain, "it is answered with \(plain.seen)")
        let task = try await TaskConversation.create("slow_compute", ["seconds": 60, "label": "opted in"], server)
        run.check("tasks-per-request-meta-opt-in", !task.isEmpty, "there is no task")
        _ = try await server.call("tasks/cancel", ["taskId": .string(task)]).result()
    }

    private static let wireFields = scenario(
        "wire-fields", "Names and types of the members of a task",
        checks: [
            Check("tasks-wire-field-renames", "ttlMs and pollIntervalMs are whole milliseconds; ttl and pollInterval are gone"),
            Check("tasks-no-early-ttl-expiry", "A task that has ended can be asked for until its ttlMs are over"),
            Check("tasks-no-related-task-meta-on-inlined-result", "The result of a task does not name the task in its _meta"),
        ]
    ) { server, run in
        let created = try await server.callTool("slow_compute", ["seconds": 1, "label": "fields"]).result()
        let id = try TaskConversation.id(of: created)
        let ttl = created["ttlMs"]
        run.check(
            "tasks-wire-field-renames", ttl?.isNull == true || ttl?.integer.map { $0 > 0 } == true, "ttlMs is \(ttl?.excerpt ?? "missing")")
        let interval = created["pollIntervalMs"]
        run.check(
            "tasks-wire-field-renames", interval == nil || interval?.integer.map { $0 > 0 } == true, "pollIntervalMs is \(interval?.excerpt ?? "")")
        run.check(
            "tasks-wire-field-renames", created["ttl"] == nil && created["pollInterval"] == nil, "the members are \(created.keys)")
        let ended = try await TaskConversation.wait(for: id, server)
        try await Task.sleep(for: .milliseconds(300))
        let late = try await TaskConversation.get(id, server)
        run.check("tasks-no-early-ttl-expiry", late["taskId"]?.string == id, "it is \(JSONValue.object(late).excerpt)")
        let named = ended["result"]?["_meta"]?["io.modelcontextprotocol/related-task"]
        run.check(
            "tasks-no-related-task-meta-on-inlined-result", ended["result"] != nil && named == nil, "its result is \(ended["result"]?.excerpt ?? "missing")")
    }

    private static let requestState = scenario(
        "request-state-removal", "Tasks have no requestState",
        checks: [
            Check("tasks-request-state-removal-setup", "A call becomes a task"),
            Check("tasks-create-result-no-request-state", "The answer that creates it has no requestState"),
            Check("tasks-get-detailed-no-request-state", "What `tasks/get` tells has none either"),
        ]
    ) { server, run in
        let created = try await server.callTool("slow_compute", ["seconds": 60, "label": "state"]).result()
        let id = try TaskConversation.id(of: created)
        run.check("tasks-request-state-removal-setup", created["resultType"] == "task", "it is answered with \(JSONValue.object(created).excerpt)")
        run.check("tasks-create-result-no-request-state", created["requestState"] == nil, "it is \(created["requestState"]?.excerpt ?? "")")
        let task = try await TaskConversation.get(id, server)
        run.check("tasks-get-detailed-no-request-state", task["requestState"] == nil, "it is \(task["requestState"]?.excerpt ?? "")")
        _ = try await server.call("tasks/cancel", ["taskId": .string(id)]).result()
    }
}
