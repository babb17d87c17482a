import MCPCore
import Synchronization

/// The bytes of request bodies that a handler's listener holds, in all together: what is coming in, and what belongs to exchanges under way.
///
/// A listener counts a part when it has come, before anybody knows who sends it, and gives everything back when the exchange has ended. Where there is no
/// room it answers with `refusal` and drops the rest of the body.
public final class BodyBudget: Sendable {
    /// The most bytes.
    public let limit: Int
    private let bytes = Atomic(0)

    /// - Parameter limit: The most bytes.
    public init(limit: Int) { self.limit = limit }

    /// The bytes that are held now.
    public var used: Int { bytes.load(ordering: .relaxed) }

    /// Counts bytes that have come.
    /// - Returns: Whether there was room for them; if not, they are not counted.
    public func take(_ count: Int) -> Bool {
        guard bytes.add(count, ordering: .relaxed).newValue > limit else { return true }
        giveBack(count)
        return false
    }

    /// Bytes that were counted are held no more.
    public func giveBack(_ count: Int) { bytes.subtract(count, ordering: .relaxed) }

    /// The answer to a request whose body finds no room: status 503 with `Retry-After`.
    public static var refusal: HTTPAnswer {
        .refused(
            .serviceUnavailable, "The server is busy: too many bytes of requests are under way; send it again later", code: .internalError,
            headers: [.retryAfter: "1"])
    }
}
