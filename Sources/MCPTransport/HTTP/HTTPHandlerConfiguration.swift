import MCPCore

/// Who may reach a server over HTTP, and the limits on what they may use of it.
public struct HTTPHandlerConfiguration: Sendable {
    /// The hosts that a request may name in `Host`, besides the loopback ones; without a port they stand for any port. Other hosts are refused,
    /// which protects a local server from DNS rebinding.
    public var allowedHosts: Set<String>
    /// The origins that a browser's request may come from, besides the server's own, for example `https://app.example.com`.
    public var allowedOrigins: Set<String>
    /// The most bytes of a request's body.
    public var maximumBodyBytes: Int
    /// The most bytes of bodies that are held at once, of all clients together: those that are coming in, counted by what has come, and those of exchanges
    /// under way. Beyond it a request gets status 503, and the rest of its body is dropped. What is parsed out of a body takes several times its bytes.
    public var maximumTotalBodyBytes: Int
    /// The most sessions of the handshake era; beyond it the one that was longest unused is ended.
    public var maximumSessions: Int
    /// How long a session may be unused.
    public var sessionLifetime: Duration
    /// The most bytes of requests that are under way in sessions, in all together. Beyond it sessions that nobody reads any more end, the longest
    /// unused first; where that is not enough, a request gets status 503.
    public var maximumSessionBytes: Int
    /// The most requests of the per-request era that are under way at once, of all clients together; further ones get status 503. Each
    /// `subscriptions/listen` counts as long as it is open.
    public var maximumConcurrentRequests: Int
    /// The share of those that one principal may have; further ones get status 503. Requests without a principal have no share of their own.
    public var maximumConcurrentRequestsOfPrincipal: Int
    /// What keeps the events of streams for clients of the handshake era that have lost their connections; `nil` for a `MemoryEventStore`.
    public var eventStore: (any EventStore)?
    /// How long clients of the handshake era wait before they take a lost stream up again (`retry`).
    public var retryInterval: Duration
    /// After how long a silent event stream gets a comment, so that nobody between takes it for dead.
    public var keepAliveInterval: Duration
    /// How long a request may be answered with one JSON body; an answer that takes longer turns to an event stream.
    public var streamAfter: Duration
    /// How long a handler may take, waiting included, to be run on the event loop of its connection, which spares two hops between threads; zero for none.
    ///
    /// A handler is run there once it has succeeded that quickly 32 times, by a listener that serves nothing but MCP and asks for no tokens, for a server without extensions
    /// that answer early (tasks). Once that time is over since it began to be served, what is left of a request goes on elsewhere; the time in which others have the event loop is left out. A handler that blocks its thread, as none should, holds up other connections the first time
    /// that it does so there, and one that waits for an event loop (`EventLoopFuture.wait()`, a semaphore that a NIO client signals) stops the process or waits for itself: set zero for such a server.
    public var eventLoopTime: Duration
    /// Who may send requests; `nil` for everybody who reaches the endpoint.
    public var authorization: (any HTTPAuthorization)?
    /// Whether clients that know only the HTTP+SSE transport of 2024-11-05 are served too, on paths of their own.
    public var servesLegacySSE: Bool
    /// Where journals of calls that ask wait; `nil` for those of `ServerConfiguration.requestStates`, and without them for sealed ones with a random key of
    /// this process.
    public var requestStates: (any RequestStateStore)?

    public init(
        allowedHosts: Set<String> = [], allowedOrigins: Set<String> = [], maximumBodyBytes: Int = 4 << 20, maximumTotalBodyBytes: Int = 256 << 20,
        maximumSessions: Int = 10_000, sessionLifetime: Duration = .seconds(3600), maximumSessionBytes: Int = 256 << 20,
        maximumConcurrentRequests: Int = 4096, maximumConcurrentRequestsOfPrincipal: Int = 1024,
        eventStore: (any EventStore)? = nil, retryInterval: Duration = .seconds(1),
        keepAliveInterval: Duration = .seconds(15), streamAfter: Duration = .seconds(10), eventLoopTime: Duration = .microseconds(250),
        authorization: (any HTTPAuthorization)? = nil, servesLegacySSE: Bool = false, requestStates: (any RequestStateStore)? = nil
    ) {
        self.allowedHosts = allowedHosts
        self.allowedOrigins = allowedOrigins
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumTotalBodyBytes = maximumTotalBodyBytes
        self.maximumSessions = maximumSessions
        self.sessionLifetime = sessionLifetime
        self.maximumSessionBytes = maximumSessionBytes
        self.maximumConcurrentRequests = maximumConcurrentRequests
        self.maximumConcurrentRequestsOfPrincipal = maximumConcurrentRequestsOfPrincipal
        self.eventStore = eventStore
        self.retryInterval = retryInterval
        self.keepAliveInterval = keepAliveInterval
        self.streamAfter = streamAfter
        self.eventLoopTime = eventLoopTime
        self.authorization = authorization
        self.servesLegacySSE = servesLegacySSE
        self.requestStates = requestStates
    }
}
