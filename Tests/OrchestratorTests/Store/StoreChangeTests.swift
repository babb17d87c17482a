import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// What changes do to a store.
struct StoreChangeTests {
    private static func conversation(_ store: SQLiteConversationStore, _ id: String = "c1") async throws -> StoredConversation {
        try #require(try await store.conversation(id))
    }

    @Test func anUnknownConversationIsNone() async throws {
        let store = try SQLiteConversationStore()
        #expect(try await store.conversation("c1") == nil)
        #expect(try await store.conversations(of: "me").isEmpty)
        #expect(try await store.conversation(of: "me", clientMessageID: "x") == nil)
    }

    @Test func aHeaderIsReplacedAndKeepsItsEntries() async throws {
        let store = try SQLiteConversationStore()
        try await store.write([.header(.make("c1", isRunning: true)), .entry(conversation: "c1", position: 0, .user("u", "Hi"))])
        var header = ConversationHeader.make("c1", title: "Renamed", minute: 9)
        header.sequence = 99
        header.usage = TokenUsage(inputTokens: 1, outputTokens: 2)
        try await store.write([.header(header)])
        let read = try await Self.conversation(store)
        #expect(read.header == header && read.entries == [.user("u", "Hi")])
    }

    @Test func conversationsAreTheUsersOwnTheLatestFirst() async throws {
        let store = try SQLiteConversationStore()
        try await store.write([
            .header(.make("old", minute: 1)), .header(.make("new", minute: 3)), .header(.make("middle", minute: 2)),
            .header(.make("foreign", user: "you", minute: 4)),
        ])
        #expect(try await store.conversations(of: "me").map(\.id) == ["new", "middle", "old"])
        #expect(try await store.conversations(of: "you") == [ConversationHeader.make("foreign", minute: 4).summary])
    }

    @Test func anEntryIsReplacedAtItsPlaceAndTruncatedFromThere() async throws {
        let store = try SQLiteConversationStore()
        // Positions come in any order.
        try await store.write([
            .header(.make("c1")), .header(.make("c2")), .entry(conversation: "c1", position: 2, .user("u3", "three")),
            .entry(conversation: "c1", position: 0, .user("u1", "one")), .entry(conversation: "c1", position: 1, .user("u2", "two")),
            .entry(conversation: "c2", position: 1, .user("other", "stays")),
        ])
        try await store.write([.entry(conversation: "c1", position: 1, .user("u2", "zwei"))])
        #expect(try await Self.conversation(store).entries == [.user("u1", "one"), .user("u2", "zwei"), .user("u3", "three")])
        try await store.write([.truncate(conversation: "c1", from: 1)])
        #expect(try await Self.conversation(store).entries == [.user("u1", "one")])
        #expect(try await Self.conversation(store, "c2").entries == [.user("other", "stays")])
        try await store.write([.truncate(conversation: "c1", from: 0)])
        #expect(try await Self.conversation(store).entries.isEmpty)
    }

    @Test func aMessageIsKnownByThePagesIdEvenWhenItWasEditedAway() async throws {
        let store = try SQLiteConversationStore()
        try await store.write([
            .header(.make("c1")), .header(.make("c2", user: "you")), .entry(conversation: "c1", position: 0, .user("u1", "one", client: "page-1")),
            .entry(conversation: "c2", position: 0, .user("u2", "two", client: "page-1")),
        ])
        try await store.write([.truncate(conversation: "c1", from: 0)])
        #expect(try await store.conversation(of: "me", clientMessageID: "page-1") == "c1")
        #expect(try await store.conversation(of: "you", clientMessageID: "page-1") == "c2")
        #expect(try await store.conversation(of: "me", clientMessageID: "page-2") == nil)
    }

    @Test func allowedToolsBelongToOneConversation() async throws {
        let store = try SQLiteConversationStore()
        let (one, other) = (ToolNameTable.Tool(server: "mail", tool: "send"), ToolNameTable.Tool(server: "mail.send", tool: ""))
        try await store.write([
            .header(.make("c1")), .header(.make("c2")), .allow(conversation: "c1", one), .allow(conversation: "c1", one), .allow(conversation: "c1", other),
        ])
        #expect(try await Self.conversation(store).allowedTools == [one, other])
        #expect(try await Self.conversation(store, "c2").allowedTools.isEmpty)
    }

    @Test func deletingTakesEverythingOfAConversationAndNothingElse() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        for id in ["c1", "c2"] {
            try await store.write([
                .header(.make(id)), .entry(conversation: id, position: 0, .user("u", "word", client: "page-\(id)")),
                .allow(conversation: id, ToolNameTable.Tool(server: "s", tool: "t")),
            ])
        }
        try await store.write([.delete(conversation: "c1")])
        #expect(try await store.conversation("c1") == nil)
        #expect(try await store.conversations(of: "me").map(\.id) == ["c2"])
        #expect(try await store.conversation(of: "me", clientMessageID: "page-c1") == nil)
        #expect(try await store.search("word", of: "me", limit: 10).map(\.conversation.id) == ["c2"])
        for table in ["entry", "allowed_tool", "client_message"] {
            #expect(try await directory.strings("SELECT DISTINCT conversation FROM \(table)") == ["c2"])
        }
        // A turn that still ran when it was deleted brings nothing back.
        try await store.write([
            .entry(conversation: "c1", position: 1, .user("late", "word")), .allow(conversation: "c1", ToolNameTable.Tool(server: "s", tool: "t")),
        ])
        #expect(try await store.conversation("c1") == nil)
        #expect(try await directory.strings("SELECT DISTINCT conversation FROM entry") == ["c2"])
    }

    /// The last change of the second write fails in the database itself: nothing of that write may stay.
    @Test func changesAreWrittenTogetherOrNotAtAll() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        try await store.write([.header(.make("c1", title: "Before")), .entry(conversation: "c1", position: 0, .user("u", "before"))])
        try await directory.execute("CREATE TRIGGER full BEFORE INSERT ON allowed_tool BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        await #expect {
            try await store.write([
                .header(.make("c1", title: "After")), .header(.make("c2")), .entry(conversation: "c1", position: 0, .user("u", "after")),
                .entry(conversation: "c1", position: 1, .user("u2", "more")), .allow(conversation: "c1", ToolNameTable.Tool(server: "s", tool: "t")),
            ])
        } throws: {
            "\($0)".contains("the disk is full")
        }
        let read = try await Self.conversation(store)
        #expect(read.header.title == "Before" && read.entries == [.user("u", "before")])
        #expect(try await store.conversation("c2") == nil)
        #expect(try await store.conversation(of: "me", clientMessageID: "client-u2") == nil)
    }
}
