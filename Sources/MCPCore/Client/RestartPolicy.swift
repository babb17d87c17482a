/// How a client starts a server again that has gone by itself: a process that died, a socket that was closed.
///
/// Requests under way when it went fail and are not repeated, because they may have had effects; later ones wait for the new server. What the server was
/// told to do (log level, subscriptions) it is told again, and all that is listened to counts as changed.
public struct RestartPolicy: Sendable, Hashable {
    /// How often in a row it is tried. A server that runs for `steadyAfter` begins anew.
    public var maximumRestarts: Int
    /// How long to wait before the first try; each further one waits twice as long.
    public var shortestPause: Duration
    public var longestPause: Duration
    public var steadyAfter: Duration

    public init(
        maximumRestarts: Int = 5, shortestPause: Duration = .milliseconds(500), longestPause: Duration = .seconds(30),
        steadyAfter: Duration = .seconds(60)
    ) {
        self.maximumRestarts = maximumRestarts
        self.shortestPause = shortestPause
        self.longestPause = longestPause
        self.steadyAfter = steadyAfter
    }
}

/// The tries of a client to start its server again. A value; times are those of the client's clock.
struct RestartAttempts: Sendable {
    private let policy: RestartPolicy
    /// In a row.
    private(set) var count = 0
    private var startedAt: Duration

    init(_ policy: RestartPolicy, startedAt: Duration) {
        self.policy = policy
        self.startedAt = startedAt
    }

    /// The server is there.
    mutating func succeeded(at now: Duration) { startedAt = now }

    /// The server has gone.
    mutating func ended(at now: Duration) {
        if now - startedAt >= policy.steadyAfter { count = 0 }
    }

    /// How long to wait before the next try; `nil` where there is none left.
    mutating func nextPause() -> Duration? {
        guard count < policy.maximumRestarts else { return nil }
        defer { count += 1 }
        return min(policy.shortestPause * (1 << min(count, 20)), policy.longestPause)
    }
}
