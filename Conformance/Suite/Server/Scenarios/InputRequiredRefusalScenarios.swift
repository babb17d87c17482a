import MCPCore

/// Answers that are missing, wrong or forged, and questions that may not be asked (2026-07-28, basic/patterns/mrtr).
enum InputRequiredRefusalScenarios {
    private typealias Rounds = InputRequiredScenarios

    static let all = [missing, nonTool, resultType, unsupported, tampered, otherCall, capabilities, extra, invalid]

    private static let missing = Rounds.scenario(
        "missing-input-response", "An answer to something that was not asked",
        [Check("sep-2322-missing-response-rerequests", "The server asks again for what it needs")]
    ) { server, run in
        let first = try await server.callTool("test_input_required_result_elicitation", [:])
        guard Rounds.asksForName(first, "sep-2322-missing-response-rerequests", run) else { return }
        for responses in [["wrong_key": ["action": "accept", "content": ["data": "wrong"]]], [:]] as [JSONValue] {
            var members = Rounds.answers(to: first)
            members["inputResponses"] = responses
            let second = try await server.callTool("test_input_required_result_elicitation", [:], more: members)
            run.check(
                "sep-2322-missing-response-rerequests", !Rounds.isComplete(second), "without an answer the call ends with \(second.seen)")
            run.recommend(
                "sep-2322-missing-response-rerequests", Rounds.questions(of: second)?["user_name"] != nil, "it is answered with \(second.seen)")
        }
    }

    private static let nonTool = Rounds.scenario(
        "non-tool-request", "A prompt that asks",
        [
            Check("sep-2322-non-tool-incomplete", "`prompts/get` of test_input_required_result_prompt ends with inputRequests that hold user_context"),
            Check("sep-2322-non-tool-complete", "Made again with the answer, it ends with messages that use it"),
        ]
    ) { server, run in
        let params: JSONObject = ["name": "test_input_required_result_prompt"]
        let first = try await server.call("prompts/get", params)
        let isAsked = Rounds.questions(of: first)?["user_context"]?["method"] == "elicitation/create"
        run.check("sep-2322-non-tool-incomplete", isAsked, "it is answered with \(first.seen)")
        guard isAsked else { return }
        var again = params
        again.merge(Rounds.answers(to: first))
        let second = try await server.call("prompts/get", again)
        run.check("sep-2322-non-tool-complete", Rounds.isComplete(second), "it is answered with \(second.seen)")
        let messages = try second.result()["messages"]?.serializedString ?? ""
        run.check("sep-2322-non-tool-complete", messages.contains(FormAnswers.name), "the messages are \(messages)")
    }

    private static let resultType = Rounds.scenario(
        "result-type", "The type of a result that asks", [Check("sep-2322-result-type-included", "resultType says input_required")]
    ) { server, run in
        let reply = try await server.callTool("test_input_required_result_elicitation", [:])
        let result = try reply.result()
        run.check("sep-2322-result-type-included", result["resultType"] == "input_required", "it is answered with \(reply.seen)")
    }

    private static let unsupported = Rounds.scenario(
        "unsupported-methods", "Methods that may not ask",
        [Check("sep-2322-not-on-unsupported-requests", "Lists, completion and discovery have complete results")]
    ) { server, run in
        let completion: JSONObject = [
            "ref": ["type": "ref/prompt", "name": "test_prompt_with_arguments"], "argument": ["name": "arg1", "value": "p"],
        ]
        for (method, params) in [
            ("tools/list", nil), ("prompts/list", nil), ("resources/list", nil), ("resources/templates/list", nil), ("server/discover", nil),
            ("completion/complete", completion),
        ] {
            let reply = try await server.call(method, params)
            run.check("sep-2322-not-on-unsupported-requests", Rounds.isComplete(reply), "\(method) is answered with \(reply.seen)")
        }
    }

    private static let tampered = Rounds.scenario(
        "tampered-state", "A requestState that was changed", [Check("sep-2322-reject-tampered-state", "It is refused with a JSON-RPC error")]
    ) { server, run in
        let tool = "test_input_required_result_tampered_state"
        let first = try await server.callTool(tool, [:])
        guard let state = first.response?["result"]?["requestState"]?.string, !state.isEmpty else {
            run.check("sep-2322-reject-tampered-state", false, "there is no requestState to change: \(first.seen)")
            return
        }
        var answers = Rounds.answers(to: first)
        // The last character of a text in Base64 may hold bits that count for nothing: one in the middle always counts.
        var characters = Array(state)
        let middle = characters.count / 2
        characters[middle] = characters[middle] == "A" ? "B" : "A"
        for forged in [String(characters), state + "-TAMPERED", String(state.dropLast(4))] {
            answers["requestState"] = .string(forged)
            let reply = try await server.callTool(tool, [:], more: answers)
            run.check("sep-2322-reject-tampered-state", reply.error != nil, "\(forged.prefix(60)) is answered with \(reply.seen)")
        }
    }

    private static let otherCall = Scenario<ServerSubject>(
        "input-required-result-state-of-another-call", "A requestState that belongs to another call", revisions: .perRequest, scoring: .additional,
        checks: [Check("mrtr-state-bound-to-request", "A requestState is not taken for another tool")]
    ) { target, run in
        try await target.converse(run, capabilities: FormAnswers.capabilities) { server in
            let first = try await server.callTool("test_input_required_result_request_state", [:])
            guard first.response?["result"]?["requestState"]?.string?.isEmpty == false else {
                run.check("mrtr-state-bound-to-request", false, "there is no requestState: \(first.seen)")
                return
            }
            let other = try await server.callTool("test_input_required_result_tampered_state", [:])
            guard Rounds.questions(of: other)?.isEmpty == false else {
                run.check("mrtr-state-bound-to-request", false, "the other tool asks nothing: \(other.seen)")
                return
            }
            let reply = try await server.callTool("test_input_required_result_tampered_state", [:], more: Rounds.answers(to: first))
            run.check("mrtr-state-bound-to-request", !Rounds.isComplete(reply), "it is answered with \(reply.seen)")
        }
    }

    private static let capabilities = Rounds.scenario(
        "capability-check", "What the client has declared",
        [
            Check(
                "sep-2322-respect-client-capabilities", "The server asks the model where the request declares sampling, and never for what is not declared")
        ]
    ) { server, run in
        let methods = ["elicitation": "elicitation/create", "sampling": "sampling/createMessage", "roots": "roots/list"]
        for (capability, method) in methods.sorted(by: { $0.key < $1.key }) {
            let reply = try await server.callTool("test_input_required_result_capabilities", [:], capabilities: [capability: [:]])
            let asked = (Rounds.questions(of: reply) ?? [:]).compactMap { $0.value["method"]?.string }
            // A server may have nothing to ask of some; that it has of a model is what shows that it asks at all.
            let isRight = asked.allSatisfy { $0 == method } && (capability != "sampling" || !asked.isEmpty)
            run.check("sep-2322-respect-client-capabilities", isRight, "with \(capability) declared it is answered with \(reply.seen)")
        }
        let none = try await server.callTool("test_input_required_result_capabilities", [:], capabilities: [:])
        run.check(
            "sep-2322-respect-client-capabilities", Rounds.questions(of: none) == nil, "with nothing declared it is answered with \(none.seen)")
    }

    private static let extra = Rounds.scenario(
        "ignore-extra-params", "More answers than were asked for",
        [Check("sep-2322-ignore-unexpected-params", "Answers to what was not asked are ignored; the call ends with a result")]
    ) { server, run in
        let tool = "test_input_required_result_elicitation"
        let first = try await server.callTool(tool, [:])
        guard Rounds.asksForName(first, "sep-2322-ignore-unexpected-params", run) else { return }
        var answers = Rounds.answers(to: first)
        var responses = answers["inputResponses"]?.object ?? [:]
        responses["unexpected"] = ["action": "accept", "content": ["data": "ignored"]]
        answers["inputResponses"] = .object(responses)
        let second = try await server.callTool(tool, [:], more: answers)
        run.check("sep-2322-ignore-unexpected-params", Rounds.isComplete(second), "it is answered with \(second.seen)")
    }

    private static let invalid = Rounds.scenario(
        "validate-input", "Answers that are none",
        [
            Check("sep-2322-validate-input-responses", "An answer that is no object, or does not fit the form, is refused or asked for again"),
            Check("sep-2322-error-on-protocol-error", "inputResponses that are no object are refused or ignored"),
        ]
    ) { server, run in
        let tool = "test_input_required_result_elicitation"
        let first = try await server.callTool(tool, [:])
        guard Rounds.asksForName(first, "sep-2322-validate-input-responses", run) else { return }
        func again(_ responses: JSONValue) async throws -> Reply {
            var members = Rounds.answers(to: first)
            members["inputResponses"] = responses
            return try await server.callTool(tool, [:], more: members)
        }
        for answer in [12345, "yes", ["action": "perhaps"], ["action": "accept", "content": ["name": 5]]] as [JSONValue] {
            let reply = try await again(["user_name": answer])
            run.recommend(
                "sep-2322-validate-input-responses", reply.response != nil && !Rounds.isComplete(reply),
                "\(answer.excerpt) is answered with \(reply.seen)")
        }
        for responses in [nil, 5, []] as [JSONValue] {
            let reply = try await again(responses)
            run.recommend(
                "sep-2322-error-on-protocol-error", reply.response != nil && !Rounds.isComplete(reply),
                "\(responses.excerpt) is answered with \(reply.seen)")
        }
    }
}
