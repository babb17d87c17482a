import MCPCore

/// What a scenario of the official conformance suite has a client do. Whether the client did it well is for the suite to say.
struct Scenario: Sendable {
    /// As the suite names it.
    let name: String
    /// Throws where the client could not do it.
    let run: @Sendable (ScenarioInvocation) async throws -> Void

    /// A scenario that connects in a way of its own.
    init(_ name: String, invocation run: @escaping @Sendable (ScenarioInvocation) async throws -> Void) {
        self.name = name
        self.run = run
    }

    /// A scenario of one plain connection.
    init(_ name: String, _ body: @escaping @Sendable (Client, ScenarioInvocation) async throws -> Void) {
        self.init(name, invocation: { invocation in try await invocation.withPlainClient { client in try await body(client, invocation) } })
    }
}
