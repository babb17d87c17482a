import Synchronization

/// How many bytes of messages wait for slow receivers on one channel, with a bound for all of them together: those of requests, or the one that takes what
/// belongs to none.
final class WaitingBytes: Sendable {
    /// As many as a server lets wait for a connection.
    static let standard = 32 << 20

    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int = standard) { self.limit = limit }

    /// Counts a message that begins to wait.
    /// - Returns: Whether there was room; it is not counted where there was none.
    func take(_ bytes: Int) -> Bool {
        count.withLock { count in
            guard count + bytes <= limit else { return false }
            count += bytes
            return true
        }
    }

    /// The message waits no more.
    func give(_ bytes: Int) { count.withLock { $0 -= bytes } }
}
