import MCPQueues
import Synchronization

/// Something that is tried, for those who wait until it has been tried once, with whatever outcome.
final class FirstAttempt: Sendable {
    private struct State {
        var hasEnded = false
        var waiters = RoomLine<Void, Void>()
    }

    private let state = Mutex(State())

    func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            return state.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// - Throws: `CancellationError` once the task is cancelled.
    func wait() async throws { try await state.waitInLine(\.waiters) { $0.hasEnded ? .success(()) : nil } }
}
