import HTTPTypes
import MCPCore
import Synchronization

/// Faults of calls that end with a question.
enum InputRequiredMutants {
    private static let elicitation = "test_input_required_result_elicitation"

    /// Changes a question.
    private static func renamed(_ matches: @escaping @Sendable (WireRequest) -> Bool, _ key: String) -> WireMutation {
        .resultWhere(matches) { result in
            result.changeObject("inputRequests") { requests in
                guard let question = requests.removeValue(forKey: key) else { return }
                requests["another_key"] = question
            }
        }
    }

    private static func complete(_ text: String) -> JSONObject { ["resultType": "complete", "content": [["type": "text", "text": .string(text)]]] }

    private static func answers(_ request: WireRequest) -> JSONObject? { request.params["inputResponses"]?.object }

    static let all = [
        ServerMutant(
            "forgets-the-answer", "An answer is not used", at: .v2026_07_28, fails: ["input-required-result-basic-elicitation"],
            .resultWhere({ $0.tool == elicitation && $0.params["inputResponses"] != nil }) { if $0["content"] != nil { $0 = complete("Hello!") } }),
        ServerMutant(
            "renamed-sample", "A question has another key", at: .v2026_07_28, fails: ["input-required-result-basic-sampling"],
            renamed({ $0.tool == "test_input_required_result_sampling" }, "capital_question")),
        ServerMutant(
            "renamed-roots", "A question has another key", at: .v2026_07_28, fails: ["input-required-result-basic-list-roots"],
            renamed({ $0.tool == "test_input_required_result_list_roots" }, "client_roots")),
        ServerMutant(
            "forgets-the-state", "What the state held is lost", at: .v2026_07_28, fails: ["input-required-result-request-state"],
            .resultWhere({ $0.tool == "test_input_required_result_request_state" && $0.params["requestState"] != nil }) { $0 = complete("no state") }),
        ServerMutant(
            "one-question-less", "A question of several is left out", at: .v2026_07_28, fails: ["input-required-result-multiple-input-requests"],
            .tool("test_input_required_result_multiple_inputs") { $0.changeObject("inputRequests") { $0["greeting"] = nil } }),
        ServerMutant(
            "one-round-only", "The second round has no question", at: .v2026_07_28, fails: ["input-required-result-multi-round"],
            .resultWhere({ $0.tool == "test_input_required_result_multi_round" && answers($0)?["step1"] != nil }) { $0 = complete("Done.") }),
        ServerMutant(
            "takes-any-key", "An answer under a wrong key counts", at: .v2026_07_28, fails: ["input-required-result-missing-input-response"],
            .replace({ $0.tool == elicitation && answers($0)?["wrong_key"] != nil }) { _ in complete("Hello!") }),
        ServerMutant(
            "silent-prompt", "A prompt asks under another key", at: .v2026_07_28, fails: ["input-required-result-non-tool-request"],
            renamed({ $0.method == "prompts/get" }, "user_context")),
        ServerMutant(
            "untyped-question", "A result that asks has no resultType", at: .v2026_07_28,
            fails: [
                "input-required-result-basic-elicitation", "input-required-result-result-type", "input-required-result-missing-input-response",
                "input-required-result-ignore-extra-params", "input-required-result-validate-input",
            ], .resultWhere({ $0.tool == elicitation }) { if $0["inputRequests"] != nil { $0["resultType"] = nil } }),
        ServerMutant(
            "asking-discovery", "Completion asks", at: .v2026_07_28, fails: ["input-required-result-unsupported-methods", "completion-complete"],
            .replace({ $0.method == "completion/complete" && $0.params["ref"] != nil }) { _ in
                ["resultType": "input_required", "inputRequests": ["roots": ["method": "roots/list", "params": [:]]]]
            }),
        ServerMutant(
            "mends-states", "What follows a state is cut off", at: .v2026_07_28, fails: ["input-required-result-tampered-state"],
            .request { request in
                if let state = request.params["requestState"]?.string, state.hasSuffix("-TAMPERED") {
                    request.params["requestState"] = .string(String(state.dropLast("-TAMPERED".count)))
                }
            }),
        unboundState,
        ServerMutant(
            "asks-undeclared", "What the client has not declared is asked", at: .v2026_07_28, fails: ["input-required-result-capability-check"],
            .request { if $0.tool == "test_input_required_result_capabilities" { $0.capabilities["elicitation"] = [:] } }),
        ServerMutant(
            "fussy-about-answers", "More answers than were asked for are refused", at: .v2026_07_28,
            fails: ["input-required-result-ignore-extra-params"],
            .message { message, request in
                guard answers(request)?["unexpected"] != nil else { return .keep }
                message["result"] = nil
                message["error"] = ["code": -32602, "message": "Too many answers"]
                return .keep
            }),
        ServerMutant(
            "unchecked-answers", "An answer of any kind counts", at: .v2026_07_28, fails: ["input-required-result-validate-input"],
            .replace({ $0.tool == elicitation && answers($0)?["user_name"].map { $0["action"]?.string == nil } == true }) { _ in complete("Hello!") },
            .head { status, _, request in if request.tool == elicitation { status = .ok } }),
    ]

    /// Remembers the states that were given out, for whatever call.
    private static let unboundState: ServerMutant = {
        let issued = IssuedStates()
        return ServerMutant(
            "unbound-state", "The state of one call is taken for another", at: .v2026_07_28, fails: ["input-required-result-state-of-another-call"],
            .message { message, _ in
                if let state = message["result"]?["requestState"]?.string { issued.insert(state) }
                return .keep
            },
            .message { message, request in
                guard request.tool == "test_input_required_result_tampered_state", message["error"] != nil,
                    let state = request.params["requestState"]?.string, issued.contains(state)
                else { return .keep }
                message["error"] = nil
                message["result"] = .object(complete("kept"))
                return .keep
            },
            .head { status, _, request in
                if request.tool == "test_input_required_result_tampered_state", let state = request.params["requestState"]?.string,
                    issued.contains(state)
                {
                    status = .ok
                }
            })
    }()
}

private final class IssuedStates: Sendable {
    private let states = Mutex<Set<String>>([])
    func insert(_ state: String) { _ = states.withLock { $0.insert(state) } }
    func contains(_ state: String) -> Bool { states.withLock { $0.contains(state) } }
}
