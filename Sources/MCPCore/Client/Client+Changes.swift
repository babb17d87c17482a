import Synchronization

/// The changes that a server tells, until the sequence is let go or the server ends it.
///
/// It throws where the connection was lost; whoever wants to go on asks again.
public struct ClientChanges: AsyncSequence, Sendable {
    public typealias Element = ServerChange
    public typealias Failure = any Error

    private let subscription: Subscription

    init(_ listener: ChangeListener, onEnd: @escaping @Sendable () -> Void) {
        subscription = Subscription(listener: listener, onEnd: onEnd)
    }

    /// What the server has agreed to tell: what was asked, without what it does not know.
    public var acknowledged: SubscriptionFilter { subscription.listener.acknowledged }

    /// Ends the subscription.
    public func cancel() { subscription.end() }

    public func makeAsyncIterator() -> Iterator { Iterator(subscription: subscription) }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let subscription: Subscription
        public mutating func next() async throws -> ServerChange? { try await subscription.listener.next() }
    }

    /// Ends with the last sequence and iterator that refer to it.
    fileprivate final class Subscription: Sendable {
        let listener: ChangeListener
        private let onEnd: @Sendable () -> Void

        init(listener: ChangeListener, onEnd: @escaping @Sendable () -> Void) {
            self.listener = listener
            self.onEnd = onEnd
        }

        func end() {
            listener.finish(nil)
            onEnd()
        }

        deinit { onEnd() }
    }
}

extension Client {
    /// Listens to changes of the server's lists: `subscriptions/listen`, or the notifications that sessions of the handshake era send.
    ///
    ///     for try await change in try await client.changes(SubscriptionFilter(toolsListChanged: true)) { … }
    ///
    /// - Throws: Where the server refuses, or does not acknowledge in the time of a request.
    public func changes(_ filter: SubscriptionFilter) async throws -> ClientChanges {
        let listener = ChangeListener(filter)
        return switch revision.era {
        case .handshake: try await unsolicited(filter, listener)
        case .perRequest: try await listen(filter, listener)
        }
    }

    private func unsolicited(_ filter: SubscriptionFilter, _ listener: ChangeListener) async throws -> ClientChanges {
        let key = connection.state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = listener
            return state.nextListener
        }
        let connection = connection
        let changes = ClientChanges(listener) { connection.state.withLock { _ = $0.listeners.removeValue(forKey: key) } }
        for uri in filter.resourceSubscriptions { _ = try await request("resources/subscribe", ["uri": .string(uri)]) }
        return changes
    }

    private func listen(_ filter: SubscriptionFilter, _ listener: ChangeListener) async throws -> ClientChanges {
        let (acknowledgements, acknowledge) = AsyncThrowingStream<SubscriptionFilter, any Error>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let outgoing = ClientConnection.Outgoing(
            method: "subscriptions/listen", params: ["notifications": filter.json], revision: revision,
            receive: { [diagnostics = connection.configuration.diagnostics, cache = connection.cache] notification in
                if notification.method == "notifications/subscriptions/acknowledged" {
                    let agreed = notification.params["notifications"].flatMap { try? SubscriptionFilter(json: $0) } ?? SubscriptionFilter()
                    listener.acknowledged = agreed
                    acknowledge.yield(agreed)
                } else if notification.method == "notifications/cancelled" {
                    listener.finish(nil)
                } else if let change = ServerChange(notification) {
                    cache?.invalidate(change)
                    listener.add(change)
                } else {
                    diagnostics(.ignored("\(notification.method) on a subscription"))
                }
            })
        // Unstructured: the request lasts as long as somebody listens, and ends with the sequence.
        let task = Task { [connection] in
            do {
                _ = try await connection.send(outgoing)
                listener.finish(nil)
                acknowledge.finish()
            } catch {
                listener.finish(error)
                acknowledge.finish(throwing: error)
            }
        }
        let changes = ClientChanges(listener) { task.cancel() }
        try await firstAcknowledgement(acknowledgements)
        return changes
    }

    private func firstAcknowledgement(_ acknowledgements: AsyncThrowingStream<SubscriptionFilter, any Error>) async throws {
        let configuration = connection.configuration
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var iterator = acknowledgements.makeAsyncIterator()
                guard try await iterator.next() == nil else { return }
                try Task.checkCancellation()
                throw ClientError.invalidResult(method: "subscriptions/listen", reason: "it ended before it was acknowledged")
            }
            group.addTask {
                try await configuration.clock.sleep(configuration.clock.now() + configuration.requestTimeout)
                throw ClientError.timedOut(method: "subscriptions/listen", after: configuration.requestTimeout)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
