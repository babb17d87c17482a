/// A bounded set of sessions. A session is used by one caller at a time; callers beyond the bound wait in order.
actor ConnectionPool<Session: Sendable> {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let capacity: Int
    private let open: @Sendable () async throws -> Session
    private let close: @Sendable (Session) async -> Void
    private var idle: [Session] = []
    private var inUse = 0
    private var waiters: [Waiter] = []
    private var nextWaiter = 0
    private var closed = false

    /// - Parameters:
    ///   - capacity: the largest number of sessions at once.
    ///   - open: makes a session; called when none is idle.
    ///   - close: ends one.
    init(
        capacity: Int, open: @escaping @Sendable () async throws -> Session, close: @escaping @Sendable (Session) async -> Void
    ) {
        self.capacity = capacity
        self.open = open
        self.close = close
    }

    /// Runs `body` with a session of its own. The session is kept when `body` answers that it may be.
    /// - Parameter body: is told whether the session was opened for it. When it throws `StaleSession` with one that was kept, it is run again with a new one.
    /// - Throws: what opening or `body` throws; `CancellationError` while waiting. A session whose `body` throws is closed.
    func withSession<Value: Sendable>(
        _ body: @Sendable (Session, _ isFresh: Bool) async throws -> (value: Value, reusable: Bool)
    ) async throws -> Value {
        try await takePlace()
        defer { leavePlace() }
        if let kept = idle.popLast() {
            do { return try await use(kept, isFresh: false, body) } catch is StaleSession {}
        }
        do { return try await use(try await open(), isFresh: true, body) } catch let stale as StaleSession { throw stale.failure }
    }

    private func use<Value: Sendable>(
        _ session: Session, isFresh: Bool, _ body: @Sendable (Session, _ isFresh: Bool) async throws -> (value: Value, reusable: Bool)
    ) async throws -> Value {
        do {
            let (value, reusable) = try await body(session, isFresh)
            if reusable, !closed { idle.append(session) } else { await close(session) }
            return value
        } catch {
            await close(session)
            throw error
        }
    }

    /// Closes idle sessions and those in use as they come back; waiting callers fail.
    func shutDown() async {
        closed = true
        let sessions = idle
        idle = []
        for waiter in waiters { waiter.continuation.resume(throwing: QueryFailure(.unavailable, Self.closedMessage)) }
        waiters = []
        for session in sessions { await close(session) }
    }

    private static var closedMessage: String { "The connection is closed because the server is shutting down; start the server again." }

    private func takePlace() async throws {
        try Task.checkCancellation()
        guard !closed else { throw QueryFailure(.unavailable, Self.closedMessage) }
        if inUse < capacity {
            inUse += 1
            return
        }
        let id = nextWaiter
        nextWaiter += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append(Waiter(id: id, continuation: continuation))
                }
            }
        } onCancel: {
            // Unstructured because a cancellation handler cannot wait for the actor; it only removes one waiter.
            Task { await self.abandon(id) }
        }
    }

    private func leavePlace() {
        if waiters.isEmpty {
            inUse -= 1
        } else {
            // The place goes to the next caller without being free in between.
            waiters.removeFirst().continuation.resume()
        }
    }

    private func abandon(_ id: Int) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}

/// A session turned out to be lost before anything was done with it.
struct StaleSession: Error {
    let failure: QueryFailure
}
