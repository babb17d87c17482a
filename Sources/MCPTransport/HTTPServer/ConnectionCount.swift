import NIOCore
import Synchronization

/// How many connections a listener has.
final class ConnectionCount: Sendable {
    private let limit: Int
    private let open = Atomic(0)

    /// - Parameter limit: The most connections.
    init(limit: Int) { self.limit = limit }

    /// Counts a connection until it is closed.
    /// - Returns: Whether there was room for it.
    func admit(_ channel: any Channel) -> Bool {
        guard open.add(1, ordering: .relaxed).newValue <= limit else {
            open.subtract(1, ordering: .relaxed)
            return false
        }
        channel.closeFuture.whenComplete { [self] _ in open.subtract(1, ordering: .relaxed) }
        return true
    }
}
