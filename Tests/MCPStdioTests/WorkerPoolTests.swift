import MCPCore
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

    @Test func errorsAndValuesComeBack() async throws {
        struct Wrong: Error {}
        let value = await WorkerPool.run { 7 }
        #expect(value == 7)
        await #expect(throws: Wrong.self) { try await WorkerPool.run { throw Wrong() } }
    }
}
