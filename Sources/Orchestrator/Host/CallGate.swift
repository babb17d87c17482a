import Synchronization

/// Lets calls of one server through one at a time.
///
/// A server of the handshake era does not say over stdio which call a question belongs to. With one call under way it is that one's; with
/// several it could be shown to the wrong person.
final class CallGate: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var serial = 0
    }

    private let state = Mutex(State())

    /// Runs `body` when the calls before it have ended.
    ///
    /// - Parameter onWait: Called first where one is under way.
    /// - Throws: `CancellationError` while it waits; what `body` throws.
    func whenFree<Value>(
        isolation: isolated (any Actor)? = #isolation, onWait: () async -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        if !take() {
            await onWait()
            guard await wait() else { throw CancellationError() }
        }
        defer { leave() }
        return try await body()
    }

    private func take() -> Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    /// - Returns: Whether the gate was taken; false when the task is cancelled.
    private func wait() async -> Bool {
        let id = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.isTaken {
                        state.waiting.append((id, continuation))
                        return nil
                    }
                    state.isTaken = true
                    return true
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) } }
            waiter?.continuation.resume(returning: false)
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
