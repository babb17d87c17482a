import NIOCore
import Synchronization

/// Runs the task of one request on the event loop of its connection, between what that reads and writes, for a moment: what of it is still to be run later runs elsewhere.
///
/// So a handler that waits and then goes on for long, one that yields again and again (an event loop reads nothing while tasks wait for it), and what a handler
/// has started beside itself leave the event loop.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop
    private let elsewhere: any TaskExecutor
    private let duration: UInt64
    private let now: @Sendable () -> UInt64
    /// By the clock of event loops, in nanoseconds; 0 until something has run. What stands in the queue of a busy event loop takes no time: sixty connections that are read together are served
    /// one after the other.
    private let end = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - duration: How long it runs on the event loop what comes, from the first that it runs.
    ///   - now: The clock of event loops, in nanoseconds.
    init(
        _ eventLoop: any EventLoop, for duration: Duration, then elsewhere: any TaskExecutor,
        now: @escaping @Sendable () -> UInt64 = { NIODeadline.now().uptimeNanoseconds }
    ) {
        self.eventLoop = eventLoop
        self.elsewhere = elsewhere
        self.duration = UInt64(clamping: TimeAmount(duration).nanoseconds)
        self.now = now
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let enqueued = now()
        let end = end.load(ordering: .relaxed)
        guard end == 0 || enqueued < end else { return elsewhere.enqueue(job) }
        let job = UnownedJob(job)
        eventLoop.execute { [self] in
            leaveOut(now(), since: enqueued)
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// What others have taken of the event loop meanwhile is not this request's.
    private func leaveOut(_ now: UInt64, since enqueued: UInt64) {
        let end = end.load(ordering: .relaxed)
        self.end.store(end == 0 ? now &+ duration : end &+ (now &- enqueued), ordering: .relaxed)
    }
}
