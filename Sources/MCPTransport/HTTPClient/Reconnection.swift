import MCPCore

/// When a stream that was lost, or that the server closed to be polled, is taken up again (2025-11-25, basic/transports, "Sending Messages to the
/// Server"). A value; it does not wait itself.
struct Reconnection: Sendable {
    private let limits: HTTPClientLimits
    /// Attempts in a row that brought nothing.
    private var failures = 0

    init(_ limits: HTTPClientLimits) { self.limits = limits }

    /// The stream has brought an event.
    mutating func succeeded() { failures = 0 }

    /// The stream could not be opened, or was lost before it brought anything.
    /// - Throws: `TransportError.closed` after too many failures.
    mutating func failed(_ reason: String) throws(TransportError) {
        failures += 1
        guard failures < limits.maximumResumptions else {
            throw .closed("the stream was lost and could not be taken up again in \(failures) attempts: \(reason)")
        }
    }

    /// How long to wait: what the server has said (`retry`), and longer after each failure.
    /// - Throws: `TransportError.limit` for a server that wants a longer wait than is allowed; a shorter one would break its rule. `.closed` where lost
    ///   streams are not to be taken up again.
    func pause(retryMilliseconds: Int?) throws(TransportError) -> Duration {
        guard limits.maximumResumptions > 0 else { throw .closed("the stream was lost, and this client takes none up again") }
        let wanted = retryMilliseconds.map { Duration.milliseconds($0) } ?? limits.defaultRetry
        guard wanted <= limits.maximumRetry else {
            throw .limit("the server wants its stream to be taken up again only after \(wanted), and \(limits.maximumRetry) is the most that is waited")
        }
        // Also a server that says 0 is not asked in a loop.
        let floor = max(wanted, Self.minimum)
        return min(floor * (1 << min(failures, 10)), max(floor, Self.longestBackoff))
    }

    private static let minimum = Duration.milliseconds(10)
    private static let longestBackoff = Duration.seconds(30)
}
