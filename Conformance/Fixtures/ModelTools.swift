import MCPMacros

@Schema struct UserContext: Sendable {
    /// What it should be about.
    var context: String
}

/// Tools that ask the client for its model or its roots.
@Toolbox struct ModelTools {
    /// Asks the client's model.
    /// - Parameter prompt: What the model is asked.
    @Tool("test_sampling") func sampling(prompt: String, context: RequestContext) async throws -> String {
        let result = try await context.sample("sample", SamplingRequest(prompt, maxTokens: 100))
        return "LLM response: \(result.text)"
    }

    /// Needs a client that offers its model.
    @Tool("test_missing_capability") func missingCapability(context: RequestContext) async throws -> String {
        try await context.sample("sample", SamplingRequest("Say hello.", maxTokens: 10)).text
    }

    /// Asks the client's model for a capital.
    @Tool("test_input_required_result_sampling") func capital(context: RequestContext) async throws -> String {
        let result = try await context.sample("capital_question", SamplingRequest("What is the capital of France?", maxTokens: 100))
        return "The model says: \(result.text)"
    }

    /// Asks for the client's roots.
    @Tool("test_input_required_result_list_roots") func listRoots(context: RequestContext) async throws -> String {
        let roots = try await context.roots("client_roots")
        return "The client has \(roots.count) roots: " + roots.map(\.uri).joined(separator: ", ")
    }

    /// Asks for three things at once.
    @Tool("test_input_required_result_multiple_inputs") func multipleInputs(context: RequestContext) async throws -> String {
        let (user, greeting, roots) = try await context.ask(
            .elicit("user_name", UserName.self, "What is your name?"), .sample("greeting", SamplingRequest("Write a greeting.", maxTokens: 50)),
            .roots("client_roots"))
        return "\(greeting.text) \(user.accepted?.name ?? "stranger"), with \(roots.count) roots."
    }

    /// Asks with what the client has declared, and nothing else.
    @Tool("test_input_required_result_capabilities") func declaredOnly(context: RequestContext) async throws -> String {
        let capabilities = context.peer.capabilities
        if capabilities.elicitation?.form == true {
            return "The user answered: \(try await context.elicit("user_name", UserName.self, "What is your name?").accepted?.name ?? "nothing")"
        }
        if capabilities.sampling != nil { return try await context.sample("greeting", SamplingRequest("Write a greeting.", maxTokens: 50)).text }
        if capabilities.roots != nil { return "\(try await context.roots("client_roots").count) roots" }
        return "The client can be asked nothing."
    }
}
