import Synchronization
import Testing

@testable import MCPAuthorization

@Suite struct SharedTaskTests {
    @Test func allGetTheResult() async throws {
        let shared = SharedTask { 7 }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 { group.addTask { try await shared.value() } }
            for try await value in group { #expect(value == 7) }
        }
        // Also who comes late.
        #expect(try await shared.value() == 7)
    }

    @Test func oneThatLeavesDoesNotDisturbTheOthers() async throws {
        let (gate, open) = AsyncStream<Void>.makeStream()
        let shared = SharedTask {
            for await _ in gate {}
            try Task.checkCancellation()
            return 7
        }
        let staying = Task { try await shared.value() }
        let leaving = Task { try await shared.value() }
        while shared.waiting < 2 { await Task.yield() }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        open.finish()
        #expect(try await staying.value == 7)
    }

    @Test func whenTheLastLeavesTheWorkEnds() async throws {
        let (ended, end) = AsyncStream<Void>.makeStream()
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let shared = SharedTask<Int> {
            begin.finish()
            defer { end.finish() }
            // Ends only by being cancelled.
            try await Task.sleep(for: .seconds(3600))
            return 7
        }
        let waiter = Task { try await shared.value() }
        for await _ in begun {}
        while shared.waiting < 1 { await Task.yield() }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        for await _ in ended {}
    }
}
