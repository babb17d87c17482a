import Synchronization

/// Sleeps without Dispatch: on Linux the first task that sleeps by `Task.sleep` has it wake the process each second from then on, and one that is cancelled
/// leaves its timer behind until the time is over.
///
/// One thread serves all who sleep, and there is none while nobody has slept. It is not disturbed by those who go: where nobody sleeps any more it ends when it next looks.
/// A further one is started only for somebody who must be woken before that.
public final class SystemTimer: Sendable {
    private struct Sleeper {
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var sleepers: [Int: Sleeper] = [:]
        var nextTicket = 0
        /// When each thread looks next.
        var looks: [Int: ContinuousClock.Instant] = [:]
    }

    private static let shared = SystemTimer()
    private let state = Mutex(State())

    init() {}

    /// Sleeps for that time; by the system's own timer where that lets the process rest (Apple).
    /// - Throws: `CancellationError` once the task is cancelled.
    public static func sleep(for duration: Duration) async throws {
        #if canImport(Darwin)
        try await Task.sleep(for: duration)
        #else
        try await shared.sleep(for: duration)
        #endif
    }

    /// Those who sleep, and the threads that there are.
    var counts: (sleepers: Int, threads: Int) { state.withLock { ($0.sleepers.count, $0.looks.count) } }

    func sleep(for duration: Duration) async throws {
        let deadline = ContinuousClock.now + duration
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        do {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    let failure: (any Error)? = state.withLock { state in
                        if Task.isCancelled { return CancellationError() }
                        do { try look(at: deadline, ticket, &state) } catch { return error }
                        state.sleepers[ticket] = Sleeper(deadline: deadline, continuation: continuation)
                        return nil
                    }
                    if let failure { continuation.resume(throwing: failure) }
                }
            } onCancel: {
                state.withLock { $0.sleepers.removeValue(forKey: ticket) }?.continuation.resume(throwing: CancellationError())
            }
        } catch is SystemThread.NoThread {
            try await Task.sleep(until: deadline, clock: .continuous)
        }
    }

    /// Sees to it that a thread looks at that time or before.
    /// - Parameter thread: What names it, where it takes a further one.
    private func look(at deadline: ContinuousClock.Instant, _ thread: Int, _ state: inout State) throws(SystemThread.NoThread) {
        guard !state.looks.values.contains(where: { $0 <= deadline }) else { return }
        try SystemThread.start { [self] in run(thread, deadline) }
        state.looks[thread] = deadline
    }

    private func run(_ thread: Int, _ first: ContinuousClock.Instant) {
        var next = first
        while true {
            SystemThread.sleep(until: next)
            let (due, later) = state.withLock { state -> ([Sleeper], ContinuousClock.Instant?) in
                let now = ContinuousClock.now
                var due: [Sleeper] = []
                for (ticket, sleeper) in state.sleepers where sleeper.deadline <= now {
                    due.append(sleeper)
                    state.sleepers[ticket] = nil
                }
                state.looks[thread] = nil
                // Another thread that looks early enough does for those who are left.
                guard let later = state.sleepers.values.map(\.deadline).min(), !state.looks.values.contains(where: { $0 <= later }) else {
                    return (due, nil)
                }
                state.looks[thread] = later
                return (due, later)
            }
            for sleeper in due { sleeper.continuation.resume() }
            guard let later else { return }
            next = later
        }
    }
}
