import ArgumentParser
import MCPCore

/// The headers of Streamable HTTP that mirror the message (SEP-2243).
enum HeaderScenarios {
    static let all: [Scenario] = [
        Scenario("http-standard-headers") { client, invocation in
            try await callEveryTool(client, invocation)
            for resource in try await client.listResources() { _ = try await client.readResource(resource.uri) }
            for prompt in try await client.listPrompts() { _ = try await client.getPrompt(prompt.name) }
        },
        Scenario("http-custom-headers") { client, invocation in
            _ = try await client.listTools()
            let calls: [JSONObject]
            do { calls = try invocation.context.decode("toolCalls") } catch {
                throw ValidationError("\(ScenarioInvocation.contextVariable) has no list of calls: \(error)")
            }
            for call in calls { try await invocation.call(client, try call.decode("name"), try call.decode("arguments")) }
        },
        // Tools whose annotations break a rule are not listed, and so not called.
        Scenario("http-invalid-tool-headers") { client, invocation in try await callEveryTool(client, invocation) },
    ]

    private static func callEveryTool(_ client: Client, _ invocation: ScenarioInvocation) async throws {
        for tool in try await client.listTools() {
            try await invocation.call(client, tool.name, ScenarioUser.requiredValues(of: tool.inputSchema))
        }
    }
}
