import Synchronization

/// An answer that one task waits for; the first that is given counts.
final class AnswerPromise: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<HTTPAnswer, Never>)
        case fulfilled(HTTPAnswer)
    }

    private let state = Mutex(State.empty)

    func fulfil(_ answer: HTTPAnswer) {
        let waiter = state.withLock { state -> CheckedContinuation<HTTPAnswer, Never>? in
            switch state {
            case .fulfilled: return nil
            case .empty:
                state = .fulfilled(answer)
                return nil
            case .waiting(let waiter):
                state = .fulfilled(answer)
                return waiter
            }
        }
        waiter?.resume(returning: answer)
    }

    func value() async -> HTTPAnswer {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> HTTPAnswer? in
                if case .fulfilled(let answer) = state { return answer }
                state = .waiting(continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
