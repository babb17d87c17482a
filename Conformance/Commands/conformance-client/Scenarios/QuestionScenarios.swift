import MCPCore

/// Servers that ask while a tool runs.
enum QuestionScenarios {
    static let all: [Scenario] = [
        Scenario("elicitation-sep1034-client-defaults") { client, invocation in
            _ = try await client.listTools()
            try await invocation.call(client, "test_client_elicitation_defaults")
        },
        Scenario("sep-2322-client-request-state") { client, invocation in
            _ = try await client.listTools()
            // At once, so that what belongs to one call could leak into the other.
            async let asking: Void = invocation.call(client, "test_mrtr_echo_state")
            async let unrelated: Void = invocation.call(client, "test_mrtr_unrelated")
            _ = try await (asking, unrelated)
            try await invocation.call(client, "test_mrtr_no_state")
            try await invocation.call(client, "test_mrtr_no_result_type")
        },
    ]
}
