import Synchronization

/// Requests that a server has sent to its client and that wait for their responses.
public final class PendingRequests: Sendable {
    /// How far a request has come. It has a slot before it is sent, so that no response can come too early.
    private enum Slot {
        /// Nobody waits yet.
        case open
        case waiting(CheckedContinuation<JSONRPCResponse, any Error>)
        /// The outcome was there before somebody waited.
        case settled(Result<JSONRPCResponse, any Error>)
    }

    private struct State {
        var slots: [RequestID: Slot] = [:]
        var nextID: Int64 = 1
        var closed: (any Error)?
    }
    private let state = Mutex(State())

    public init() {}

    /// Sends a request with an id of its own and waits for its response.
    /// - Parameter cancelled: Tells the other side that nobody waits any more.
    /// - Throws: `JSONRPCError` from the other side; `CancellationError` once the task is cancelled; what `close` was given.
    public func request(
        _ method: String, params: JSONObject, send: @Sendable (JSONRPCMessage) async throws -> Void,
        cancelled: @Sendable (RequestID) async -> Void
    ) async throws -> JSONObject {
        try Task.checkCancellation()
        let id = try state.withLock { state in
            if let closed = state.closed { throw closed }
            let id = RequestID.integer(state.nextID)
            state.nextID += 1
            state.slots[id] = .open
            return id
        }
        let response: JSONRPCResponse
        do { response = try await wait(id, JSONRPCRequest(id: id, method: method, params: params), send: send) } catch let error
            as CancellationError
        {
            await cancelled(id)
            throw error
        }
        return try response.result.get()
    }

    private func wait(
        _ id: RequestID, _ request: JSONRPCRequest, send: @Sendable (JSONRPCMessage) async throws -> Void
    ) async throws -> JSONRPCResponse {
        try await withTaskCancellationHandler {
            do { try await send(.request(request)) } catch { settle(id, .failure(error)) }
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
        let (isFirst, waiter) = state.withLock { state -> (Bool, CheckedContinuation<JSONRPCResponse, any Error>?) in
            switch state.slots[id] {
            case .waiting(let waiter)?:
                state.slots[id] = nil
                return (true, waiter)
            case .open?:
                state.slots[id] = .settled(outcome)
                return (true, nil)
            case .settled?, nil: return (false, nil)
            }
        }
        waiter?.resume(with: outcome)
        return isFirst
    }
}
