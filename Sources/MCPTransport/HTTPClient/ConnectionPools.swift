import AsyncHTTPClient

/// The connections of a transport: one pool for requests, one for subscriptions, and one for what must not wait behind them.
///
/// A server that asks in the middle of a call ends the call only when it has the answer. With one pool, calls could take all of its connections, or over HTTP/2
/// all streams that the server allows on one, and then wait for answers that find none.
struct ConnectionPools: Sendable {
    enum Lane: Sendable {
        /// Requests of the client. Their number is bounded by `RequestTurns`.
        case requests
        /// `subscriptions/listen`, as many as the pool has connections; a further one waits for one.
        case subscriptions
        /// Answers, notifications, pings, the session's stream, its beginning, what it is told when it is opened anew, and its end; and all of the older transport (HTTP+SSE), whose posts are short.
        case side
    }

    private let requests: HTTPClient
    private let subscriptions: HTTPClient
    private let side: HTTPClient

    init(_ limits: HTTPClientLimits) {
        requests = HTTPClient(eventLoopGroupProvider: .singleton, configuration: limits.configuration)
        subscriptions = HTTPClient(eventLoopGroupProvider: .singleton, configuration: limits.configuration)
        side = HTTPClient(eventLoopGroupProvider: .singleton, configuration: limits.configuration)
    }

    subscript(_ lane: Lane) -> HTTPClient {
        switch lane {
        case .requests: requests
        case .subscriptions: subscriptions
        case .side: side
        }
    }

    func shutdown() async {
        try? await requests.shutdown()
        try? await subscriptions.shutdown()
        try? await side.shutdown()
    }
}
