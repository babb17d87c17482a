import Synchronization

/// When a request is given up: after its time-out, which each progress notification renews up to a maximum
/// (2026-07-28, basic/patterns/cancellation, "Timeouts").
final class RequestDeadline: Sendable {
    private let clock: ClientClock
    private let start: Duration
    private let timeout: Duration
    private let state: Mutex<State>

    private struct State {
        var deadline: Duration
        /// When the whole request is given up, whatever its progress.
        var end: Duration
        /// Since when time has stood still, and for how many.
        var pause: (start: Duration, count: Int)?
        /// After how long the request was given up.
        var expiredAfter: Duration?
    }

    /// Of the request that the task is part of.
    @TaskLocal static var current: RequestDeadline?

    init(timeout: Duration, maximum: Duration, clock: ClientClock) {
        self.clock = clock
        self.timeout = timeout
        start = clock.now()
        state = Mutex(State(deadline: start + timeout, end: start + max(timeout, maximum)))
    }

    func renew() {
        let next = clock.now() + timeout
        state.withLock { $0.deadline = max($0.deadline, min(next, $0.end)) }
    }

    func pause() {
        let now = clock.now()
        state.withLock { $0.pause = ($0.pause?.start ?? now, ($0.pause?.count ?? 0) + 1) }
    }

    /// Goes on with a whole time-out.
    func resume() {
        let now = clock.now()
        state.withLock { state in
            guard let pause = state.pause else { return }
            guard pause.count == 1 else {
                state.pause = (pause.start, pause.count - 1)
                return
            }
            state.pause = nil
            state.end += now - pause.start
            state.deadline = max(state.deadline, min(now + timeout, state.end))
        }
    }

    /// When to look whether the time is over. While time stands still it is looked at again and again, at the latest a time-out after it goes on.
    func nextLook(at now: Duration) -> Duration { state.withLock { $0.pause == nil ? $0.deadline : now + timeout } }

    /// Gives the request up where its time is over.
    /// - Returns: Whether it is.
    func expires(at now: Duration) -> Bool {
        state.withLock { state in
            guard state.pause == nil, now >= state.deadline else { return false }
            state.expiredAfter = state.deadline - start
            return true
        }
    }

    /// What a request that was given up ends with; `nil` where it was not.
    func error(of method: String) -> ClientError? { expiredAfter.map { .timedOut(method: method, after: $0) } }

    /// After how long the request was given up; `nil` where it was not.
    var expiredAfter: Duration? { state.withLock { $0.expiredAfter } }
}

/// Runs `body` while the time-out of the request that the task is part of stands still: for a transport that has to ask a person before it can
/// send, as a sign-in does.
public func withRequestTimePaused<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async rethrows -> Value {
    let deadline = RequestDeadline.current
    deadline?.pause()
    defer { deadline?.resume() }
    return try await body()
}
