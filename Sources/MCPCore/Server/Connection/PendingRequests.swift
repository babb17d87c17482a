import Synchronization

/// Requests that a server has sent to its client and that wait for their responses.
public final class PendingRequests: Sendable {
    private struct State {
        var waiting: [RequestID: CheckedContinuation<JSONRPCResponse, any Error>] = [:]
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
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return RequestID.integer(state.nextID)
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
            // The continuation is registered before the request leaves, so that no response can come too early.
            async let response = withCheckedThrowingContinuation { (continuation: CheckedContinuation<JSONRPCResponse, any Error>) in
                let failure: (any Error)? = state.withLock { state in
                    if let closed = state.closed { return closed }
                    if Task.isCancelled { return CancellationError() }
                    state.waiting[id] = continuation
                    return nil
                }
                if let failure { continuation.resume(throwing: failure) }
            }
            do { try await send(.request(request)) } catch {
                take(id)?.resume(throwing: error)
            }
            return try await response
        } onCancel: {
            take(id)?.resume(throwing: CancellationError())
        }
    }

    /// Gives a response to whoever waits for it.
    /// - Returns: Whether somebody did.
    @discardableResult public func resolve(_ response: JSONRPCResponse) -> Bool {
        guard let id = response.id, let waiter = take(id) else { return false }
        waiter.resume(returning: response)
        return true
    }

    /// Fails what waits and what comes later.
    public func close(_ error: any Error) {
        let waiting = state.withLock { state in
            state.closed = state.closed ?? error
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for waiter in waiting { waiter.resume(throwing: error) }
    }

    private func take(_ id: RequestID) -> CheckedContinuation<JSONRPCResponse, any Error>? {
        state.withLock { $0.waiting.removeValue(forKey: id) }
    }
}
