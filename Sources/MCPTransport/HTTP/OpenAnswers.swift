import Synchronization

/// Answers whose end has not been taken yet, and who waits for that.
final class OpenAnswers: Sendable {
    private struct State {
        var count = 0
        var waiting: [AsyncStream<Never>.Continuation] = []
    }
    private let state = Mutex(State())

    /// Counts an answer, from now on until it has been given or, where it is a stream, until that is closed.
    func counting(_ respond: @escaping @Sendable (HTTPAnswer) -> Void) -> @Sendable (HTTPAnswer) -> Void {
        begin()
        return { [self] answer in
            if case .stream(let body) = answer.body { body.whenClosed { self.end() } } else { end() }
            respond(answer)
        }
    }

    /// Counts a stream until it is closed.
    func count(_ stream: EventStreamBody) {
        begin()
        stream.whenClosed { self.end() }
    }

    private func begin() { state.withLock { $0.count += 1 } }

    private func end() {
        let waiting = state.withLock { state -> [AsyncStream<Never>.Continuation] in
            state.count -= 1
            guard state.count == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.finish() }
    }

    /// Returns once there are none, that time is over, or the task is cancelled.
    func ended(within period: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) async {
        let (ends, waiter) = AsyncStream.makeStream(of: Never.self)
        let isWaiting = state.withLock { state in
            if state.count > 0 { state.waiting.append(waiter) }
            return state.count > 0
        }
        guard isWaiting else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in ends {} }
            group.addTask { try? await sleep(period) }
            await group.next()
            group.cancelAll()
        }
    }
}
