import MCPMacros

@Schema struct Assent: Sendable {
    /// Whether it is all right.
    var ok: Bool
}

/// Tools that show the rounds of a call.
@Toolbox struct RoundTools {
    /// Keeps what it has done in its state while the user answers.
    @Tool("test_input_required_result_request_state") func requestState(context: RequestContext) async throws -> String {
        let state = try await context.step("state") { "state-ok" }
        let answer = try await context.elicit("confirm", Assent.self, "Go on?")
        return "\(state), confirmed: \(answer.accepted?.ok ?? false)"
    }

    /// Asks in two rounds, one after the other.
    @Tool("test_input_required_result_multi_round") func multiRound(context: RequestContext) async throws -> String {
        let first = try await context.elicit("step1", UserName.self, "Step 1: what is your name?")
        let second = try await context.elicit("step2", Taste.self, "Step 2: which colour do you like best?")
        return "\(first.accepted?.name ?? "Somebody") likes \(second.accepted?.color.rawValue ?? "no colour")."
    }

    /// Has a state that must come back unchanged.
    @Tool("test_input_required_result_tampered_state") func tamperedState(context: RequestContext) async throws -> String {
        let secret = try await context.step("secret") { "kept" }
        let answer = try await context.elicit("confirm", Assent.self, "Go on?")
        return "\(secret): \(answer.accepted?.ok ?? false)"
    }

    /// Reports progress on a stream, then asks.
    @Tool("test_streaming_elicitation") func streamingElicitation(context: RequestContext) async throws -> String {
        try await context.progress(1, total: 2, message: "Before the question")
        let answer = try await context.elicit("user_name", UserName.self, "What is your name?")
        try await context.progress(2, total: 2, message: "After the question")
        return "Hello, \(answer.accepted?.name ?? "whoever you are")!"
    }
}
