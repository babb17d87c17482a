import Synchronization

/// What has come and was not taken yet, for one consumer.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
        var failure: (any Error)?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private enum Step {
        case element(Element)
        case end((any Error)?)
        case wait
    }

    private let state = Mutex(State())

    func push(_ element: Element) {
        wake { state in if !state.isFinished { state.elements.append(element) } }
    }

    /// Ends it: what has come can still be taken, then `next` gives `nil`, or throws the error.
    func finish(throwing failure: (any Error)? = nil) {
        wake { state in
            if !state.isFinished { (state.isFinished, state.failure) = (true, failure) }
        }
    }

    /// The next element; `nil` at the end.
    func next() async throws -> Element? {
        while true {
            try Task.checkCancellation()
            let step = state.withLock { state -> Step in
                if !state.elements.isEmpty { return .element(state.elements.removeFirst()) }
                return state.isFinished ? .end(state.failure) : .wait
            }
            switch step {
            case .element(let element): return element
            case .end(let failure):
                if let failure { throw failure }
                return nil
            case .wait: await wait()
            }
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if !state.elements.isEmpty || state.isFinished || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
