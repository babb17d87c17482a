import MCPCore
import Synchronization

@testable import Orchestrator

/// A model that does in each round what the test wrote down, and remembers what it was asked.
final class ScriptedModel: ChatModel {
    enum Step: Sendable {
        case events([ModelEvent])
        case fails([ModelEvent], ModelFailure)
        /// Says this, then waits until it is cancelled.
        case hangs([ModelEvent])
        /// Makes its events from the request.
        case answers(@Sendable (ModelRequest) -> [ModelEvent])
    }

    private let steps: Mutex<[Step]>
    private let asked = Mutex<[ModelRequest]>([])
    /// What it does when the steps are used up.
    private let last: Step

    init(_ steps: [Step], then last: Step = .events([.text("done"), .finished(.complete)])) {
        self.steps = Mutex(steps)
        self.last = last
    }

    var requests: [ModelRequest] { asked.withLock(\.self) }
    var description: ModelDescription { ModelDescription(name: "scripted", isDemonstration: false) }

    func answer(_ request: ModelRequest, emit: (ModelEvent) async throws -> Void) async throws {
        // Whoever sees the request can count on its step being taken.
        let step = steps.withLock { $0.isEmpty ? last : $0.removeFirst() }
        asked.withLock { $0.append(request) }
        switch step {
        case .events(let events): for event in events { try await emit(event) }
        case .answers(let make): for event in make(request) { try await emit(event) }
        case .fails(let events, let failure):
            for event in events { try await emit(event) }
            throw failure
        case .hangs(let events):
            for event in events { try await emit(event) }
            try await Task.sleep(for: .seconds(3600))
        }
    }

    /// A round that calls tools.
    static func calls(_ calls: (name: String, arguments: String)...) -> Step {
        .events(
            calls.enumerated().map { .toolCall(ModelToolCall(id: "c\($0)", name: $1.name, arguments: $1.arguments)) } + [.finished(.toolCalls)])
    }

    static func says(_ text: String) -> Step { .events([.text(text), .finished(.complete)]) }
}
