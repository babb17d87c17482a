import Synchronization

/// Requests that a server has sent to its client and that wait for their responses.
///
/// None is sent before the client is ready (2025-11-25, basic/lifecycle, "Initialization"), and none waits for longer than it may ("Timeouts").
public final class PendingRequests: Sendable {
    /// How far a request has come. It has a slot before it is sent, so that no response can come too early.
    private enum Slot {
        /// It may not be sent yet, and nobody waits yet.
        case early
        /// It is being sent, and nobody waits yet.
        case open
        /// The client is not ready for it.
        case held(CheckedContinuation<Void, any Error>)
        case waiting(CheckedContinuation<JSONRPCResponse, any Error>)
        /// The outcome was there before somebody waited.
        case settled(Result<JSONRPCResponse, any Error>)
    }

    private struct State {
        var isReady: Bool
        var slots: [RequestID: Slot] = [:]
        var nextID: Int64 = 1
        var closed: (any Error)?
    }
    private let state: Mutex<State>
    private let timeout: Duration?
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Those of a server's session, which begin when `ready` is called.
    /// - Parameter sleep: How time passes where the server's environment does not say. Each request that waits sleeps by itself: where that costs a timer that
    ///   outlives it, as that of `Task.sleep` does on Linux, a server leaves one behind for each question.
    public convenience init(
        _ configuration: ServerConfiguration, sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.init(isReady: false, timeout: configuration.answerTimeout, sleep: configuration.environment.sleep ?? sleep)
    }

    /// - Parameters:
    ///   - isReady: Whether the client may be asked at once.
    ///   - timeout: How long a request may wait, to be sent and to be answered; `nil` for without end.
    public init(
        isReady: Bool = true, timeout: Duration? = nil, sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        state = Mutex(State(isReady: isReady))
        self.timeout = timeout
        self.sleep = sleep
    }

    /// The client is ready (`notifications/initialized`): what has waited for that is sent.
    public func ready() {
        let held = state.withLock { state in
            state.isReady = true
            var held: [CheckedContinuation<Void, any Error>] = []
            for (id, slot) in state.slots {
                guard case .held(let continuation) = slot else { continue }
                state.slots[id] = .open
                held.append(continuation)
            }
            return held
        }
        for continuation in held { continuation.resume() }
    }

    /// Sends a request with an id of its own and waits for its response.
    /// - Parameters:
    ///   - send: Sends the request, in a task that is cancelled when there is an outcome before it has done so: the other side may read nothing.
    ///   - cancelled: Tells the other side that nobody waits any more, for a request that has been sent. Its task is cancelled, so that it does
    ///     not wait for that side either.
    /// - Throws: `JSONRPCError` from the other side; `CancellationError` once the task is cancelled; `AnswerTimeout`; what `close` was given.
    public func request(
        _ method: String, params: JSONObject, send: @escaping @Sendable (JSONRPCMessage) async throws -> Void,
        cancelled: @escaping @Sendable (RequestID) async -> Void
    ) async throws -> JSONObject {
        try Task.checkCancellation()
        let (id, isReady) = try state.withLock { state in
            if let closed = state.closed { throw closed }
            let id = RequestID.integer(state.nextID)
            state.nextID += 1
            state.slots[id] = state.isReady ? .open : .early
            return (id, state.isReady)
        }
        let timer = timeout.map { timeout in
            // Unstructured: it only settles the request, and is over with it. On the executor of whoever asks: the system's own would wake an idle process (Linux).
            Task(executorPreference: CurrentExecutor.preference) { [self, sleep] in
                guard (try? await sleep(timeout)) != nil else { return }
                settle(id, .failure(AnswerTimeout(method: method, timeout: timeout)))
            }
        }
        defer { timer?.cancel() }
        if !isReady { try await waitUntilReady(id) }
        let isSent = Atomic(false)
        do {
            return try await wait(id) { [self] in
                do {
                    try await send(.request(JSONRPCRequest(id: id, method: method, params: params)))
                    isSent.store(true, ordering: .relaxed)
                } catch {
                    settle(id, .failure(error))
                }
            }.result.get()
        } catch  where error is CancellationError || error is AnswerTimeout {
            guard isSent.load(ordering: .relaxed) else { throw error }
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask { await cancelled(id) }
            }
            throw error
        }
    }

    private func waitUntilReady(_ id: RequestID) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if case .settled(let outcome)? = state.slots[id] {
                        state.slots[id] = nil
                        return outcome.map { _ in }
                    }
                    if state.isReady {
                        state.slots[id] = .open
                        return .success(())
                    }
                    state.slots[id] = .held(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            settle(id, .failure(CancellationError()))
        }
    }

    /// - Parameter send: Settles the request where it cannot be sent.
    private func wait(_ id: RequestID, send: @escaping @Sendable () async -> Void) async throws -> JSONRPCResponse {
        try await withTaskCancellationHandler {
            // A child, which is cancelled and has ended when the outcome leaves this scope.
            async let _: Void = send()
            return try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<JSONRPCResponse, any Error>? = state.withLock { state in
                    if case .settled(let outcome)? = state.slots[id] {
                        state.slots[id] = nil
                        return outcome
                    }
                    state.slots[id] = .waiting(continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            settle(id, .failure(CancellationError()))
        }
    }

    /// Gives a response to whoever waits for it.
    /// - Returns: Whether somebody did.
    @discardableResult public func resolve(_ response: JSONRPCResponse) -> Bool {
        guard let id = response.id else { return false }
        return settle(id, .success(response))
    }

    /// Fails what waits and what comes later.
    public func close(_ error: any Error) {
        let open = state.withLock { state in
            state.closed = state.closed ?? error
            return Array(state.slots.keys)
        }
        for id in open { settle(id, .failure(error)) }
    }

    /// The first outcome counts.
    @discardableResult private func settle(_ id: RequestID, _ outcome: Result<JSONRPCResponse, any Error>) -> Bool {
        var waiter: CheckedContinuation<JSONRPCResponse, any Error>?
        var held: CheckedContinuation<Void, any Error>?
        let isFirst = state.withLock { state in
            switch (state.slots[id], outcome) {
            case (.waiting(let continuation)?, _):
                state.slots[id] = nil
                waiter = continuation
                return true
            case (.open?, _), (.early?, .failure):
                state.slots[id] = .settled(outcome)
                return true
            case (.held(let continuation)?, .failure):
                state.slots[id] = nil
                held = continuation
                return true
            // What was not sent has no response.
            case (.early?, .success), (.held?, .success), (.settled?, _), (nil, _): return false
            }
        }
        waiter?.resume(with: outcome)
        held?.resume(with: outcome.map { _ in })
        return isFirst
    }
}

/// The client has not answered a request of the server in time (`ServerConfiguration.answerTimeout`).
public struct AnswerTimeout: Error, Sendable, Hashable, CustomStringConvertible {
    public var method: String
    public var timeout: Duration
    public var description: String { "The client did not answer \(method) within \(timeout)" }
}
