import MCPCore

/// Tools: their calls, and schemas that are kept as they came.
enum ToolScenarios {
    static let all: [Scenario] = [
        Scenario("tools_call") { client, invocation in
            _ = try await client.listTools()
            try await invocation.call(client, "add_numbers", ["a": 5, "b": 3])
        },
        // The schema refers to a URL that nobody may fetch.
        Scenario("json-schema-ref-no-deref") { client, _ in _ = try await client.listTools() },
        Scenario("json-schema-2020-12-preservation") { client, invocation in
            let name = "json_schema_2020_12_tool"
            guard let tool = try await client.listTools().first(where: { $0.name == name }) else { throw MissingToolError(name: name) }
            try await invocation.call(client, "json_schema_echo", ["schema": .object(tool.inputSchema)])
        },
    ]
}

/// The server does not list the tool that a scenario needs.
struct MissingToolError: Error, CustomStringConvertible {
    var name: String
    var description: String { "The server lists no tool \(name)." }
}
