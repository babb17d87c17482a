import MCPCore
import Synchronization

/// Lets so many requests be under way at once, and others wait for their turn in the order in which they came.
final class RequestTurns: Sendable {
    private struct State {
        var free: Int
        /// Those that wait, by their tickets, and the lowest ticket that may be among them.
        var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
        var first = 0
        var next = 0
    }

    private let state: Mutex<State>

    /// - Parameter count: At least 1.
    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Runs `body` when it is its turn.
    /// - Throws: `CancellationError` where the task is cancelled before that, `TransportError.closed` where the transport is closed; what `body` throws.
    func take<Value>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value) async throws -> Value {
        if !takeFree() { try await wait() }
        defer { give() }
        return try await body()
    }

    /// Ends the waiting of all that wait.
    func close() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(throwing: TransportError.closed("the client has been closed")) }
    }

    /// How many wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private func takeFree() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    private func wait() async throws {
        let ticket = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.free == 0 else {
                        state.free -= 1
                        return .success(())
                    }
                    state.waiting[ticket] = continuation
                    state.first = min(state.first, ticket)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let continuation = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    private func give() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                state.first = state.next
                return nil
            }
            while true {
                defer { state.first += 1 }
                if let next = state.waiting.removeValue(forKey: state.first) { return next }
            }
        }
        next?.resume()
    }
}
