import Logging
import Synchronization

/// Writes changes in the order in which they were made, several at a time, without holding up who made them.
///
/// What cannot be written is kept and tried again; what concerns other conversations is written all the same. Nothing is given up while the
/// process lives.
final class StoreQueue: Sendable {
    fileprivate struct State {
        var waiting: [StoreChange] = []
        /// What is being written.
        var current: [StoreChange] = []
        var waiters: [CheckedContinuation<Bool, Never>] = []
        var isWriting = false
        var failure: String?
        /// Whether somebody will try again without being asked.
        var willRetry = false
        /// How long to wait before that.
        var pause = StoreQueue.shortestPause
    }

    fileprivate static let shortestPause = Duration.seconds(1)
    fileprivate static let longestPause = Duration.seconds(30)

    private let store: any ConversationStore
    private let logger: Logger
    private let sleep: @Sendable (Duration) async -> Void
    private let state = Mutex(State())

    /// - Parameter sleep: Lets time pass between a failure and the next attempt.
    init(
        _ store: any ConversationStore, logger: Logger,
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.store = store
        self.logger = logger
        self.sleep = sleep
    }

    /// Why the last write failed; nil once everything is written.
    var failure: String? { state.withLock { $0.failure } }

    /// Whether something of a conversation is not written yet.
    func holds(_ conversation: String) -> Bool {
        state.withLock { state in (state.current + state.waiting).contains { $0.conversation == conversation } }
    }

    /// Takes changes to be written soon.
    func add(_ changes: [StoreChange]) {
        guard !changes.isEmpty else { return }
        let starts = state.withLock { state in
            state.waiting += changes
            // While the store fails the next attempt is the timer's, or that of who wants to know.
            return state.failure == nil && state.begins()
        }
        if starts { write() }
    }

    /// Writes what was added before.
    ///
    /// - Returns: Whether all of it is written. Where not, it is kept and tried again.
    @discardableResult func flush() async -> Bool {
        await withCheckedContinuation { continuation in
            let (isIdle, starts) = state.withLock { state in
                if state.waiting.isEmpty, !state.isWriting { return (true, false) }
                state.waiters.append(continuation)
                return (false, state.begins())
            }
            if isIdle { continuation.resume(returning: true) }
            if starts { write() }
        }
    }

    /// Unstructured: what is written belongs to no caller. `flush` waits for it.
    private func write() { Task { await drain() } }

    private func drain() async {
        while let changes = next() {
            let (unwritten, failure) = await unwritten(of: changes)
            let waiters = state.withLock { $0.ended(unwritten, failure) }
            for waiter in waiters { waiter.resume(returning: false) }
            guard unwritten.isEmpty else {
                // Kept in memory: pages go on, `/readyz` says what is wrong.
                logger.error("The conversation store cannot be written; it is tried again.", metadata: ["error": "\(failure ?? "")"])
                return retryLater()
            }
        }
    }

    /// What is to be written next; nil, and who waits is told, where there is nothing.
    private func next() -> [StoreChange]? {
        let (changes, waiters) = state.withLock { $0.next() }
        for waiter in waiters { waiter.resume(returning: true) }
        return changes
    }

    /// Writes changes, and tells what could not be.
    private func unwritten(of changes: [StoreChange]) async -> ([StoreChange], failure: String?) {
        do {
            try await store.write(changes)
            return ([], nil)
        } catch {
            var order: [String] = []
            let groups = Dictionary(grouping: changes, by: \.conversation)
            for change in changes where !order.contains(change.conversation) { order.append(change.conversation) }
            guard order.count > 1 else { return (changes, "\(error)") }
            // One conversation that cannot be written is no reason to keep back the others.
            var (unwritten, failure): ([StoreChange], String?) = ([], nil)
            for conversation in order {
                let group = groups[conversation] ?? []
                do { try await store.write(group) } catch {
                    unwritten += group
                    failure = "\(error)"
                }
            }
            return (unwritten, failure)
        }
    }

    private func retryLater() {
        let pause = state.withLock { $0.pauseBeforeRetry() }
        guard let pause else { return }
        // Unstructured, as the writing is.
        Task {
            await sleep(pause)
            let starts = state.withLock { state in
                state.willRetry = false
                return !state.waiting.isEmpty && state.begins()
            }
            if starts { write() }
        }
    }
}

extension StoreQueue.State {
    /// - Returns: Whether the caller has to begin to write.
    fileprivate mutating func begins() -> Bool {
        defer { isWriting = true }
        return !isWriting
    }

    /// What is to be written next, or who waits for the end where there is nothing.
    fileprivate mutating func next() -> ([StoreChange]?, [CheckedContinuation<Bool, Never>]) {
        guard waiting.isEmpty else {
            current = waiting
            waiting = []
            return (current, [])
        }
        current = []
        defer { waiters = [] }
        isWriting = false
        return (nil, waiters)
    }

    /// - Returns: Who waited for what could not be written.
    fileprivate mutating func ended(_ unwritten: [StoreChange], _ failure: String?) -> [CheckedContinuation<Bool, Never>] {
        self.failure = failure
        current = []
        guard !unwritten.isEmpty else {
            pause = StoreQueue.shortestPause
            return []
        }
        waiting = unwritten + waiting
        isWriting = false
        defer { waiters = [] }
        return waiters
    }

    /// How long to wait before the next attempt; nil where one is to come already.
    fileprivate mutating func pauseBeforeRetry() -> Duration? {
        guard !willRetry else { return nil }
        willRetry = true
        defer { pause = min(pause * 2, StoreQueue.longestPause) }
        return pause
    }
}

extension StoreChange {
    var conversation: String {
        switch self {
        case .header(let header): header.id
        case .entry(let conversation, _, _), .truncate(let conversation, _), .allow(let conversation, _), .delete(let conversation): conversation
        }
    }
}
