import MCPCore

/// What the agent loop tells of a turn, and what it asks the user.
protocol TurnObserver: Sendable {
    /// Adds the entry, or replaces the one of the same id.
    func add(_ entry: ChatEntry) async
    func append(_ delta: String, to messageID: String) async
    func report(_ progress: ToolProgress, of callID: String) async
    func isAllowedInChat(_ tool: ToolNameTable.Tool) async -> Bool
    /// Suspends until the user decides; nil when the task is cancelled or the user cancels the call.
    func decision(on call: ToolCall) async -> ApprovalDecision?
    /// Suspends until the user answers; nil when the task is cancelled.
    func answer(to question: Elicitation) async -> ElicitationAnswer?
    /// Suspends until the user cancels this call, or the task is cancelled.
    func cancellation(of callID: String) async
    /// Keeps what an operator reads of a call that has ended.
    func audit(_ record: ToolAuditRecord) async
}
