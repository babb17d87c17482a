import Synchronization

/// The changes of a server that one listener wants, each at most once until it is taken: a slow listener costs bounded memory and misses none.
final class ChangeListener: Sendable {
    private struct State {
        var acknowledged: SubscriptionFilter
        var pending: [ServerChange] = []
        var end: Result<Void, any Error>?
        var waiter: CheckedContinuation<Result<ServerChange?, any Error>, Never>?
    }

    private let state: Mutex<State>

    init(_ wanted: SubscriptionFilter) { state = Mutex(State(acknowledged: wanted)) }

    /// What the server has agreed to tell.
    var acknowledged: SubscriptionFilter {
        get { state.withLock { $0.acknowledged } }
        set { state.withLock { $0.acknowledged = newValue } }
    }

    func add(_ change: ServerChange) {
        let waiter = state.withLock { state -> CheckedContinuation<Result<ServerChange?, any Error>, Never>? in
            guard state.end == nil, state.acknowledged.wants(change) else { return nil }
            if state.waiter == nil, !state.pending.contains(change) { state.pending.append(change) }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .success(change))
    }

    /// Every change that is listened to.
    var all: [ServerChange] {
        let acknowledged = acknowledged
        return (ServerChange.lists + acknowledged.resourceSubscriptions.map(ServerChange.resourceUpdated)).filter(acknowledged.wants)
    }

    /// Tells of everything that is listened to: something may have changed while nobody told.
    func addAll() {
        for change in all { add(change) }
    }

    /// Ends the changes behind what is pending: with an error, or as it should be.
    func finish(_ error: (any Error)?) {
        let end: Result<Void, any Error> = error.map { .failure($0) } ?? .success(())
        let waiter = state.withLock { state in
            state.end = state.end ?? end
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: end.map { nil })
    }

    /// For one task at a time; `nil` at the end and once the task is cancelled.
    func next() async throws -> ServerChange? {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Result<ServerChange?, any Error>? = state.withLock { state in
                    if !state.pending.isEmpty { return .success(state.pending.removeFirst()) }
                    if let end = state.end { return end.map { nil } }
                    if Task.isCancelled { return .success(nil) }
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
            waiter?.resume(returning: .success(nil))
        }
        return try result.get()
    }
}
