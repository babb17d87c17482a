import AsyncHTTPClient
import MCPCore
import NIOCore

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
    /// The clock of the waits between connections.
    public var clock: ClientClock

    public init(
        maximumResponseBytes: Int = 64 << 20, maximumResumptions: Int = 8, defaultRetry: Duration = .seconds(1),
        maximumRetry: Duration = .seconds(300), connectTimeout: Duration = .seconds(10), clock: ClientClock = .continuous
    ) {
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumResumptions = maximumResumptions
        self.defaultRetry = defaultRetry
        self.maximumRetry = maximumRetry
        self.connectTimeout = connectTimeout
        self.clock = clock
    }

    var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .nanoseconds(Int64(connectTimeout / .nanoseconds(1)))
        // A server that is not there is told at once; whoever wants it tries again.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each open stream holds a connection, so the pool must not make calls wait behind them.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }
}
