import MCPCore

/// Requests for input inside results (2026-07-28, "Multi Round-Trip Requests").
enum InputRoundScenarios {
    static let all = [requestState, rounds]

    private static let state = #"{"nonce":"3f8a", "Spaces": [1, 2.0] , "é": "\u00e9"}"#

    static let requestState = Scenario<ClientSubject>.client(
        "sep-2322-client-request-state", "requestState comes back byte for byte, only where there was one, under a new id, and nowhere else.",
        revisions: .perRequest, bindings: [.http, .stdio],
        scoring: .scored,
        checks: [
            Check("sep-2322-client-request-state-echoed", "requestState comes back byte for byte."),
            Check("sep-2322-client-jsonrpc-id-different", "The retry has an id of its own."),
            Check("sep-2322-client-parallel-isolation", "State and answers of one call do not appear in another."),
            Check("sep-2322-client-no-state-omitted", "Where there was no requestState, none comes back."),
            Check("sep-2322-default-result-type-complete", "A result without resultType is complete."),
        ],
        script: { run in
            StandardServer(
                run: run,
                tools: ["test_mrtr_echo_state", "test_mrtr_no_state", "test_mrtr_unrelated", "test_mrtr_no_result_type"].map { StandardServer.tool($0) },
                call: { call, server in
                    if call.name == "test_mrtr_no_result_type" {
                        // Against the schema on purpose: what has no resultType counts as complete.
                        return .message(server.response(.object(StandardServer.content("Done.")), to: call.message), isWrong: true)
                    }
                    if call.name == "test_mrtr_unrelated" || call.message.params["inputResponses"] != nil { return server.text("Done.", to: call.message) }
                    var result: JSONObject = ["resultType": "input_required", "inputRequests": ["confirm": question("confirmed")]]
                    if call.name == "test_mrtr_echo_state" { result["requestState"] = .string(state) }
                    return server.result(result, to: call.message)
                })
        },
        conclude: { run in
            concludeEcho(run)
            let unrelated = run.calls(of: "test_mrtr_unrelated")
            for call in unrelated {
                run.check(
                    "sep-2322-client-parallel-isolation", call.params["requestState"] == nil && call.params["inputResponses"] == nil,
                    "test_mrtr_unrelated got what belongs to another call")
            }
            let stateless = run.calls(of: "test_mrtr_no_state")
            if let retry = stateless.dropFirst().first {
                run.check(
                    "sep-2322-client-no-state-omitted", retry.params["requestState"] == nil && isAnswered(retry, "confirm"),
                    "there was no requestState to send back; found \(retry.params.serializedString)")
            }
            let untyped = run.calls(of: "test_mrtr_no_result_type")
            if !untyped.isEmpty {
                run.check("sep-2322-default-result-type-complete", untyped.count == 1, "a result without resultType is complete, and asks for no retry")
            }
        })

    private static func concludeEcho(_ run: ClientRun) {
        let calls = run.calls(of: "test_mrtr_echo_state")
        guard calls.count > 1 else { return }
        let (first, retry) = (calls[0], calls[1])
        run.check(
            "sep-2322-client-request-state-echoed",
            retry.params["requestState"]?.string.map { $0.utf8.elementsEqual(state.utf8) } == true && isAnswered(retry, "confirm"),
            "requestState must come back as it was; found \(retry.params["requestState"]?.serializedString ?? "none")")
        run.check("sep-2322-client-jsonrpc-id-different", retry.id != first.id, "the retry is another request, with an id of its own")
    }

    private static func question(_ field: String) -> JSONValue {
        [
            "method": "elicitation/create",
            "params": [
                "mode": "form", "message": "Please confirm.",
                "requestedSchema": ["type": "object", "properties": .object([field: ["type": "boolean", "default": true]])],
            ],
        ]
    }

    private static func isAnswered(_ message: ClientMessage, _ key: String) -> Bool {
        message.params["inputResponses"]?[key]?["action"]?.string != nil
    }

    private static let walk = Walkthrough(calls: [.init(name: "two_rounds", arguments: ["n": 1])])

    static let rounds = Scenario<ClientSubject>.client(
        "client-input-rounds", "Two questions in the first round, one in the second: each round has exactly its own answers and the newest state.",
        revisions: .perRequest, bindings: [.http, .stdio], context: walk.context,
        checks: [
            Check("client-input-rounds-first", "The second request answers both questions of the first round."),
            Check("client-input-rounds-second", "The third request answers the question of the second round, and no other."),
            Check("client-input-rounds-arguments", "Each round repeats the arguments unchanged."),
            Check("client-input-rounds-result", "The result of the last round is the result of the call."),
        ],
        script: { run in
            StandardServer(
                run: run, tools: walk.tools,
                call: { call, server in
                    let questions: JSONObject? =
                        switch call.message.params["requestState"]?.string {
                        case nil: ["one": question("a"), "two/…": question("b")]
                        case "first": ["three": question("c")]
                        default: nil
                        }
                    guard let questions else { return server.text("Both rounds.", to: call.message) }
                    return server.result(
                        [
                            "resultType": "input_required", "inputRequests": .object(questions),
                            "requestState": call.message.params["requestState"] == nil ? "first" : "second",
                        ], to: call.message)
                })
        },
        conclude: { run in
            let calls = run.calls(of: "two_rounds")
            func keys(_ index: Int) -> [String]? {
                calls.indices.contains(index) ? calls[index].params["inputResponses"]?.object?.keys.sorted() : nil
            }
            if calls.count > 1 {
                run.check(
                    "client-input-rounds-first", keys(1) == ["one", "two/…"] && calls[1].params["requestState"] == "first",
                    "the second request answers one and two/…, with the state first; found \(calls[1].params.serializedString)")
            }
            if calls.count > 2 {
                run.check(
                    "client-input-rounds-second", keys(2) == ["three"] && calls[2].params["requestState"] == "second",
                    "the third request answers three alone, with the state second; found \(calls[2].params.serializedString)")
                run.check(
                    "client-input-rounds-arguments", calls.allSatisfy { $0.params["arguments"] == ["n": 1] }, "each round repeats the arguments unchanged")
            }
            run.checkReport("client-input-rounds-result", 0, ["text": "Both rounds."], "the result of the last round is the result of the call")
        })
}
