import GRDBSQLite
import Synchronization

/// Stops a running statement: when its caller is cancelled, or when its time is up.
///
/// SQLite asks it every few thousand steps of its virtual machine (`sqlite3_progress_handler`), so that a cancellation
/// that comes between compiling and the first step is not lost, as one by `sqlite3_interrupt` would be.
final class SQLiteInterruption: Sendable {
    private struct State {
        var cancelled = false
        var timedOut = false
    }

    private let state = Mutex(State())
    private let deadline: ContinuousClock.Instant

    init(timeoutMilliseconds: Int) {
        deadline = .now + .milliseconds(timeoutMilliseconds)
    }

    func cancel() { state.withLock { $0.cancelled = true } }

    var isCancelled: Bool { state.withLock { $0.cancelled } }
    var isTimedOut: Bool { state.withLock { $0.timedOut } }

    /// Runs `body` while SQLite asks this object whether to go on.
    func watching<Value>(_ connection: OpaquePointer, _ body: () throws -> Value) rethrows -> Value {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            connection, 4_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLiteInterruption>.fromOpaque(context).takeUnretainedValue().shouldStop() ? 1 : 0
            }, context)
        defer { sqlite3_progress_handler(connection, 0, nil, nil) }
        return try body()
    }

    private func shouldStop() -> Bool {
        state.withLock { state in
            if ContinuousClock.now >= deadline { state.timedOut = true }
            return state.cancelled || state.timedOut
        }
    }
}
