import Synchronization

/// Holds callers to the rates of a server.
final class CallerLimits: Sendable {
    let calls: CallerLimit?
    let completions: CallerLimit?
    let logMessages: CallerLimit?

    init(_ configuration: ServerConfiguration) {
        let limits = configuration.rateLimits
        calls = limits.calls.map { CallerLimit($0, "tool calls", configuration) }
        completions = limits.completions.map { CallerLimit($0, "completions", configuration) }
        logMessages = limits.logMessages.map { CallerLimit($0, "log messages", configuration) }
    }
}

/// Holds callers to one rate.
final class CallerLimit: Sendable {
    private let limit: RateLimit
    /// What is limited, for people.
    private let subject: String
    private let environment: ServerEnvironment
    private let diagnostics: @Sendable (ServerDiagnostic) -> Void
    private let table: Mutex<RateTable>

    init(_ limit: RateLimit, _ subject: String, _ configuration: ServerConfiguration) {
        self.limit = limit
        self.subject = subject
        environment = configuration.environment
        diagnostics = configuration.diagnostics
        table = Mutex(RateTable(limit))
    }

    /// Whether there is room for one more; the operator is told of the first one of a caller for which there is none.
    func allows(_ peer: Peer) -> Bool { retryAfter(peer) == nil }

    /// - Throws: The error that a client gets for a request too many.
    func check(_ peer: Peer) throws(JSONRPCError) {
        guard let milliseconds = retryAfter(peer) else { return }
        throw JSONRPCError(
            .internalError,
            "The server is busy: more \(subject) than the \(limit.perSecond.formattedRate) a second that it serves; send it again in \(milliseconds) ms",
            data: ["retryAfterMs": .integer(milliseconds)])
    }

    private func retryAfter(_ peer: Peer) -> Int64? {
        let now = environment.now()
        switch table.withLock({ $0.take(for: Caller(peer), at: now) }) {
        case .granted: return nil
        case .refused(let milliseconds, let isFirst):
            if isFirst { diagnostics(.limited(subject: subject, principal: peer.principal?.id, limit: limit)) }
            return milliseconds
        }
    }
}

extension Double {
    /// Whole where it is whole.
    var formattedRate: String { Int64(exactly: self).map(String.init) ?? "\(self)" }
}
