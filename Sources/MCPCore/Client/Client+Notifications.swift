/// Notifications of a server from now on, in order, until the client is closed. Of a listener that is slow the oldest that wait are dropped.
///
/// Several can be open at once; each gets all notifications.
public struct ClientNotifications<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = Never
    private let notifications: AsyncStream<JSONRPCNotification>
    private let read: @Sendable (JSONRPCNotification) -> Element?

    init(_ notifications: AsyncStream<JSONRPCNotification>, read: @escaping @Sendable (JSONRPCNotification) -> Element?) {
        self.notifications = notifications
        self.read = read
    }

    public func makeAsyncIterator() -> Iterator { Iterator(base: notifications.makeAsyncIterator(), read: read) }

    public struct Iterator: AsyncIteratorProtocol {
        var base: AsyncStream<JSONRPCNotification>.AsyncIterator
        let read: @Sendable (JSONRPCNotification) -> Element?

        /// `nil` at the end and once the task is cancelled.
        public mutating func next() async -> Element? {
            while let notification = await base.next() {
                if let element = read(notification) { return element }
            }
            return nil
        }
    }
}

extension Client {
    /// The notifications that are neither progress nor changes that `changes` tells of, for example those of extensions.
    /// - Parameter limit: The most that wait for a slow listener.
    public func notifications(limit: Int = 1024) -> ClientNotifications<JSONRPCNotification> { observe(limit) { $0 } }

    /// The server's log messages (`notifications/message`). In the handshake era `setLogLevel` says which are sent; in the per-request era they
    /// come with the calls of a client whose log level is set. One that cannot be read is left out, with a diagnostic.
    /// - Parameter limit: The most that wait for a slow listener.
    public func logMessages(limit: Int = 1024) -> ClientNotifications<LogMessage> {
        observe(limit) { [diagnostics = connection.configuration.diagnostics] notification in
            guard notification.method == LogMessage.method else { return nil }
            do { return try LogMessage(json: .object(notification.params)) } catch {
                diagnostics(.ignored("a log message that cannot be read: \(error)"))
                return nil
            }
        }
    }

    /// The ids of pages that the user has finished with (`notifications/elicitation/complete`, 2025-11-25): what waited for one may be sent again.
    public func completedElicitations(limit: Int = 1024) -> ClientNotifications<String> {
        observe(limit) { notification in
            notification.method == "notifications/elicitation/complete" ? notification.params["elicitationId"]?.string : nil
        }
    }

    private func observe<Element>(
        _ limit: Int, _ read: @escaping @Sendable (JSONRPCNotification) -> Element?
    ) -> ClientNotifications<Element> {
        let (notifications, continuation) = AsyncStream.makeStream(of: JSONRPCNotification.self, bufferingPolicy: .bufferingNewest(limit))
        let key = connection.state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextListener += 1
            state.observers[state.nextListener] = continuation
            return state.nextListener
        }
        if let key {
            continuation.onTermination = { [weak connection] _ in connection?.state.withLock { _ = $0.observers.removeValue(forKey: key) } }
        } else {
            continuation.finish()
        }
        return ClientNotifications(notifications, read: read)
    }
}
