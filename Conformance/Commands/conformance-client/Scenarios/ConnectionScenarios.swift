import MCPCore

/// How a connection is opened, what each request carries, how a lost stream is taken up again.
enum ConnectionScenarios {
    static let all: [Scenario] = [
        Scenario("initialize") { client, _ in _ = try await client.listTools() },
        Scenario("request-metadata") { client, invocation in
            _ = try await client.listTools()
            try await invocation.call(client, "add_numbers", ["a": 5, "b": 3])
        },
        Scenario("sse-retry") { client, invocation in
            _ = try await client.listTools()
            try await invocation.call(client, "test_reconnection")
        },
    ]
}
