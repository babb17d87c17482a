import Synchronization

/// Work that several tasks wait for. It runs once; each waits as long as it likes, and when the last has been cancelled the work is cancelled too.
final class SharedTask<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        var nextWaiter = 0
        var task: Task<Void, Never>?
    }

    private let state = Mutex(State())

    /// Begins the work.
    init(_ work: @escaping @Sendable () async throws -> Value) {
        // Unstructured, because it belongs to all who wait and not to the one that began it.
        let task = Task { [weak self] in
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            self?.finish(result)
        }
        state.withLock { $0.task = task }
    }

    /// The result of the work.
    /// - Throws: What the work threw; `CancellationError` where the waiting task is cancelled, or all others that waited were.
    func value() async throws -> Value {
        let waiter = state.withLock { state in
            defer { state.nextWaiter += 1 }
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Value, any Error>? = state.withLock { state in
                    if let result = state.result { return result }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
                // Cancelled before it was among those that wait.
                if Task.isCancelled { leave(waiter) }
            }
        } onCancel: {
            leave(waiter)
        }
    }

    /// How many wait.
    var waiting: Int { state.withLock { $0.waiters.count } }

    private func leave(_ waiter: Int) {
        let (continuation, task) = state.withLock { state in
            let continuation = state.waiters.removeValue(forKey: waiter)
            return (continuation, continuation != nil && state.waiters.isEmpty ? state.task : nil)
        }
        task?.cancel()
        continuation?.resume(throwing: CancellationError())
    }

    private func finish(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state in
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
