/// How often one server may ask (2025-11-25, client/elicitation and client/sampling, "Security Considerations").
public struct AskingLimit: Sendable, Hashable {
    /// The most questions in any span of `interval`.
    public var count: Int
    public var interval: Duration

    public init(count: Int = 60, interval: Duration = .seconds(60)) {
        self.count = count
        self.interval = interval
    }
}

/// When a server has asked, as far back as its limit looks. It keeps no more times than the limit has questions.
struct AskingRecord: Sendable {
    private var times: [Duration] = []

    /// Whether one more question is within the limit; it is counted where it is.
    /// - Parameter now: By the client's clock.
    mutating func admits(within limit: AskingLimit, at now: Duration) -> Bool {
        times.removeAll { $0 <= now - limit.interval }
        guard times.count < limit.count else { return false }
        times.append(now)
        return true
    }
}

extension ClientConnection {
    /// Counts a question of the server.
    /// - Throws: `ClientError.askedTooOften` for one beyond the limit.
    func admit(_ method: String) throws {
        let limit: AskingLimit?
        switch method {
        case "elicitation/create": limit = configuration.elicitationLimit
        case "sampling/createMessage": limit = configuration.samplingLimit
        default: limit = nil
        }
        guard let limit else { return }
        let now = configuration.clock.now()
        guard state.withLock({ $0.questions[method, default: AskingRecord()].admits(within: limit, at: now) }) else {
            throw ClientError.askedTooOften(method: method, limit)
        }
    }
}
