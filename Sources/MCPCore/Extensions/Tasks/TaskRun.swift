import Synchronization

/// A task that runs in this process: its handler, and the questions that it waits on.
final class TaskRun: Sendable {
    private struct State {
        var work: Task<Void, Never>?
        var isCancelled = false
        /// Who waits for an answer, by the key of the question.
        var waiting: [String: AsyncStream<JSONObject>.Continuation] = [:]
        /// Keys are never used again in a task (SEP-2663, "Task Update Requests").
        var usedKeys: Set<String> = []
    }

    let id: String
    private let state = Mutex(State())

    init(id: String) { self.id = id }

    /// Whether the client has asked for the end.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// - Parameter work: What runs the handler.
    func start(_ work: Task<Void, Never>) {
        let isCancelled = state.withLock { state in
            state.work = work
            return state.isCancelled
        }
        if isCancelled { work.cancel() }
    }

    func cancel() {
        let work = state.withLock { state in
            state.isCancelled = true
            return state.work
        }
        work?.cancel()
    }

    /// Waits until the handler has ended.
    func end() async { await state.withLock { $0.work }?.value }

    /// A key for a question: its id, or one made from it where that is used up.
    func expectAnswer(to id: String) -> (key: String, answers: AsyncStream<JSONObject>) {
        let (answers, continuation) = AsyncStream<JSONObject>.makeStream(bufferingPolicy: .bufferingOldest(1))
        return state.withLock { state in
            var key = id
            var attempt = 1
            while !state.usedKeys.insert(key).inserted {
                attempt += 1
                key = "\(id)#\(attempt)"
            }
            state.waiting[key] = continuation
            return (key, answers)
        }
    }

    /// Hands an answer to the question of that key.
    func deliver(_ answer: JSONObject, for key: String) {
        let waiter = state.withLock { $0.waiting.removeValue(forKey: key) }
        waiter?.yield(answer)
        waiter?.finish()
    }
}
