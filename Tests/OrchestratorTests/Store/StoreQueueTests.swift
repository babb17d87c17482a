import Foundation
import Logging
import Synchronization
import Testing

@testable import Orchestrator

/// What a store does not take is kept and tried again.
@Suite(.timeLimit(.minutes(1))) struct StoreQueueTests {
    private struct DiskFull: Error, CustomStringConvertible { var description: String { "the disk is full" } }

    private static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private static func changes(_ id: String, _ position: Int) -> [StoreChange] {
        [.header(.make(id)), .entry(conversation: id, position: position, .user("\(id)-\(position)", "text \(position)"))]
    }

    private static func texts(_ store: any ConversationStore, _ id: String) async throws -> [String] {
        try await store.conversation(id)?.entries.map(\.id) ?? []
    }

    @Test func whatFailedIsWrittenWithTheNext() async throws {
        let store = try SQLiteConversationStore()
        let fails = Mutex(true)
        let failing = WatchedStore(
            store,
            write: { _ in
                if fails.withLock(\.self) { throw DiskFull() }
                return true
            })
        let queue = StoreQueue(failing, logger: Self.logger, sleep: { _ in try? await Signal().wait() })
        queue.add(Self.changes("c1", 0))
        #expect(await !queue.flush())
        #expect(queue.failure == "the disk is full")
        queue.add(Self.changes("c1", 1))
        #expect(await !queue.flush())
        fails.withLock { $0 = false }
        queue.add(Self.changes("c1", 2))
        #expect(await queue.flush())
        #expect(queue.failure == nil)
        #expect(try await Self.texts(store, "c1") == ["c1-0", "c1-1", "c1-2"])
        #expect(await queue.flush())
    }

    @Test func otherConversationsAreWrittenAllTheSame() async throws {
        let store = try SQLiteConversationStore()
        let fails = Mutex(true)
        let failing = WatchedStore(
            store,
            write: { changes in
                if fails.withLock(\.self), changes.contains(where: { $0.conversation == "c1" }) { throw DiskFull() }
                return true
            })
        let queue = StoreQueue(failing, logger: Self.logger, sleep: { _ in try? await Signal().wait() })
        queue.add(Self.changes("c1", 0) + Self.changes("c2", 0) + Self.changes("c1", 1))
        #expect(await !queue.flush())
        #expect(queue.failure == "the disk is full")
        #expect(try await Self.texts(store, "c2") == ["c2-0"])
        #expect(try await Self.texts(store, "c1") == [])
        fails.withLock { $0 = false }
        #expect(await queue.flush())
        #expect(try await Self.texts(store, "c1") == ["c1-0", "c1-1"])
    }

    @Test func itIsTriedAgainWithoutBeingAsked() async throws {
        let store = try SQLiteConversationStore()
        let attempts = Mutex(0)
        let (pauses, pause) = AsyncStream.makeStream(of: Duration.self)
        let written = Signal()
        let failing = WatchedStore(
            store,
            write: { _ in
                let count = attempts.withLock { count in
                    count += 1
                    return count
                }
                if count < 4 { throw DiskFull() }
                written.fire()
                return true
            })
        let queue = StoreQueue(failing, logger: Self.logger, sleep: { pause.yield($0) })
        queue.add(Self.changes("c1", 0))
        try await written.wait()
        #expect(await queue.flush())
        #expect(try await Self.texts(store, "c1") == ["c1-0"])
        pause.finish()
        #expect(await pauses.reduce(into: []) { $0.append($1) } == [.seconds(1), .seconds(2), .seconds(4)])
    }

    /// The chat goes on while the store fails, and nothing of it is missing afterwards.
    @Test func aWriteThatFailsOnceLosesNothing() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let writes = Mutex(0)
        let failing = WatchedStore(
            store,
            write: { _ in
                let count = writes.withLock { count in
                    count += 1
                    return count
                }
                if count == 3 { throw DiskFull() }
                return true
            })
        let tool = FakeHost.Tool.tool("shop", "read", "", readOnly: true)
        let model = ScriptedModel([ScriptedModel.calls(("shop__read", "{}"), ("shop__read", "{}")), ScriptedModel.says("One.")])
        let lines = Recorded<[String]>()
        let id = Mutex("")
        try await withChat(model, [tool], store: failing) { chat in
            try await chat.page { page in
                let conversation = try await page.ask("first").conversation
                try await page.ask("second", in: conversation)
                try await page.ask("third", in: conversation)
                id.withLock { $0 = conversation }
                lines.add(page.transcript.lines)
            }
        }
        #expect(writes.withLock(\.self) > 3)
        #expect(try await directory.strings("SELECT position FROM entry ORDER BY position") == (0..<8).map(String.init))
        // As another process finds it.
        try await withChat(ScriptedModel([]), store: try directory.store()) { chat in
            try await chat.page { page in
                page.say(.openConversation(id: id.withLock(\.self)))
                try await page.until(\.snapshot)
                #expect(page.transcript.lines == lines.all[0])
            }
        }
    }

    // MARK: Files of versions that lost a write

    private static func damaged(_ rows: [(position: Int, entry: ChatEntry)]) async throws -> StoreDirectory {
        let directory = try StoreDirectory()
        let store = try directory.store()
        try await store.write([.header(.make("c1"))] + rows.map { .entry(conversation: "c1", position: $0.position, $0.entry) })
        return directory
    }

    @Test func entriesBehindAGapGetTheirPlaces() async throws {
        let directory = try await Self.damaged([0, 1, 2, 3, 7].map { ($0, .user("u\($0)", "text \($0)")) })
        let store = try directory.store()
        #expect(try await Self.texts(store, "c1") == ["u0", "u1", "u2", "u3", "u7"])
        #expect(try await directory.strings("SELECT position FROM entry ORDER BY position") == ["0", "1", "2", "3", "4"])
        // What comes next overwrites nothing.
        try await store.write((5...7).map { .entry(conversation: "c1", position: $0, .user("n\($0)", "new")) })
        #expect(try await Self.texts(store, "c1") == ["u0", "u1", "u2", "u3", "u7", "n5", "n6", "n7"])
    }

    @Test func anEntryThatIsThereTwiceIsTheNewerOne() async throws {
        let rows: [(Int, ChatEntry)] = [(0, .user("u0", "text")), (1, .user("u7", "new")), (4, .user("u4", "other")), (7, .user("u7", "old"))]
        let directory = try await Self.damaged(rows)
        let entries = try await directory.store().conversation("c1")?.entries
        #expect(entries == [.user("u0", "text"), .user("u7", "new"), .user("u4", "other")])
        #expect(try await directory.store().conversation("c1")?.entries == entries)
        #expect(try await directory.strings("SELECT position FROM entry ORDER BY position") == ["0", "1", "2"])
    }

    /// Even a log that is given one twice does not end the process.
    @Test func aLogTakesAnEntryThatIsThereTwice() {
        let stored = StoredConversation(header: .make("c1"), entries: [.user("u", "one"), .user("u", "two")], allowedTools: [])
        #expect(ConversationLog(stored).place(of: "u") == 0)
    }
}
