import CLibPQ
import Dispatch
import Synchronization

/// Asks the PostgreSQL server to stop the statement that a session runs (`PQcancel`), from any thread.
///
/// A request that reaches the server just before the statement does stops nothing, so it is repeated until `settled()` says
/// that the statement is over. `PQcancel` opens a connection and waits for it, minutes where the host is gone, so it runs on a
/// queue of its own, and nobody waits longer for it than the patience says.
final class CancelRequest: Sendable {
    private struct State {
        var requested = false
        var finished = false
        var sending = false
        var waiter: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "query-server.postgres.cancel")
    private let timers = DispatchQueue(label: "query-server.postgres.cancel.patience")
    private let patience: DispatchTimeInterval
    private let giveUp: @Sendable () -> Void
    // Used by `PQcancel` alone, which is safe on any thread (libpq's manual, "Canceling Queries in Progress").
    private nonisolated(unsafe) let cancel: OpaquePointer

    /// - Parameters:
    ///   - connection: an open connection; `nil` results when libpq cannot make a request for it.
    ///   - patience: how long the statement has to end after it was asked to, and `settled()` for a request under way.
    ///   - giveUp: called when the statement has not ended by then.
    init?(_ connection: OpaquePointer, patience: Duration, giveUp: @escaping @Sendable () -> Void) {
        guard let cancel = PQgetCancel(connection) else { return nil }
        self.cancel = cancel
        self.patience = .nanoseconds(Int(patience / .nanoseconds(1)))
        self.giveUp = giveUp
    }

    deinit { PQfreeCancel(cancel) }

    /// Whether anyone asked to stop.
    var isRequested: Bool { state.withLock { $0.requested } }

    /// Starts asking; later calls do nothing.
    func send() {
        let first = state.withLock { state in
            defer { state.requested = true }
            return !state.requested && !state.finished
        }
        guard first else { return }
        queue.async { self.attempt() }
        timers.asyncAfter(deadline: .now() + patience) {
            if !self.state.withLock({ $0.finished }) { self.giveUp() }
        }
    }

    private func attempt() {
        let goesOn = state.withLock { state in
            state.sending = !state.finished
            return state.sending
        }
        guard goesOn else { return }
        var message = [CChar](repeating: 0, count: 256)
        // A failure to reach the server shows in the statement, which then runs until its own time limit.
        _ = PQcancel(cancel, &message, CInt(message.count))
        state.withLock { $0.sending = false }
        answerWaiter(true)
        queue.asyncAfter(deadline: .now() + .milliseconds(250)) { self.attempt() }
    }

    /// Ends the asking; returns when no request is on its way, so that none can stop what the session runs next.
    /// - Returns: `false` when a request still was on its way after the patience: the session must not be used again.
    func settled() async -> Bool {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                state.finished = true
                if state.sending { state.waiter = continuation }
                return state.sending
            }
            guard waits else { return continuation.resume(returning: true) }
            timers.asyncAfter(deadline: .now() + patience) { self.answerWaiter(false) }
        }
    }

    /// The first answer counts.
    private func answerWaiter(_ isSettled: Bool) {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: isSettled)
    }
}
