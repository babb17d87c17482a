import MCPCore

/// Calls that end with a question and are made again with the answer (2026-07-28, basic/patterns/mrtr).
enum InputRequiredScenarios {
    static let all =
        [elicitation, sampling, listRoots, requestState, multipleInputs, multiRound] + InputRequiredRefusalScenarios.all

    static func scenario(
        _ name: String, _ summary: String, _ checks: [Check], _ body: @escaping @Sendable (Conversation, ScenarioRun) async throws -> Void
    ) -> Scenario<ServerSubject> {
        Scenario("input-required-result-\(name)", summary, revisions: .perRequest, checks: checks) { target, run in
            try await target.converse(run, capabilities: FormAnswers.capabilities) { try await body($0, run) }
        }
    }

    /// The questions of a result that asks for input.
    static func questions(of reply: Reply) -> JSONObject? {
        guard let result = reply.response?["result"], result["resultType"] == "input_required" else { return nil }
        return result["inputRequests"]?.object
    }

    /// Whether a call of test_input_required_result_elicitation asks for the name, without which nothing can be seen of what becomes of answers.
    static func asksForName(_ first: Reply, _ check: String, _ run: ScenarioRun) -> Bool {
        let asks = questions(of: first)?["user_name"] != nil
        run.check(check, asks, "the first call is to ask for user_name, but is answered with \(first.seen)")
        return asks
    }

    /// Whether a reply is a result that asks nothing, and is no error of a tool.
    static func isComplete(_ reply: Reply) -> Bool {
        guard let result = reply.response?["result"]?.object else { return false }
        return result["resultType"] == "complete" && !result.isError
    }

    /// The members with which the call is made again.
    static func answers(to reply: Reply) -> JSONObject {
        var members: JSONObject = [:]
        var responses: JSONObject = [:]
        for (key, question) in questions(of: reply) ?? [:] {
            let method = question["method"]?.string ?? ""
            responses[key] = FormAnswers.result(method, question["params"]?.object ?? [:]).map(JSONValue.object)
        }
        members["inputResponses"] = .object(responses)
        members["requestState"] = reply.response?["result"]?["requestState"]
        return members
    }

    private static func oneQuestion(_ name: String, _ check: String, tool: String, key: String, method: JSONValue, says: String?) -> Scenario<ServerSubject> {
        scenario(
            "basic-\(name)", "A tool that asks with \(method.string ?? "")",
            [
                Check("sep-2322-\(check)-incomplete", "The call ends with inputRequests that hold \(key), of the method \(method.string ?? "")"),
                Check("sep-2322-\(check)-complete", "Made again with the answer, it ends with a result that uses it"),
            ]
        ) { server, run in
            let first = try await server.callTool(tool, [:])
            let question = questions(of: first)?[key]
            run.check("sep-2322-\(check)-incomplete", question?["method"] == method, "it is answered with \(first.seen)")
            guard question != nil else { return }
            let second = try await server.callTool(tool, [:], more: answers(to: first))
            run.check("sep-2322-\(check)-complete", isComplete(second), "it is answered with \(second.seen)")
            let text = try second.result().text
            run.check("sep-2322-\(check)-complete", !text.isEmpty && says.map(text.contains) ?? true, "the text is \(text)")
        }
    }

    private static let elicitation = oneQuestion(
        "elicitation", "elicitation", tool: "test_input_required_result_elicitation", key: "user_name", method: "elicitation/create",
        says: FormAnswers.name)
    private static let sampling = oneQuestion(
        "sampling", "sampling", tool: "test_input_required_result_sampling", key: "capital_question", method: "sampling/createMessage",
        says: FormAnswers.sampled)
    private static let listRoots = oneQuestion(
        "list-roots", "list-roots", tool: "test_input_required_result_list_roots", key: "client_roots", method: "roots/list", says: nil)

    private static let requestState = scenario(
        "request-state", "A state that travels with the question",
        [
            Check("sep-2322-request-state-incomplete", "The call ends with inputRequests and a requestState, which is a string"),
            Check("sep-2322-request-state-complete", "Made again with both, it ends with a result that says state-ok"),
        ]
    ) { server, run in
        let tool = "test_input_required_result_request_state"
        let first = try await server.callTool(tool, [:])
        let state = first.response?["result"]?["requestState"]?.string ?? ""
        let isAsked = questions(of: first)?.isEmpty == false && !state.isEmpty
        run.check("sep-2322-request-state-incomplete", isAsked, "it is answered with \(first.seen)")
        guard isAsked else { return }
        let second = try await server.callTool(tool, [:], more: answers(to: first))
        run.check("sep-2322-request-state-complete", isComplete(second), "it is answered with \(second.seen)")
        let text = try second.result().text
        run.check("sep-2322-request-state-complete", text.contains("state-ok"), "the text is \(text)")
    }

    private static let multipleInputs = scenario(
        "multiple-input-requests", "Several questions at once",
        [
            Check("sep-2322-multiple-inputs-incomplete", "The call asks for a form, a sample and the roots at once, with a requestState"),
            Check("sep-2322-multiple-inputs-complete", "Made again with all answers, it ends with a result"),
        ]
    ) { server, run in
        let tool = "test_input_required_result_multiple_inputs"
        let first = try await server.callTool(tool, [:])
        let asked = questions(of: first) ?? [:]
        let methods = Set(asked.compactMap { $0.value["method"]?.string })
        let isAsked =
            methods.isSuperset(of: ["elicitation/create", "sampling/createMessage", "roots/list"])
            && first.response?["result"]?["requestState"]?.string?.isEmpty == false
        run.check("sep-2322-multiple-inputs-incomplete", isAsked, "it is answered with \(first.seen)")
        guard isAsked else { return }
        let second = try await server.callTool(tool, [:], more: answers(to: first))
        run.check("sep-2322-multiple-inputs-complete", isComplete(second), "it is answered with \(second.seen)")
    }

    private static let multiRound = scenario(
        "multi-round", "Questions one after the other",
        [
            Check("sep-2322-multi-round-r1", "The first round asks, with a requestState"),
            Check("sep-2322-multi-round-r2", "The second asks something else, with another requestState"),
            Check("sep-2322-multi-round-r3", "The third ends with a result"),
        ]
    ) { server, run in
        let tool = "test_input_required_result_multi_round"
        let first = try await server.callTool(tool, [:])
        func state(_ reply: Reply) -> String { reply.response?["result"]?["requestState"]?.string ?? "" }
        run.check("sep-2322-multi-round-r1", questions(of: first)?.count == 1 && !state(first).isEmpty, "it is answered with \(first.seen)")
        let second = try await server.callTool(tool, [:], more: answers(to: first))
        let isNew =
            questions(of: second)?.isEmpty == false && questions(of: second)?.keys != questions(of: first)?.keys
            && !state(second).isEmpty && state(second) != state(first)
        run.check("sep-2322-multi-round-r2", isNew, "it is answered with \(second.seen)")
        let third = try await server.callTool(tool, [:], more: answers(to: second))
        run.check("sep-2322-multi-round-r3", isComplete(third), "it is answered with \(third.seen)")
    }
}
