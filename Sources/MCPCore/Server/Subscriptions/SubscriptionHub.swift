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
        subscribe(ChangeSubscription(wanted, owner: owner))
    }

    private func subscribe(_ subscription: ChangeSubscription) -> ChangeSubscription {
        let owner = subscription.owner
        let isFinished = state.withLock { state in
            let isFinished = state.isFinished || owner?.isFinished == true
            if !isFinished { state.subscriptions[ObjectIdentifier(subscription)] = subscription }
            return isFinished
        }
        if isFinished { subscription.finish() }
        return subscription
    }

    /// The subscription of a session, whose resources are those that its connection watches.
    func subscribe(session: ConnectionID) -> ChangeSubscription {
        let lists = SubscriptionFilter(toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true)
        return subscribe(ChangeSubscription(lists, owner: session, watchesWithOwner: true))
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
    private struct State {
        var isFinished = false
        /// The URIs that `resources/subscribe` has asked for.
        var watched: Set<String> = []
        /// Pages that the user was asked to visit and that have not been reported as done; the oldest first.
        var elicitations: [String] = []
    }
    private let state = Mutex(State())

    public init() {}

    /// Whether the connection takes no more subscriptions.
    var isFinished: Bool { state.withLock { $0.isFinished } }
    func finish() { state.withLock { $0.isFinished = true } }

    /// - Returns: Whether there was room.
    func watch(_ uri: String, limit: Int) -> Bool {
        state.withLock { state in
            guard state.watched.contains(uri) || state.watched.count < limit else { return false }
            state.watched.insert(uri)
            return true
        }
    }
    func unwatch(_ uri: String) { state.withLock { _ = $0.watched.remove(uri) } }

    private static let maximumElicitations = 256

    func note(elicitation id: String) {
        state.withLock { state in
            if state.elicitations.count >= Self.maximumElicitations { state.elicitations.removeFirst() }
            state.elicitations.append(id)
        }
    }
    /// - Returns: Whether the user of this connection was asked to visit that page; it is told once.
    func takeElicitation(_ id: String) -> Bool {
        state.withLock { state in
            guard let index = state.elicitations.firstIndex(of: id) else { return false }
            state.elicitations.remove(at: index)
            return true
        }
    }

    func watches(_ uri: String) -> Bool { state.withLock { $0.watched.contains(uri) } }

    public static func == (one: ConnectionID, other: ConnectionID) -> Bool { one === other }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
