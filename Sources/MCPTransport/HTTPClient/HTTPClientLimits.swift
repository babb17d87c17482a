import AsyncHTTPClient
import NIOCore

/// What a client takes from a server, at most.
public struct HTTPClientLimits: Sendable {
    /// The most bytes of a response, and of one event of a stream.
    public var maximumResponseBytes: Int
    /// How often a lost stream is taken up again.
    public var maximumResumptions: Int
    /// How long to wait for a connection.
    public var connectTimeout: Duration

    public init(maximumResponseBytes: Int = 64 << 20, maximumResumptions: Int = 8, connectTimeout: Duration = .seconds(10)) {
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumResumptions = maximumResumptions
        self.connectTimeout = connectTimeout
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
