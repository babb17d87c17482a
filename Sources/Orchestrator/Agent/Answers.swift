import Synchronization

/// Questions that wait for an answer from outside, by id.
final class Answers<Value: Sendable>: Sendable {
    private let waiting = Mutex<[String: CheckedContinuation<Value?, Never>]>([:])

    /// Suspends until the question of that id is answered; nil when the task is cancelled.
    func wait(for id: String) async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let former = waiting.withLock { waiting in
                    let former = waiting.updateValue(continuation, forKey: id)
                    return former
                }
                former?.resume(returning: nil)
                // Cancelled before it waited: the handler has found nothing to end.
                if Task.isCancelled { end(id) }
            }
        } onCancel: {
            end(id)
        }
    }

    /// - Returns: Whether the question waited for an answer.
    @discardableResult func answer(_ id: String, with value: Value) -> Bool {
        guard let continuation = waiting.withLock({ $0.removeValue(forKey: id) }) else { return false }
        continuation.resume(returning: value)
        return true
    }

    /// Ends the wait without an answer.
    func end(_ id: String) { waiting.withLock { $0.removeValue(forKey: id) }?.resume(returning: nil) }
}
