import MCPCore
import Synchronization

/// How many requests each principal has under way, so that one alone does not take the places of all others.
///
/// Requests without a principal have no share: the address that they come from may be that of a proxy in front of everybody.
final class PrincipalShares: Sendable {
    private let limit: Int
    private let underWay = Mutex<[String: Int]>([:])

    /// - Parameter limit: The most requests of a principal.
    init(limit: Int) { self.limit = limit }

    /// - Returns: Whether there is room for one more; then `leave` is called at its end.
    func enter(_ principal: Principal?) -> Bool {
        guard let principal else { return true }
        return underWay.withLock { underWay in
            let count = underWay[principal.id, default: 0]
            guard count < limit else { return false }
            underWay[principal.id] = count + 1
            return true
        }
    }

    func leave(_ principal: Principal?) {
        guard let principal else { return }
        underWay.withLock { underWay in
            guard let count = underWay[principal.id] else { return }
            // A principal with nothing under way takes no memory.
            underWay[principal.id] = count > 1 ? count - 1 : nil
        }
    }
}
