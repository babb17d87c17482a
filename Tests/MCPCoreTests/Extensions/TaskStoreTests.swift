import Testing

@testable import MCPCore

/// What a store of tasks keeps, and how much of it.
struct TaskStoreTests {
    private func record(_ id: String, owner: String? = nil, expires: Int64? = nil, state: DetailedTask.State = .working) -> TaskRecord {
        TaskRecord(
            task: DetailedTask(id: id, state: state, createdAt: "2026-01-01T00:00:00.000Z", lastUpdatedAt: "2026-01-01T00:00:00.000Z", ttlMilliseconds: nil),
            owner: owner, expires: expires)
    }

    @Test func onePrincipalDoesNotTakeTheRoomOfOthers() async throws {
        let store = MemoryTaskStore(maximumTasks: 5, maximumTasksPerOwner: 2)
        for id in ["a1", "a2"] { try await store.create(record(id, owner: "a", expires: 10)) }
        await #expect(throws: TaskStoreFull.self) { try await store.create(record("a3", owner: "a")) }
        try await store.create(record("b1", owner: "b"))
        for id in ["n1", "n2"] { try await store.create(record(id)) }
        await #expect(throws: TaskStoreFull.self) { try await store.create(record("c1", owner: "c")) }
        #expect(try await Set(store.removeExpired(10)) == ["a1", "a2"])
        try await store.create(record("a3", owner: "a"))
        try await store.create(record("a4", owner: "a"))
        await #expect(throws: TaskStoreFull.self) { try await store.create(record("c1", owner: "c")) }
    }

    @Test func whatDoesNotFitChangesNothing() async throws {
        let store = MemoryTaskStore(maximumBytes: 500)
        try await store.create(record("t"))
        let large: JSONObject = ["text": .string(String(repeating: "x", count: 600))]
        await #expect(throws: TaskStoreFull.self) { try await store.update("t") { $0.task.state = .completed(large) } }
        #expect(try await store.record("t")?.task.state == .working)
        try await store.update("t") { $0.task.state = .completed(["text": "small"]) }
        #expect(try await store.unfinished().isEmpty)
        let missing: Int? = try await store.update("none") { _ in 1 }
        #expect(missing == nil)
        // The room of what was refused is still there.
        try await store.create(record("u"))
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
        let states: [DetailedTask.State] = [
            .working, .cancelled, .completed(["content": []]), .failed(JSONRPCError(.internalError, "no", data: [1])),
            .inputRequired(["q": ["method": "roots/list"]]),
        ]
        for state in states {
            var written = record("t", owner: "a", expires: 5, state: state)
            written.task.statusMessage = "so"
            written.task.pollIntervalMilliseconds = 7
            #expect(try TaskRecord(json: JSONValue(parsing: written.json.serialized())) == written)
        }
    }
}
