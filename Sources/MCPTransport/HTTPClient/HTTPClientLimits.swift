import AsyncHTTPClient
import MCPCore
import NIOCore
import Tracing

/// What a client takes from a server, at most.
public struct HTTPClientLimits: Sendable {
    /// The most bytes of a response, and of one event of a stream.
    public var maximumResponseBytes: Int
    /// How often in a row it is tried to take a lost stream up again; 0 for never.
    public var maximumResumptions: Int
    /// How long to wait before that, where the server has not said it (`retry`).
    public var defaultRetry: Duration
    /// The longest wait that a server may ask for; the stream of one that wants more is given up.
    public var maximumRetry: Duration
    /// How long to wait for a connection.
    public var connectTimeout: Duration
    /// How many requests may be under way at once, at least 1. A further one waits for its turn, in order, as long as its time-out
    /// allows. Over HTTP/1.1 each holds a connection. Open subscriptions are not counted among them: they
    /// have connections of their own, up to about as many again. What a server may need for a request to end has room of its own and never waits behind requests: answers to
    /// what it asks, notifications, pings, the session's stream, and its beginning and end.
    public var maximumConcurrentRequests: Int
    /// How long a server may send nothing on an open event stream, not even a comment, until the stream counts as lost and is opened again; `nil` for ever. It holds for
    /// the stream of a session, for answers that can be taken up again, and for `subscriptions/listen`, whose sequence then throws. A connection whose other end has gone
    /// without a word is found out in no other way. It has to be longer than servers are silent: those of this SDK send a comment every 15 seconds, others need not.
    public var maximumSilence: Duration?
    /// The clock of the waits between connections, and for silent ones.
    public var clock: ClientClock

    public init(
        maximumResponseBytes: Int = 64 << 20, maximumResumptions: Int = 8, defaultRetry: Duration = .seconds(1),
        maximumRetry: Duration = .seconds(300), connectTimeout: Duration = .seconds(10), maximumConcurrentRequests: Int = 512,
        maximumSilence: Duration? = nil,
        clock: ClientClock = .continuous
    ) {
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumResumptions = maximumResumptions
        self.defaultRetry = defaultRetry
        self.maximumRetry = maximumRetry
        self.connectTimeout = connectTimeout
        self.maximumConcurrentRequests = maximumConcurrentRequests
        self.maximumSilence = maximumSilence
        self.clock = clock
    }

    /// Of each pool of connections.
    var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .nanoseconds(Int64(connectTimeout / .nanoseconds(1)))
        // A server that is not there is told at once; whoever wants it tries again.
        configuration.connectionPool.retryConnectionEstablishment = false
        // More than may be under way, because whoever waits in the pool for longer than a connection may take is failed.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = min(max(maximumConcurrentRequests, 1), 1 << 20) + Self.reserve
        // Where nobody has bootstrapped a tracer, describing each request to one that forgets it would be a tenth of what a request costs.
        if configuration.tracing.tracer is NoOpTracer { configuration.tracing.tracer = nil }
        return configuration
    }

    /// For what has no turn and is over as soon as the server has read it.
    private static let reserve = 64
}
