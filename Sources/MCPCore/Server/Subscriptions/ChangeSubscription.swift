import Synchronization

/// The changes that one listener wants, each at most once until it is taken: a slow listener costs bounded memory and misses nothing.
final class ChangeSubscription: AsyncSequence, Sendable {
    typealias Element = ServerChange

    private struct State {
        var pending: [ServerChange] = []
        var isFinished = false
        var waiter: CheckedContinuation<ServerChange?, Never>?
    }

    let owner: ConnectionID?
    let wanted: SubscriptionFilter
    /// Whether updates of the resources that the owner watches are wanted too.
    let watchesWithOwner: Bool
    private let state = Mutex(State())

    init(_ wanted: SubscriptionFilter, owner: ConnectionID?, watchesWithOwner: Bool = false) {
        self.wanted = wanted
        self.owner = owner
        self.watchesWithOwner = watchesWithOwner
    }

    private func wants(_ change: ServerChange) -> Bool {
        if wanted.wants(change) { return true }
        guard watchesWithOwner, let owner else { return false }
        return switch change {
        case .resourceUpdated(let uri): owner.watches(uri)
        case .elicitationCompleted(let id): owner.takeElicitation(id)
        case .toolsListChanged, .promptsListChanged, .resourcesListChanged: false
        }
    }

    func add(_ change: ServerChange) {
        guard wants(change) else { return }
        let waiter = state.withLock { state -> CheckedContinuation<ServerChange?, Never>? in
            guard !state.isFinished else { return nil }
            if let waiter = state.waiter {
                state.waiter = nil
                return waiter
            }
            if !state.pending.contains(change) { state.pending.append(change) }
            return nil
        }
        waiter?.resume(returning: change)
    }

    /// Ends the sequence behind what is pending.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    struct Iterator: AsyncIteratorProtocol {
        let subscription: ChangeSubscription
        mutating func next() async -> ServerChange? { await subscription.next() }
    }

    /// For one task at a time; `nil` at the end and once the task is cancelled.
    private func next() async -> ServerChange? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: ServerChange?? = state.withLock { state in
                    if !state.pending.isEmpty { return .some(state.pending.removeFirst()) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }
}
