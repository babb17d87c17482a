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
    /// What changes from its return on is told. In the handshake era over HTTP that needs the session's stream, which it waits for, two seconds at most and once for a session.
    ///
    /// Several may listen to one resource; in the handshake era the last one that goes ends the session's subscription (`resources/unsubscribe`).
    /// - Parameter options: The time-out of the requests that this takes, and their headers and `_meta`.
    /// - Throws: Where the server refuses, or does not acknowledge in the time of a request.
    public func changes(_ filter: SubscriptionFilter, options: RequestOptions = RequestOptions()) async throws -> ClientChanges {
        let listener = ChangeListener(filter)
        return switch revision.era {
        case .handshake: try await unsolicited(filter, listener, options)
        case .perRequest: try await listen(filter, listener, options)
        }
    }

    private func unsolicited(_ filter: SubscriptionFilter, _ listener: ChangeListener, _ options: RequestOptions) async throws -> ClientChanges {
        let options = RequestOptions(timeout: options.timeout, meta: options.meta, headers: options.headers)
        let key = connection.beginListening(listener)
        let changes = ClientChanges(listener) { [connection] in connection.endListening(key, options) }
        // Whoever looks at what there is now would miss what changes before the server can tell it.
        await connection.transport.waitUntilListening()
        for uri in filter.resourceSubscriptions where try await connection.beginWatching(uri, for: key) {
            do { _ = try await request("resources/subscribe", ["uri": .string(uri)], options: options) } catch {
                // What may have been done all the same is undone with the listener.
                if !error.endsRequest { connection.state.withLock { $0.watched.refused(uri, for: key) } }
                throw error
            }
        }
        return changes
    }

    private func listen(_ filter: SubscriptionFilter, _ listener: ChangeListener, _ options: RequestOptions) async throws -> ClientChanges {
        let isAcknowledged = Mutex(false)
        let subscription = try await connection.listen(to: try JSONObject(json: filter.json), revision: revision, options: options) {
            [connection] notification in
            guard let change = ServerChange(notification) else {
                return connection.configuration.diagnostics(.ignored("\(notification.method) on a subscription"))
            }
            connection.forget(change)
            listener.add(change)
        } acknowledged: { [connection] acknowledged in
            listener.acknowledged = (try? SubscriptionFilter(json: .object(acknowledged))) ?? SubscriptionFilter()
            let isAgain = isAcknowledged.withLock { isAcknowledged in
                defer { isAcknowledged = true }
                return isAcknowledged
            }
            guard isAgain else { return }
            // The server is another one: what changed in between was told to nobody. It is forgotten before anybody is told that it may have changed.
            for change in listener.all { connection.forget(change) }
            listener.addAll()
        } ended: { error in
            listener.finish(error)
        }
        return ClientChanges(listener) { subscription.request.cancel() }
    }
}
