import MCPCore

/// Calls of the tool `sleep`, each of which is told from all others: those of the same run, and those that an earlier run against the same process has left behind.
struct SleepingCalls: Sendable {
    struct Call: Sendable {
        let params: JSONObject
        /// `nil` where the server counts all calls in one.
        let label: String?
        /// How many had been cancelled before it was made.
        let before: Int64
    }

    private let server: Conversation
    /// Whether both tools have the argument `label`. Without it, a call that is cancelled late can be taken for another.
    private let hasLabels: Bool

    /// - Throws: A reason to leave the scenario out, where the server has no such tools.
    init(_ server: Conversation) async throws {
        self.server = server
        let tools = try await server.requireTools("sleep", "count_cancelled")
        hasLabels = tools.allSatisfy { $0["inputSchema"]?["properties"]?["label"] != nil }
    }

    func next(milliseconds: Int64) async throws -> Call {
        var arguments: JSONObject = ["milliseconds": .integer(milliseconds)]
        let label = hasLabels ? "call-\(UInt64.random(in: 0 ... .max))" : nil
        arguments["label"] = label.map(JSONValue.string)
        return Call(params: ["name": "sleep", "arguments": .object(arguments)], label: label, before: try await count(label))
    }

    func hasCancelled(_ call: Call) async throws -> Bool { try await count(call.label) > call.before }

    /// Whether the call is cancelled within two seconds.
    func seesCancellation(of call: Call) async throws -> Bool {
        for _ in 1...40 {
            if try await hasCancelled(call) { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private func count(_ label: String?) async throws -> Int64 {
        let result = try await server.callTool("count_cancelled", label.map { ["label": .string($0)] } ?? [:]).result()
        guard let count = Int64(result.text) else { throw Reply.Unusable(description: "count_cancelled returned '\(result.text)', which is no number") }
        return count
    }
}
