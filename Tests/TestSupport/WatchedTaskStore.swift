import MCPCore
import Synchronization

/// A store in memory whose changes a test can wait for.
public final class WatchedTaskStore: TaskStore {
    private struct State {
        /// The states, and which change of the store each one is: whoever has made a change may come here behind whoever made the next one.
        var states: [String: (task: DetailedTask, change: Int)] = [:]
        var changes = 0
        var waiters: [(matches: @Sendable (DetailedTask) -> Bool, continuation: CheckedContinuation<DetailedTask, Never>)] = []
    }

    private let base: any TaskStore
    private let state = Mutex(State())

    public init(_ base: any TaskStore = MemoryTaskStore()) { self.base = base }

    /// Waits until a task is in such a state.
    @discardableResult public func task(where matches: @escaping @Sendable (DetailedTask) -> Bool) async -> DetailedTask {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                let known = state.states.values.lazy.map(\.task).first(where: matches)
                if known == nil { state.waiters.append((matches, continuation)) }
                return known
            }
            if let known { continuation.resume(returning: known) }
        }
    }

    /// Counts a change while the store is locked for it.
    private func nextChange() -> Int {
        state.withLock { state in
            state.changes += 1
            return state.changes
        }
    }

    private func note(_ task: DetailedTask, _ change: Int) {
        let woken = state.withLock { state in
            if state.states[task.id].map({ $0.change < change }) ?? true { state.states[task.id] = (task, change) }
            let woken = state.waiters.filter { $0.matches(task) }
            state.waiters.removeAll { $0.matches(task) }
            return woken
        }
        for waiter in woken { waiter.continuation.resume(returning: task) }
    }

    public func create(_ record: TaskRecord) async throws {
        let change = nextChange()
        try await base.create(record)
        note(record.task, change)
    }

    public func record(_ id: String) async throws -> TaskRecord? { try await base.record(id) }

    public func update<Value: Sendable>(
        _ id: String, _ change: @Sendable (inout TaskRecord) throws -> Value
    ) async throws -> Value? {
        let outcome = try await base.update(id) { record in
            let value = try change(&record)
            return (value: value, task: record.task, change: nextChange())
        }
        if let outcome { note(outcome.task, outcome.change) }
        return outcome?.value
    }

    public func removeExpired(_ now: Int64) async throws -> [String] { try await base.removeExpired(now) }
    public func unfinished() async throws -> [TaskRecord] { try await base.unfinished() }
}

extension DetailedTask {
    /// The keys of the open requests.
    public var openKeys: [String] { if case .inputRequired(let requests) = state { requests.keys.sorted() } else { [] } }
}
