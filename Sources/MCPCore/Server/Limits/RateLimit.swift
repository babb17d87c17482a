/// How often something may happen: `burst` times at once, and `perSecond` times a second in the long run.
public struct RateLimit: Sendable, Hashable {
    /// How many a second, in the long run. Nothing more than `burst` ever where it is 0 or less.
    public var perSecond: Double
    /// How many at once after a pause; at least one.
    public var burst: Int

    public init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// What is left of a `RateLimit`: a token bucket. It is given the time, in milliseconds since some fixed moment.
struct TokenBucket: Sendable, Hashable {
    private let limit: RateLimit
    private var tokens: Double
    private var updated: Int64

    /// A full one.
    init(_ limit: RateLimit, at now: Int64) {
        self.limit = limit
        tokens = Double(max(limit.burst, 1))
        updated = now
    }

    /// When something was last asked of it.
    var lastUsed: Int64 { updated }

    /// Takes a token.
    /// - Returns: `nil` where there was one; else after how many milliseconds there will be one.
    mutating func take(at now: Int64) -> Int64? {
        tokens = tokens(at: now)
        updated = now
        if tokens >= 1 {
            tokens -= 1
            return nil
        }
        guard limit.perSecond > 0 else { return Self.never }
        // Less than a thousandth of a millisecond is an error of the arithmetic.
        return Int64(min(((1 - tokens) / limit.perSecond * 1000 - 0.001).rounded(.up), Double(Self.never)))
    }

    /// Whether a new one would be the same.
    func isFull(at now: Int64) -> Bool { tokens(at: now) >= Double(max(limit.burst, 1)) }

    /// A clock that was set back brings nothing and takes nothing.
    private func tokens(at now: Int64) -> Double {
        let seconds = Double(max(now - updated, 0)) / 1000
        return min(tokens + seconds * max(limit.perSecond, 0), Double(max(limit.burst, 1)))
    }

    /// A day: for whoever asks when there will be a token that never comes.
    private static let never: Int64 = 86_400_000
}
