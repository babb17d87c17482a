import Synchronization

/// Keeps tasks in bounded memory: they end with the process.
///
/// No task is dropped before it has expired; when there is no room, new ones are refused.
public final class MemoryTaskStore: TaskStore {
    private struct State {
        var records: [String: TaskRecord] = [:]
        var sizes: [String: Int] = [:]
        var bytes = 0
        /// How many tasks each principal has.
        var counts: [String: Int] = [:]
    }

    private let state = Mutex(State())
    private let maximumTasks: Int
    private let maximumTasksPerOwner: Int
    private let maximumBytes: Int

    /// - Parameters:
    ///   - maximumTasks: The most tasks at all.
    ///   - maximumTasksPerOwner: The most tasks of one principal. Without authorization there are none to tell apart.
    ///   - maximumBytes: About how much they may hold, counted as written JSON.
    public init(maximumTasks: Int = 1024, maximumTasksPerOwner: Int = 128, maximumBytes: Int = 64 << 20) {
        self.maximumTasks = maximumTasks
        self.maximumTasksPerOwner = maximumTasksPerOwner
        self.maximumBytes = maximumBytes
    }

    public func create(_ record: TaskRecord) async throws {
        let size = record.json.serialized().count
        try state.withLock { state in
            guard state.records.count < maximumTasks, state.bytes + size <= maximumBytes else { throw TaskStoreFull() }
            if let owner = record.owner {
                guard state.counts[owner, default: 0] < maximumTasksPerOwner else { throw TaskStoreFull() }
                state.counts[owner, default: 0] += 1
            }
            state.records[record.task.id] = record
            state.sizes[record.task.id] = size
            state.bytes += size
        }
    }

    public func record(_ id: String) async throws -> TaskRecord? { state.withLock { $0.records[id] } }

    public func update<Value: Sendable>(
        _ id: String, _ change: @Sendable (inout TaskRecord) throws -> Value
    ) async throws -> Value? {
        try state.withLock { state in
            guard var record = state.records[id], let before = state.sizes[id] else { return nil }
            let value = try change(&record)
            let size = record.json.serialized().count
            guard size <= before || state.bytes - before + size <= maximumBytes else { throw TaskStoreFull() }
            state.records[id] = record
            state.sizes[id] = size
            state.bytes += size - before
            return value
        }
    }

    public func removeExpired(_ now: Int64) async throws -> [String] {
        state.withLock { state in
            let expired = state.records.filter { $0.value.expires.map { $0 <= now } ?? false }
            for (id, record) in expired {
                state.records[id] = nil
                state.bytes -= state.sizes.removeValue(forKey: id) ?? 0
                if let owner = record.owner, let count = state.counts[owner] { state.counts[owner] = count > 1 ? count - 1 : nil }
            }
            return Array(expired.keys)
        }
    }

    public func unfinished() async throws -> [TaskRecord] { state.withLock { $0.records.values.filter { !$0.task.isTerminal } } }
}
