import MCPCore

/// Faults of prompts and of completion.
enum PromptMutants {
    private static func get(_ name: JSONValue) -> @Sendable (WireRequest) -> Bool {
        { $0.method == "prompts/get" && $0.params["name"] == name }
    }

    static let all = [
        ServerMutant(
            "undescribed-prompt", "A prompt has no description", at: .v2025_11_25, fails: ["prompts-list"],
            .result("prompts/list") { $0.change("prompts") { if $0["name"] == "test_simple_prompt" { $0["description"] = nil } } }),
        ServerMutant(
            "empty-prompt", "A prompt has no messages", at: .v2026_07_28, fails: ["prompts-get-simple"],
            .resultWhere(get("test_simple_prompt")) { $0["messages"] = [] }),
        ServerMutant(
            "forgotten-argument", "A prompt leaves an argument out", at: .v2025_11_25, fails: ["prompts-get-with-args"],
            .resultWhere({ $0.params["arguments"]?["arg2"] == "testValue2" }) {
                $0.change("messages") { $0["content"] = ["type": "text", "text": "Only testValue1"] }
            }),
        ServerMutant(
            "other-resource", "A prompt holds another resource than it was given", at: .v2026_07_28, fails: ["prompts-get-embedded-resource"],
            .resultWhere(get("test_prompt_with_embedded_resource")) {
                $0.change("messages") { $0.changeObject("content") { $0.changeObject("resource") { $0["uri"] = "test://other" } } }
            }),
        ServerMutant(
            "image-as-text", "The image of a prompt has the type of a text", at: .v2025_11_25, fails: ["prompts-get-with-image"],
            .resultWhere(get("test_prompt_with_image")) {
                $0.change("messages") { $0.changeObject("content") { if $0["type"] == "image" { $0["mimeType"] = "text/plain" } } }
            }),
        ServerMutant(
            "any-prompt", "A prompt that does not exist has messages", at: .v2025_11_25, fails: ["prompts-get-unknown"],
            .replace(get("no_such_prompt_for_conformance")) { _ in ["messages": []] }),
        ServerMutant(
            "optional-arguments", "A prompt does without an argument that it requires", at: .v2026_07_28, fails: ["prompts-get-missing-argument"],
            .request { request in
                if get("test_prompt_with_arguments")(request) {
                    request.params.changeObject("arguments") { if $0["arg2"] == nil { $0["arg2"] = "default" } }
                }
            }),
        ServerMutant(
            "wordy-completion", "Completion gives more than a hundred values", at: .v2025_11_25, fails: ["completion-complete"],
            .result("completion/complete") { $0.changeObject("completion") { $0["values"] = .array((0...100).map { .string("\($0)") }) } }),
        ServerMutant(
            "undeclared-completion", "Completion is served, but not declared", at: .v2025_11_25, fails: ["completion-complete"],
            .result("initialize") { $0.changeObject("capabilities") { $0["completions"] = nil } }),
    ]
}
