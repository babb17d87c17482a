import MCPWorkers
import NIOCore

/// Runs the task of one request on the event loop of its connection, between what that reads and writes, for a moment: what of it is still to be run later runs elsewhere.
///
/// So a handler that waits and then goes on for long, one that yields again and again (an event loop reads nothing while tasks wait for it), and what a handler
/// has started beside itself leave the event loop.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop
    private let elsewhere: any TaskExecutor
    private let end: ContinuousClock.Instant

    /// - Parameter duration: How long it runs on the event loop what comes.
    init(_ eventLoop: any EventLoop, for duration: Duration, then elsewhere: any TaskExecutor) {
        self.eventLoop = eventLoop
        self.elsewhere = elsewhere
        end = .now + duration
    }

    func enqueue(_ job: consuming ExecutorJob) {
        guard .now < end else { return elsewhere.enqueue(job) }
        let job = UnownedJob(job)
        eventLoop.execute { [self] in
            // It may have stood behind what took long.
            guard .now < end else { return elsewhere.enqueue(ExecutorJob(job)) }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
