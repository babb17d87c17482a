import MCPQueues
import Synchronization
import Testing

/// Those who wait for room: in order, with what they bring, and each until its task is cancelled.
@Suite(.timeLimit(.minutes(1))) struct RoomLineTests {
    /// Something that has room for a number of loads.
    private final class Room: Sendable {
        struct State {
            var line = RoomLine<Int, String>()
            var free = 0
            var isClosed = false
            var taken: [Int] = []
        }
        struct Closed: Error {}
        let state = Mutex(State())

        func enter(_ load: Int) async throws -> String {
            try await state.waitInLine(\.line, with: load) { state in
                if state.isClosed { return .failure(Closed()) }
                guard state.line.isEmpty, state.free > 0 else { return nil }
                state.free -= 1
                state.taken.append(load)
                return .success("at once")
            }
        }

        func makeRoom() {
            let member = state.withLock { state in
                let member = state.line.popFirst()
                if let member { state.taken.append(member.load) } else { state.free += 1 }
                return member
            }
            member?.resume(returning: "in turn")
        }

        func close() {
            let members = state.withLock { state in
                state.isClosed = true
                return state.line.removeAll()
            }
            for member in members { member.resume(throwing: Closed()) }
        }

        var taken: [Int] { state.withLock { $0.taken } }

        /// Waits until so many stand in the line.
        func waiting(_ count: Int) async {
            while state.withLock({ $0.line.count }) != count { await Task.yield() }
        }
    }

    @Test func whoeverFindsRoomDoesNotWait() async throws {
        let room = Room()
        room.makeRoom()
        // Also whoever is cancelled.
        let value = try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await room.enter(1)
        }.value
        #expect(value == "at once" && room.taken == [1])
    }

    @Test func theOthersGoOnInTheOrderInWhichTheyCame() async throws {
        let room = Room()
        var tasks: [Task<String, any Error>] = []
        for load in 0..<20 {
            tasks.append(Task { try await room.enter(load) })
            await room.waiting(load + 1)
        }
        for _ in 0..<20 { room.makeRoom() }
        for task in tasks { #expect(try await task.value == "in turn") }
        #expect(room.taken == Array(0..<20))
    }

    @Test func whoeverIsCancelledLeavesWithWhatItBrought() async throws {
        let room = Room()
        var tasks: [Task<String, any Error>] = []
        for load in 0..<10 {
            tasks.append(Task { try await room.enter(load) })
            await room.waiting(load + 1)
        }
        for load in [0, 4, 9] {
            tasks[load].cancel()
            await #expect(throws: CancellationError.self) { try await tasks[load].value }
        }
        for _ in 0..<7 { room.makeRoom() }
        for load in [1, 2, 3, 5, 6, 7, 8] { #expect(try await tasks[load].value == "in turn") }
        #expect(room.taken == [1, 2, 3, 5, 6, 7, 8])
        // One that comes cancelled and finds no room stands in no line.
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await room.enter(10)
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(room.state.withLock { $0.line.isEmpty })
    }

    @Test func theEndIsToldToAll() async throws {
        let room = Room()
        let tasks = (0..<3).map { load in Task { try await room.enter(load) } }
        await room.waiting(3)
        room.close()
        for task in tasks { await #expect(throws: Room.Closed.self) { try await task.value } }
        await #expect(throws: Room.Closed.self) { try await room.enter(4) }
    }

    /// Whoever cancels and whoever makes room at the same time: each load is taken or taken back, and every task goes on.
    @Test func cancellationAndRoomMeet() async throws {
        for _ in 0..<500 {
            let room = Room()
            let tasks = (0..<4).map { load in Task { try await room.enter(load) } }
            async let cancelling: Void = { for task in tasks { task.cancel() } }()
            for _ in 0..<2 { room.makeRoom() }
            await cancelling
            var entered = 0
            for task in tasks { if (try? await task.value) != nil { entered += 1 } }
            #expect(room.taken.count == entered)
        }
    }
}
