import Synchronization

/// What a follower of a task has to look at, each at most once: however much comes while it is busy, as with a user who takes long to answer, nothing is lost but
/// states that newer ones have replaced.
final class TaskNews: Sendable {
    struct Unseen: Sendable {
        /// The newest state that the server has told.
        var changed: DetailedTask?
        /// Whether it is time to ask.
        var isDue = false
        /// The time after which the call is given up, once it is over.
        var timedOut: Duration?
    }

    private let unseen = Mutex(Unseen())
    private let wake: AsyncStream<Void>.Continuation
    /// For one task at a time: something is unseen.
    let wakes: AsyncStream<Void>

    init() { (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func add(_ change: @Sendable (inout Unseen) -> Void) {
        unseen.withLock { change(&$0) }
        wake.yield()
    }

    func take() -> Unseen {
        unseen.withLock { unseen in
            defer { unseen = Unseen() }
            return unseen
        }
    }
}
