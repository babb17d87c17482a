import Synchronization

/// Hands the changes of a server to those who listen.
final class SubscriptionHub: Sendable {
    fileprivate struct State {
        var subscriptions: [ObjectIdentifier: ChangeSubscription] = [:]
        /// Those that may want the updates of a resource, by its URI; whether they do is theirs to say.
        var watchers: [String: Set<ObjectIdentifier>] = [:]
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
            if !isFinished { state.add(subscription) }
            return isFinished
        }
        if isFinished { subscription.finish() }
        return subscription
    }

    /// The subscription of a session, whose resources are those that its connection watches.
    func subscribe(session: ConnectionID) -> ChangeSubscription {
        let lists = SubscriptionFilter(toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true)
        let subscription = ChangeSubscription(lists, owner: session, watchesWithOwner: true)
        // From before it is there: what is watched meanwhile is told, and what was before is looked up.
        session.observe(subscription) { [weak self] uri in self?.state.withLock { $0.note(uri, of: subscription) } }
        return subscribe(subscription)
    }

    func unsubscribe(_ subscription: ChangeSubscription) {
        state.withLock { $0.remove(subscription) }
        if subscription.watchesWithOwner { subscription.owner?.observe(subscription, nil) }
        subscription.finish()
    }

    func publish(_ change: ServerChange) {
        for subscription in state.withLock({ $0.told(of: change) }) { subscription.add(change) }
    }

    /// How many are asked whether they want an update of that resource.
    func watcherCount(of uri: String) -> Int { state.withLock { $0.watchers[uri]?.count ?? 0 } }

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
            defer { (state.subscriptions, state.watchers) = ([:], [:]) }
            return Array(state.subscriptions.values)
        }
        for subscription in all { subscription.finish() }
    }

    var count: Int { state.withLock { $0.subscriptions.count } }
}

extension SubscriptionHub.State {
    fileprivate mutating func add(_ subscription: ChangeSubscription) {
        subscriptions[ObjectIdentifier(subscription)] = subscription
        for uri in subscription.wanted.resourceSubscriptions { watchers[uri, default: []].insert(ObjectIdentifier(subscription)) }
        guard subscription.watchesWithOwner, let owner = subscription.owner else { return }
        for uri in owner.watched { note(uri, of: subscription) }
    }

    /// The owner of a session's subscription has begun to watch a resource, or has ended it. The owner says which, so that it does not matter what is told
    /// first.
    fileprivate mutating func note(_ uri: String, of subscription: ChangeSubscription) {
        let id = ObjectIdentifier(subscription)
        if subscriptions[id] != nil, subscription.owner?.watches(uri) == true { watchers[uri, default: []].insert(id) } else { forget(uri, id) }
    }

    fileprivate mutating func remove(_ subscription: ChangeSubscription) {
        let id = ObjectIdentifier(subscription)
        guard subscriptions.removeValue(forKey: id) != nil else { return }
        for uri in subscription.wanted.resourceSubscriptions { forget(uri, id) }
        guard subscription.watchesWithOwner, let owner = subscription.owner else { return }
        for uri in owner.watched { forget(uri, id) }
    }

    private mutating func forget(_ uri: String, _ id: ObjectIdentifier) {
        watchers[uri]?.remove(id)
        if watchers[uri]?.isEmpty == true { watchers[uri] = nil }
    }

    fileprivate func told(of change: ServerChange) -> [ChangeSubscription] {
        guard case .resourceUpdated(let uri) = change else { return Array(subscriptions.values) }
        return watchers[uri, default: []].compactMap { subscriptions[$0] }
    }
}

/// Tells the connections of one server process apart. It never leaves the process.
public final class ConnectionID: Sendable, Hashable {
    private struct State {
        var isFinished = false
        /// The URIs that `resources/subscribe` has asked for.
        var watched: Set<String> = []
        /// Told of each URI that is watched from then on, or not any more.
        var observers: [ObjectIdentifier: @Sendable (String) -> Void] = [:]
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
        let observers: [@Sendable (String) -> Void]? = state.withLock { state in
            if state.watched.contains(uri) { return [] }
            guard state.watched.count < limit else { return nil }
            state.watched.insert(uri)
            return Array(state.observers.values)
        }
        for observer in observers ?? [] { observer(uri) }
        return observers != nil
    }

    func unwatch(_ uri: String) {
        let observers = state.withLock { state in
            state.watched.remove(uri)
            return Array(state.observers.values)
        }
        for observer in observers { observer(uri) }
    }

    /// Has a subscription told of what the connection watches; `nil` for nothing any more.
    func observe(_ subscription: ChangeSubscription, _ observer: (@Sendable (String) -> Void)?) {
        state.withLock { $0.observers[ObjectIdentifier(subscription)] = observer }
    }

    var watched: Set<String> { state.withLock { $0.watched } }

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
