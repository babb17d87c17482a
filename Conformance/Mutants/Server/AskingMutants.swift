import MCPCore

/// Faults of the questions that a session asks.
enum AskingMutants {
    private static func field(_ name: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) -> WireMutation {
        .sends("elicitation/create") { params in
            params.changeObject("requestedSchema") { $0.changeObject("properties") { $0.changeObject(name, change) } }
            return .keep
        }
    }

    static let all = [
        ServerMutant(
            "other-prompt", "The client's model is asked something else", at: .v2025_11_25, fails: ["tools-call-sampling"],
            .sends("sampling/createMessage") {
                $0.change("messages") { $0["content"] = ["type": "text", "text": "Something else"] }
                return .keep
            }),
        ServerMutant(
            "other-question", "The user is asked something else", at: .v2025_11_25, fails: ["tools-call-elicitation"],
            .sends("elicitation/create") {
                if $0["message"] == "Who are you, for conformance?" { $0["message"] = "Something else?" }
                return .keep
            }),
        ServerMutant(
            "decline-as-cancel", "A declined question counts as cancelled", at: .v2025_11_25, fails: ["tools-call-elicitation-declined"],
            .request { request in
                if request.body["result"]?["action"] == "decline" { request.set("result", ["action": "cancel"]) }
            }),
        ServerMutant(
            "other-default", "A default is another one", at: .v2025_11_25, fails: ["elicitation-sep1034-defaults"], field("age") { $0["default"] = 31 }),
        ServerMutant(
            "choices-without-names", "A choice lacks its names", at: .v2025_11_25, fails: ["elicitation-sep1330-enums"],
            field("legacyEnum") { $0["enumNames"] = nil }),
        ServerMutant(
            "asks-whatever", "The server takes every client for one with a model", at: .v2025_11_25, fails: ["asking-undeclared-capability"],
            .request { request in if request.method == "initialize" { request.params.changeObject("capabilities") { $0["sampling"] = [:] } } }),
    ]
}
