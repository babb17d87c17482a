import MCPWorkers
import Synchronization

/// Wakes whoever has not been ended for some time, and again each time that it is over once more: exchanges whose answers take long, streams that
/// are silent.
///
/// One thread serves all entries, and there is none while there are none: an entry costs two accesses to a dictionary and starts no timer of its own. A thread and no task
/// that sleeps, because on Linux the first such task has Dispatch wake the process each second from then on.
final class Alarm: Sendable {
    private struct Entry {
        var deadline: ContinuousClock.Instant
        let wake: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextTicket = 0
        var isRunning = false
    }

    private let duration: Duration
    private let state = Mutex(State())

    /// - Parameter duration: After how long an entry is woken.
    init(after duration: Duration) { self.duration = duration }

    /// Begins to watch.
    /// - Returns: What `end` is given.
    func begin(wake: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.nextTicket += 1
            state.entries[state.nextTicket] = Entry(deadline: .now + duration, wake: wake)
            if !state.isRunning {
                // It serves entries that come and go, and ends by itself when there are none. Where there is no thread to be had, the next entry tries again.
                do {
                    try SystemThread.start { [self] in run() }
                    state.isRunning = true
                } catch {}
            }
            return state.nextTicket
        }
    }

    func end(_ ticket: Int) { state.withLock { _ = $0.entries.removeValue(forKey: ticket) } }

    /// Runs `body`, and calls `wake` when it takes longer than the duration, and again each time it does so once more.
    func watching<Value: Sendable>(wake: @escaping @Sendable () -> Void, _ body: () async -> Value) async -> Value {
        let ticket = begin(wake: wake)
        defer { end(ticket) }
        return await body()
    }

    private func run() {
        var next = ContinuousClock.Instant.now + duration
        while true {
            SystemThread.sleep(until: next)
            let (due, later) = state.withLock { state -> ([@Sendable () -> Void], ContinuousClock.Instant?) in
                let now = ContinuousClock.Instant.now
                var due: [@Sendable () -> Void] = []
                for (ticket, entry) in state.entries where entry.deadline <= now {
                    due.append(entry.wake)
                    state.entries[ticket]?.deadline = now + duration
                }
                let later = state.entries.values.map(\.deadline).min()
                if later == nil { state.isRunning = false }
                return (due, later)
            }
            for wake in due { wake() }
            guard let later else { return }
            next = later
        }
    }
}
