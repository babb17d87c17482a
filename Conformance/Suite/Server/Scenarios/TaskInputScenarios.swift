import MCPCore

/// Tasks that ask, and tasks that are told of (SEP-2663).
enum TaskInputScenarios {
    static let all = [input, composition, notifications]

    private static let input = TaskScenarios.scenario(
        "mrtr-input", "Tasks that ask while they run",
        checks: [
            Check("sep-2663-tasks-get-status-input-required", "A task that waits for answers is input_required, and says what it asks"),
            Check("tasks-mrtr-tasks-update-resumes", "`tasks/update` with the answer is acknowledged, and the task goes on to its end"),
            Check("tasks-mrtr-partial-fulfillment", "A task with two questions goes on asking for the one that is left"),
        ]
    ) { server, run in
        let single = try await TaskConversation.create("confirm_delete", ["filename": "conformance.txt"], server)
        let questions = try await TaskConversation.waitForQuestions(1, of: single, server)
        let areQuestions = questions.allSatisfy { $0.value["method"]?.string?.isEmpty == false }
        run.check("sep-2663-tasks-get-status-input-required", areQuestions, "it asks \(JSONValue.object(questions).excerpt)")
        let update = try await server.call(
            "tasks/update", ["taskId": .string(single), "inputResponses": .object(TaskConversation.answers(to: questions))])
        run.check("tasks-mrtr-tasks-update-resumes", TaskConversation.isEmpty(update), "it is answered with \(update.seen)")
        let ended = try await TaskConversation.wait(for: single, server)
        run.check("tasks-mrtr-tasks-update-resumes", ended["status"] == "completed", "it is \(JSONValue.object(ended).excerpt)")

        let double = try await TaskConversation.create("multi_input", [:], server)
        let both = try await TaskConversation.waitForQuestions(2, of: double, server)
        let answers = TaskConversation.answers(to: both)
        for (index, key) in both.keys.enumerated() {
            let part: JSONObject = [key: answers[key] ?? .null]
            let update = try await server.call("tasks/update", ["taskId": .string(double), "inputResponses": .object(part)])
            run.check("tasks-mrtr-partial-fulfillment", TaskConversation.isEmpty(update), "it is answered with \(update.seen)")
            guard index == 0 else { continue }
            // The acknowledgement may come before the task shows what was answered.
            let left = try await TaskConversation.wait(for: double, until: { $0["inputRequests"]?[key] == nil }, server)
            let keys = left["inputRequests"]?.object?.keys ?? []
            run.check(
                "tasks-mrtr-partial-fulfillment", left["status"] == "input_required" && keys == both.keys.filter { $0 != key },
                "it is \(JSONValue.object(left).excerpt)")
        }
        let last = try await TaskConversation.wait(for: double, server)
        run.check("tasks-mrtr-partial-fulfillment", last["status"] == "completed", "it is \(JSONValue.object(last).excerpt)")
    }

    private static let composition = TaskScenarios.scenario(
        "mrtr-composition", "A call that asks first, and becomes a task then",
        checks: [
            Check("sep-2663-mrtr-synchronous-before-task-creation", "The first round asks without a task, the second is the task, whose result uses the answer")
        ]
    ) { server, run in
        let check = "sep-2663-mrtr-synchronous-before-task-creation"
        let first = try await server.callTool("test_tool_with_task", [:])
        let asks = InputRequiredScenarios.questions(of: first)?.isEmpty == false && first.response?["result"]?["taskId"] == nil
        run.check(check, asks, "it is answered with \(first.seen)")
        guard asks else { return }
        let second = try await server.callTool("test_tool_with_task", [:], more: InputRequiredScenarios.answers(to: first)).result()
        let id = try TaskConversation.id(of: second)
        run.check(check, second["requestState"] == nil && second["inputRequests"] == nil, "it is answered with \(JSONValue.object(second).excerpt)")
        let ended = try await TaskConversation.wait(for: id, server)
        let text = ended["result"]?["content"]?.serializedString ?? ""
        run.check(check, ended["status"] == "completed" && text.contains(FormAnswers.name), "it is \(JSONValue.object(ended).excerpt)")
    }

    private static let notifications = TaskScenarios.scenario(
        "status-notifications", "Tasks that are told of on a subscription",
        checks: [Check("tasks-status-notifications", "`subscriptions/listen` with the id of a task tells of its end, with the subscription's id")]
    ) { server, run in
        let id = try await TaskConversation.create("slow_compute", ["seconds": 1, "label": "told"], server)
        let stream = try await SubscriptionScenarios.listen(server, ["taskIds": [.string(id)]])
        guard stream.first["params"]?["notifications"]?["taskIds"]?.array?.isEmpty == false else {
            // A server may leave this to polling (SEP-2663, "Task Status Notifications").
            throw run.notApplicable("The server does not tell of tasks on subscriptions")
        }
        var task: JSONObject = [:]
        while task["status"] != "completed", let told = try await stream.exchange.next() {
            let holds = told["method"] == "notifications/tasks" && stream.isTagged(told) && told["params"]?["taskId"]?.string == id
            run.check("tasks-status-notifications", holds, "\(told.excerpt) comes")
            task = told["params"]?.object ?? [:]
        }
        run.check("tasks-status-notifications", task["result"]?["content"]?.array?.isEmpty == false, "the last is \(JSONValue.object(task).excerpt)")
        try await SubscriptionScenarios.end(stream, server)
    }
}
