import Testing

@testable import MCPWorkers

/// Time that passes without Dispatch: one thread for all who sleep, and nothing left behind.
@Suite(.timeLimit(.minutes(1))) struct SystemTimerTests {
    @Test func whoeverIsCancelledLeavesNothingBehind() async throws {
        let timer = SystemTimer()
        for _ in 0..<100 {
            let sleeper = Task { try await timer.sleep(for: .seconds(3600)) }
            while timer.counts.sleepers == 0 { await Task.yield() }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            #expect(timer.counts.sleepers == 0)
        }
        #expect(timer.counts.threads == 1)
    }

    @Test func whoeverIsCancelledBeforeDoesNotSleep() async {
        let timer = SystemTimer()
        let sleeper = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await timer.sleep(for: .seconds(3600))
        }
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(timer.counts == (0, 0))
    }

    @Test func aShortSleepIsNotHeldUpByALongOne() async throws {
        let timer = SystemTimer()
        let long = Task { try await timer.sleep(for: .seconds(3600)) }
        while timer.counts.sleepers == 0 { await Task.yield() }
        for _ in 0..<10 { try await timer.sleep(for: .milliseconds(1)) }
        try await timer.sleep(for: .zero)
        // Those that looked for the short ones have ended, or are about to.
        while timer.counts.threads > 1 { await Task.yield() }
        #expect(timer.counts == (1, 1))
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
    }

    @Test func manySleepAtOnce() async throws {
        let timer = SystemTimer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 { group.addTask { try await timer.sleep(for: .microseconds(number * 37 % 5000)) } }
            try await group.waitForAll()
        }
        while timer.counts.threads > 0 { await Task.yield() }
        #expect(timer.counts == (0, 0))
    }
}
