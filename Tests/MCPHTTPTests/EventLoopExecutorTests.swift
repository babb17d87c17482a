import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import MCPHTTPServer

/// Where what comes for a request runs, by a clock that stands still.
@Suite(.timeLimit(.minutes(1))) struct EventLoopExecutorTests {
    /// Runs at once what it is given.
    private final class Elsewhere: TaskExecutor {
        let hasRun = Atomic(false)
        func enqueue(_ job: consuming ExecutorJob) {
            hasRun.store(true, ordering: .relaxed)
            UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// An event loop on which a request may be for 100 ns.
    private struct Request {
        let eventLoop = EmbeddedEventLoop()
        let elsewhere = Elsewhere()
        private let time: Clock
        private let executor: EventLoopExecutor

        private final class Clock: Sendable {
            /// A time of 0 would be none.
            let now = Atomic<UInt64>(1)
        }

        init() {
            let time = Clock()
            self.time = time
            executor = EventLoopExecutor(eventLoop, for: .nanoseconds(100), then: elsewhere) { time.now.load(ordering: .relaxed) }
        }

        func advance(by nanoseconds: UInt64) { time.now.add(nanoseconds, ordering: .relaxed) }

        /// Something comes that takes so long where it runs.
        func enqueue(taking nanoseconds: UInt64 = 0) {
            Task(executorPreference: executor) { [self] in advance(by: nanoseconds) }
        }

        /// Whether something of what has come did not stay on the event loop.
        var hasLeft: Bool { elsewhere.hasRun.load(ordering: .relaxed) }
    }

    @Test func whatComesWithinTheMomentStays() {
        let request = Request()
        for _ in 0..<4 {
            request.enqueue(taking: 25)
            request.eventLoop.run()
        }
        #expect(!request.hasLeft)
        request.enqueue()
        #expect(request.hasLeft)
    }

    @Test func theMomentBeginsWithTheFirstThatRuns() {
        let request = Request()
        request.enqueue(taking: 99)
        // Others have the event loop.
        request.advance(by: 1000)
        request.eventLoop.run()
        request.enqueue(taking: 1)
        request.eventLoop.run()
        #expect(!request.hasLeft)
        request.enqueue()
        #expect(request.hasLeft)
    }

    /// Sixty connections that are read together are served one after the other: what each waits for the others is not its own.
    @Test func theTimeInWhichOthersHaveTheEventLoopIsLeftOut() {
        let request = Request()
        for _ in 0..<4 {
            request.enqueue(taking: 25)
            request.advance(by: 1000)
            request.eventLoop.run()
        }
        #expect(!request.hasLeft)
        request.enqueue()
        #expect(request.hasLeft)
    }
}
