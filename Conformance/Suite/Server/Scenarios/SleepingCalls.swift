import MCPCore

/// Calls of the tool `sleep`, each of which is told from all others: those of the same run, and those that an earlier run against the same process has left behind.
struct SleepingCalls: Sendable {
    struct Call: Sendable {
        let params: JSONObject
        /// `nil` where the server counts all calls in one.
        let label: String?
        /// How many had begun before it was made; `nil` where the server does not tell.
        let startedBefore: Int64?
        /// How many had been cancelled before it was made.
        let cancelledBefore: Int64
    }

    private static let sleep = "sleep"
    private static let countCancelled = "count_cancelled"
    private static let countStarted = "count_started"

    /// How long a call may take to begin where the server tells when it has: the machine may have stalled.
    private static let startLimit = Duration.seconds(20)
    /// For how long the suite looks whether a call is cancelled: well above what a machine that is shared stalls for.
    static let patience = Duration.milliseconds(2500)

    private let server: Conversation
    /// Whether the tools have the argument `label`. Without it, a call that is cancelled late can be taken for another.
    private let hasLabels: Bool
    /// Whether the server tells that a call has begun (`count_started`).
    let tellsStarts: Bool

    /// - Throws: A reason to leave the scenario out, where the server has no such tools.
    init(_ server: Conversation) async throws {
        self.server = server
        let tools = try await server.list("tools/list", "tools")
        func tool(_ name: String) -> JSONObject? { tools.first { $0["name"]?.string == name } }
        let needed = try [Self.sleep, Self.countCancelled].map { name in
            guard let tool = tool(name) else { throw server.run.notApplicable("The server has no tool \(name)") }
            return tool
        }
        let started = tool(Self.countStarted)
        tellsStarts = started != nil
        hasLabels = (needed + [started].compactMap(\.self)).allSatisfy { $0["inputSchema"]?["properties"]?["label"] != nil }
    }

    func next(milliseconds: Int64) async throws -> Call {
        var arguments: JSONObject = ["milliseconds": .integer(milliseconds)]
        let label = hasLabels ? "call-\(UInt64.random(in: 0 ... .max))" : nil
        arguments["label"] = label.map(JSONValue.string)
        return Call(
            params: ["name": .string(Self.sleep), "arguments": .object(arguments)], label: label,
            startedBefore: tellsStarts ? try await count(Self.countStarted, label) : nil, cancelledBefore: try await count(Self.countCancelled, label))
    }

    /// Waits until the server runs the call.
    /// - Parameter headStart: How long the call is given to arrive where nothing tells when it has.
    /// - Throws: `Reply.Unusable` where the server says that it does not run it.
    func waitForStart(of call: Call, orFor headStart: Duration) async throws {
        guard let before = call.startedBefore else { return try await Task.sleep(for: headStart) }
        guard try await holds(within: Self.startLimit, every: .milliseconds(20), { try await count(Self.countStarted, call.label) > before }) else {
            throw Reply.Unusable(description: "\(Self.countStarted) does not tell of a call of \(Self.sleep) within \(Self.startLimit)")
        }
    }

    /// Whether the call is cancelled while the suite looks.
    func seesCancellation(of call: Call) async throws -> Bool {
        try await holds(within: Self.patience, every: .milliseconds(50)) { try await count(Self.countCancelled, call.label) > call.cancelledBefore }
    }

    private func holds(within limit: Duration, every interval: Duration, _ condition: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + limit
        while true {
            // Before the condition: what held when the time was over counts, however long it took to find out.
            let isLast = ContinuousClock.now >= end
            if try await condition() { return true }
            if isLast { return false }
            try await Task.sleep(for: interval)
        }
    }

    private func count(_ tool: String, _ label: String?) async throws -> Int64 {
        let result = try await server.callTool(tool, label.map { ["label": .string($0)] } ?? [:]).result()
        guard let count = Int64(result.text) else { throw Reply.Unusable(description: "\(tool) returned '\(result.text)', which is no number") }
        return count
    }
}
