import Synchronization

/// Questions that wait for an answer from outside, by id.
///
/// A question is opened before it is shown, so that an answer that comes before anybody waits for it is not lost.
final class Answers<Value: Sendable>: Sendable {
    private enum Question {
        case open
        case waiting(CheckedContinuation<Value?, Never>)
        case answered(Value)
    }

    private let questions = Mutex<[String: Question]>([:])

    /// From now on an answer is taken.
    func open(_ id: String) { questions.withLock { if $0[id] == nil { $0[id] = .open } } }

    /// Suspends until the question is answered; nil when it is not open, is closed, or the task is cancelled.
    func wait(for id: String) async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Value?? = questions.withLock { questions in
                    switch questions[id] {
                    case .open:
                        questions[id] = .waiting(continuation)
                        return .none
                    case .answered(let value):
                        questions[id] = nil
                        return .some(value)
                    case .waiting, nil: return .some(nil)
                    }
                }
                if let answer { continuation.resume(returning: answer) }
                // Cancelled before it waited: the handler has found nobody waiting.
                if Task.isCancelled { close(id) }
            }
        } onCancel: {
            close(id)
        }
    }

    /// - Returns: Whether the question was open.
    @discardableResult func answer(_ id: String, with value: Value) -> Bool {
        let (wasOpen, continuation): (Bool, CheckedContinuation<Value?, Never>?) = questions.withLock { questions in
            switch questions[id] {
            case .open:
                questions[id] = .answered(value)
                return (true, nil)
            case .waiting(let continuation):
                questions[id] = nil
                return (true, continuation)
            case .answered, nil: return (false, nil)
            }
        }
        continuation?.resume(returning: value)
        return wasOpen
    }

    /// Ends the question without an answer.
    func close(_ id: String) {
        let question = questions.withLock { $0.removeValue(forKey: id) }
        if case .waiting(let continuation) = question { continuation.resume(returning: nil) }
    }
}
