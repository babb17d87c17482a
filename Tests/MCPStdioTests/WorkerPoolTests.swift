import Dispatch
import MCPCore
import Synchronization
import Testing

@testable import MCPWorkers

/// The threads that servers run on where the system's own executor would wake an idle process.
@Suite(.timeLimit(.minutes(1))) struct WorkerPoolTests {
    @Test func everythingRunsHoweverOftenItSuspends() async throws {
        let pool = WorkerPool()
        let sum = await withTaskExecutorPreference(pool) {
            await withTaskGroup(of: Int.self) { group in
                for number in 0..<2000 {
                    group.addTask {
                        for _ in 0..<(number % 5) { await Task.yield() }
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 1999 * 2000 / 2)
    }

    /// Each round the threads have nothing more to do, and are woken from another thread.
    @Test func threadsThatSleepAreWoken() async throws {
        let pool = WorkerPool()
        for round in 0..<2000 {
            let values = await withTaskGroup(of: Int.self) { group in
                for number in 0..<3 { group.addTask(executorPreference: pool) { round + number } }
                return await group.reduce(0, +)
            }
            #expect(values == round * 3 + 3)
        }
    }

    /// As many jobs as there are threads can wait for one another.
    @Test func jobsRunBesideOneAnother() async throws {
        let pool = WorkerPool()
        for _ in 0..<100 {
            let arrived = Count()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask(executorPreference: pool) {
                        arrived.add()
                        // Holds its thread, as a handler that computes does.
                        while arrived.value < 2 {}
                    }
                }
            }
        }
    }

    @Test func aTaskBesideAnotherInheritsTheExecutor() async throws {
        let pool = WorkerPool()
        #expect(CurrentExecutor.preference == nil)
        await withTaskExecutorPreference(pool) {
            #if compiler(>=6.3)
            #expect(CurrentExecutor.preference === pool)
            let isInherited = await Task(executorPreference: CurrentExecutor.preference) { CurrentExecutor.preference === pool }.value
            #expect(isInherited)
            #endif
            // Whoever has chosen one keeps it.
            let isKept = await WorkerPool.run { CurrentExecutor.preference == nil || CurrentExecutor.preference === pool }
            #expect(isKept)
        }
    }

    /// A system that gives threads when it is let, and is asked again when the test says so.
    private final class Scarcity: Sendable {
        /// How many of the next are refused.
        let refused: Mutex<Int>
        let postponed = Mutex<[@Sendable () -> Void]>([])

        init(refusing count: Int) { refused = Mutex(count) }

        func pool() -> WorkerPool {
            WorkerPool(
                startThread: { [self] body in
                    let isRefused = refused.withLock { refused in
                        defer { refused = max(refused - 1, 0) }
                        return refused > 0
                    }
                    if isRefused { throw SystemThread.NoThread(code: 11) }
                    try SystemThread.start(body)
                }, later: { [self] action in postponed.withLock { $0.append(action) } })
        }
    }

    /// The thread that watches is asked for first, and then one that runs jobs.
    @Test func aWatchThatCouldNotBeStartedIsStartedLater() async throws {
        let pool = Scarcity(refusing: 1).pool()
        await Task(executorPreference: pool) {}.value
        #expect(pool.state.withLock { $0.watch } == .impossible)
        await Task(executorPreference: pool) {}.value
        #expect(pool.state.withLock { $0.watch } != .impossible)
    }

    /// Holds a thread until something has happened; not for ever, so that it ends where that never does.
    private final class Gate: Sendable {
        private let opened = DispatchSemaphore(value: 0)
        func open() { opened.signal() }
        func isOpened() -> Bool { opened.wait(timeout: .now() + 20) == .success }
    }

    /// Whoever comes while the thread that watches is asked for wakes nobody, because that one would look after it. Where the system gives none, somebody is woken for it all the same: else it
    /// would wait until what runs has ended.
    @Test func whatCameBeforeTheWatchWasRefusedWaitsForNobody() async throws {
        let gate = Gate()
        let isRefused = Atomic(true)
        let meanwhile = Mutex<(@Sendable () -> Void)?>(nil)
        let pool = WorkerPool(
            startThread: { body in
                // The thread that watches is asked for first.
                guard isRefused.exchange(false, ordering: .relaxed) else { return try SystemThread.start(body) }
                meanwhile.withLock(\.self)?()
                throw SystemThread.NoThread(code: 11)
            }, later: { _ in })
        meanwhile.withLock { $0 = { Task(executorPreference: pool) { gate.open() } } }
        #expect(await Task(executorPreference: pool) { gate.isOpened() }.value)
        // Whoever comes next asks for it again, and not what has found that there is none.
        #expect(pool.state.withLock { $0.watch } == .impossible)
    }

    private final class Source: PolledSource {
        let pipe: KickPipe
        let isReadable = AsyncStream.makeStream(of: Void.self)
        var descriptor: Int32 { pipe.reading }
        init?() {
            guard let pipe = KickPipe() else { return nil }
            self.pipe = pipe
        }
        func becameReadable() { isReadable.continuation.finish() }
    }

    /// Without a thread nobody waits for input: one is asked for again, once at a time, until there is one.
    @Test func aSourceIsServedOnceThereIsAThread() async throws {
        let scarcity = Scarcity(refusing: 6)
        let pool = scarcity.pool()
        let source = try #require(Source())
        source.pipe.kick()
        #expect(pool.poll(source))
        // Jobs are run elsewhere meanwhile, and do not have it asked for beside.
        await Task(executorPreference: pool) {}.value
        #expect(scarcity.postponed.withLock(\.count) == 1)
        var rounds = 0
        while let again = scarcity.postponed.withLock({ $0.popLast() }) {
            again()
            rounds += 1
        }
        #expect(rounds > 0)
        for await _ in source.isReadable.stream {}
    }

    @Test func errorsAndValuesComeBack() async throws {
        struct Wrong: Error {}
        let value = await WorkerPool.run { 7 }
        #expect(value == 7)
        await #expect(throws: Wrong.self) { try await WorkerPool.run { throw Wrong() } }
    }
}
