import CLibPQ
import Dispatch
import Synchronization

/// Asks the PostgreSQL server to stop the statement that a session runs (`PQcancel`), from any thread.
///
/// A request that reaches the server just before the statement does stops nothing, so it is repeated until `settled()` says
/// that the statement is over. `PQcancel` opens a connection and waits for it, so it runs on a queue
/// of its own.
final class CancelRequest: Sendable {
    private struct State {
        var requested = false
        var finished = false
        var sending = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "query-server.postgres.cancel")
    // Used by `PQcancel` alone, which is safe on any thread (libpq's manual, "Canceling Queries in Progress").
    private nonisolated(unsafe) let cancel: OpaquePointer

    /// - Parameter connection: an open connection; `nil` results when libpq cannot make a request for it.
    init?(_ connection: OpaquePointer) {
        guard let cancel = PQgetCancel(connection) else { return nil }
        self.cancel = cancel
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
        if first { queue.async { self.attempt() } }
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
        let waiter = state.withLock { state in
            state.sending = false
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
        queue.asyncAfter(deadline: .now() + .milliseconds(250)) { self.attempt() }
    }

    /// Ends the asking; returns when no request is on its way, so that none can stop what the session runs next.
    func settled() async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                state.finished = true
                if state.sending { state.waiter = continuation }
                return state.sending
            }
            if !waits { continuation.resume() }
        }
    }
}
