import Synchronization

/// When a request is given up: after its time-out, which each progress notification renews up to a maximum
/// (2026-07-28, basic/patterns/cancellation, "Timeouts").
final class RequestDeadline: Sendable {
    private let clock: ClientClock
    private let start: Duration
    private let timeout: Duration
    private let maximum: Duration
    private let deadline: Mutex<Duration>

    init(timeout: Duration, maximum: Duration, clock: ClientClock) {
        self.clock = clock
        self.timeout = timeout
        self.maximum = max(timeout, maximum)
        start = clock.now()
        deadline = Mutex(start + timeout)
    }

    func renew() {
        let next = min(clock.now() + timeout, start + maximum)
        deadline.withLock { $0 = max($0, next) }
    }

    /// Waits until the time is over.
    /// - Returns: How long that was.
    func wait() async throws -> Duration {
        while true {
            let until = deadline.withLock { $0 }
            if clock.now() >= until { return until - start }
            try await clock.sleep(until)
        }
    }
}
