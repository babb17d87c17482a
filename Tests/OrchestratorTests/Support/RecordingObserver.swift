import MCPCore
import Synchronization

@testable import Orchestrator

/// Keeps what a turn tells, and decides as the test says.
final class RecordingObserver: TurnObserver {
    private struct State {
        var entries: [ChatEntry] = []
        var history: [ChatEntry] = []
        var allowed: Set<ToolNameTable.Tool> = []
        var questions: [ToolCall] = []
        var deltas: [String] = []
        var progress: [ToolProgress] = []
        var audit: [ToolAuditRecord] = []
    }

    private let state = Mutex(State())
    private let decide: @Sendable (ToolCall) async -> ApprovalDecision?
    private let elicit: @Sendable (Elicitation) async -> ElicitationAnswer?
    let cancellations = Answers<Void>()
    private let onAdd: @Sendable (ChatEntry, RecordingObserver) -> Void

    /// - Parameters:
    ///   - onAdd: Hears of every entry, also while its text grows.
    ///   - elicit: Answers servers' questions.
    ///   - decide: Answers for the user who is asked about a call.
    init(
        onAdd: @escaping @Sendable (ChatEntry, RecordingObserver) -> Void = { _, _ in },
        elicit: @escaping @Sendable (Elicitation) async -> ElicitationAnswer? = { _ in nil },
        decide: @escaping @Sendable (ToolCall) async -> ApprovalDecision? = { _ in nil }
    ) {
        self.onAdd = onAdd
        self.elicit = elicit
        self.decide = decide
    }

    /// Decides always the same.
    convenience init(decision: ApprovalDecision) { self.init(decide: { _ in decision }) }

    var entries: [ChatEntry] { state.withLock(\.entries) }
    /// Every state of every entry, as it was told.
    var history: [ChatEntry] { state.withLock(\.history) }
    /// The calls that asked.
    var questions: [ToolCall] { state.withLock(\.questions) }
    /// Pieces of text after the first of each message.
    var deltas: [String] { state.withLock(\.deltas) }
    /// What the operator is left with.
    var audited: [ToolAuditRecord] { state.withLock(\.audit) }
    var progress: [ToolProgress] { state.withLock(\.progress) }
    var failures: [ChatFailure] { entries.compactMap { if case .failure(let notice) = $0 { notice.failure } else { nil } } }
    var elicitations: [Elicitation] { entries.compactMap { if case .elicitation(let question) = $0 { question } else { nil } } }
    var calls: [ToolCall] { entries.compactMap { if case .tool(let call) = $0 { call } else { nil } } }
    var text: String { entries.compactMap { if case .assistant(let message) = $0 { message.text } else { nil } }.joined() }

    func add(_ entry: ChatEntry) async {
        if case .tool(let call) = entry, call.state == .running { cancellations.open(call.id) }
        state.withLock { state in
            state.history.append(entry)
            if let place = state.entries.firstIndex(where: { $0.id == entry.id }) { state.entries[place] = entry } else { state.entries.append(entry) }
        }
        onAdd(entry, self)
    }

    func append(_ delta: String, to messageID: String) async {
        let entry: ChatEntry? = state.withLock { state in
            state.deltas.append(delta)
            guard let place = state.entries.firstIndex(where: { $0.id == messageID }), case .assistant(var message) = state.entries[place] else { return nil }
            message.text += delta
            state.entries[place] = .assistant(message)
            return state.entries[place]
        }
        if let entry { onAdd(entry, self) }
    }

    func report(_ progress: ToolProgress, of callID: String) async { state.withLock { $0.progress.append(progress) } }
    func audit(_ record: ToolAuditRecord) async { state.withLock { $0.audit.append(record) } }
    func isAllowedInChat(_ tool: ToolNameTable.Tool) async -> Bool { state.withLock { $0.allowed.contains(tool) } }
    func cancellation(of callID: String) async { _ = await cancellations.wait(for: callID) }

    func decision(on call: ToolCall) async -> ApprovalDecision? {
        state.withLock { $0.questions.append(call) }
        let decision = await decide(call)
        if decision == .allowInChat { state.withLock { _ = $0.allowed.insert(ToolNameTable.Tool(server: call.server, tool: call.tool)) } }
        return decision
    }

    func answer(to question: Elicitation) async -> ElicitationAnswer? { await elicit(question) }
}
