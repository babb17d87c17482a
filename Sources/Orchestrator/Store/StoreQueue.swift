import Logging
import Synchronization

/// Writes changes in the order in which they were made, several at a time, without holding up who made them.
final class StoreQueue: Sendable {
    private struct State {
        var waiting: [StoreChange] = []
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isWriting = false
        var failure: String?
    }

    private let store: any ConversationStore
    private let logger: Logger
    private let state = Mutex(State())

    init(_ store: any ConversationStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Why the last write failed.
    var failure: String? { state.withLock { $0.failure } }

    /// Takes changes to be written soon.
    func add(_ changes: [StoreChange]) {
        guard !changes.isEmpty else { return }
        let starts = state.withLock { state in
            state.waiting += changes
            defer { state.isWriting = true }
            return !state.isWriting
        }
        // Unstructured: what is written belongs to no caller. `flush` waits for it.
        if starts { Task { await drain() } }
    }

    /// Returns when all that was added before is written, or has failed to be.
    func flush() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.isWriting { state.waiters.append(continuation) }
                return !state.isWriting
            }
            if isIdle { continuation.resume() }
        }
    }

    /// What is to be written next; nil, and who waits is told, where there is nothing.
    private func next() -> [StoreChange]? {
        let (changes, waiters): ([StoreChange], [CheckedContinuation<Void, Never>]) = state.withLock { state in
            guard state.waiting.isEmpty else {
                defer { state.waiting = [] }
                return (state.waiting, [])
            }
            defer { state.waiters = [] }
            state.isWriting = false
            return ([], state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        return changes.isEmpty ? nil : changes
    }

    private func drain() async {
        while let changes = next() {
            do {
                try await store.write(changes)
                state.withLock { $0.failure = nil }
            } catch {
                // Kept in memory all the same: pages go on, `/readyz` says what is wrong.
                state.withLock { $0.failure = "\(error)" }
                logger.error("The conversation store cannot be written.", metadata: ["error": "\(error)"])
            }
        }
    }
}
