import Synchronization

/// Hands the changes of a server to those who listen.
final class SubscriptionHub: Sendable {
    private struct State {
        var subscriptions: [ObjectIdentifier: ChangeSubscription] = [:]
        var isFinished = false
    }
    private let state = Mutex(State())

    /// - Parameter owner: The connection that the subscription ends with.
    func subscribe(_ wanted: SubscriptionFilter, owner: ConnectionID?) -> ChangeSubscription {
        let subscription = ChangeSubscription(wanted, owner: owner)
        let isFinished = state.withLock { state in
            let isFinished = state.isFinished || owner?.isFinished == true
            if !isFinished { state.subscriptions[ObjectIdentifier(subscription)] = subscription }
            return isFinished
        }
        if isFinished { subscription.finish() }
        return subscription
    }

    func unsubscribe(_ subscription: ChangeSubscription) {
        _ = state.withLock { $0.subscriptions.removeValue(forKey: ObjectIdentifier(subscription)) }
        subscription.finish()
    }

    func publish(_ change: ServerChange) {
        for subscription in state.withLock({ Array($0.subscriptions.values) }) { subscription.add(change) }
    }

    /// Ends the subscriptions of a connection gracefully, and those that it asks for later at once: a request that was read before the
    /// end of input may be served after it.
    func finish(owner: ConnectionID) {
        let all = state.withLock { state in
            owner.finish()
            return Array(state.subscriptions.values)
        }
        for subscription in all where subscription.owner == owner { subscription.finish() }
    }

    func finishAll() {
        let all = state.withLock { state in
            state.isFinished = true
            defer { state.subscriptions = [:] }
            return Array(state.subscriptions.values)
        }
        for subscription in all { subscription.finish() }
    }

    var count: Int { state.withLock { $0.subscriptions.count } }
}

/// Tells the connections of one server process apart. It never leaves the process.
public final class ConnectionID: Sendable, Hashable {
    private let finished = Mutex(false)

    public init() {}

    /// Whether the connection takes no more subscriptions.
    var isFinished: Bool { finished.withLock(\.self) }
    func finish() { finished.withLock { $0 = true } }

    public static func == (one: ConnectionID, other: ConnectionID) -> Bool { one === other }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
