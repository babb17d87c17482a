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
    }

    private let state = Mutex(State())
    private let decision: ApprovalDecision?
    private let elicitation: ElicitationAnswer?
    let cancellations = Answers<Void>()
    private let onAdd: @Sendable (ChatEntry, RecordingObserver) -> Void

    init(
        decision: ApprovalDecision? = nil, elicitation: ElicitationAnswer? = nil,
        onAdd: @escaping @Sendable (ChatEntry, RecordingObserver) -> Void = { _, _ in }
    ) {
        self.decision = decision
        self.elicitation = elicitation
        self.onAdd = onAdd
    }

    var entries: [ChatEntry] { state.withLock(\.entries) }
    /// Every state of every entry, as it was told.
    var history: [ChatEntry] { state.withLock(\.history) }
    /// The calls that asked.
    var questions: [ToolCall] { state.withLock(\.questions) }
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
            guard let place = state.entries.firstIndex(where: { $0.id == messageID }), case .assistant(var message) = state.entries[place] else { return nil }
            message.text += delta
            state.entries[place] = .assistant(message)
            return state.entries[place]
        }
        if let entry { onAdd(entry, self) }
    }

    func report(_ progress: ToolProgress, of callID: String) async {}
    func isAllowedInChat(_ tool: ToolNameTable.Tool) async -> Bool { state.withLock { $0.allowed.contains(tool) } }
    func cancellation(of callID: String) async { _ = await cancellations.wait(for: callID) }

    func decision(on call: ToolCall) async -> ApprovalDecision? {
        state.withLock { state in
            state.questions.append(call)
            if decision == .allowInChat { state.allowed.insert(ToolNameTable.Tool(server: call.server, tool: call.tool)) }
        }
        return decision
    }

    func answer(to question: Elicitation) async -> ElicitationAnswer? { elicitation }
}
