import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// The list of conversations: renaming, deleting, searching.
@Suite(.timeLimit(.minutes(1))) struct ChatConversationTests {
    private let store: SQLiteConversationStore

    init() throws { store = try SQLiteConversationStore() }

    /// The store keeps milliseconds: what comes after this has another one.
    private func laterInTheStore() async throws { try await Task.sleep(for: .milliseconds(3)) }

    @Test func renamedForEveryPageAndOnDisk() async throws {
        try await withChat(ScriptedModel([]), store: store) { [store] chat in
            try await chat.page { page in
                let id = try await page.ask("hello").conversation
                // The end of the turn is news of the conversation, too.
                try await page.until(\.changed)
                try await chat.page { other in
                    try await other.list()
                    page.say(.renameConversation(id: id, title: "  Greetings\nand more"))
                    for page in [page, other] { #expect(try await page.until(\.changed).title == "Greetings") }
                    #expect(try await other.list().map(\.title) == ["Greetings"])
                    #expect(try await store.conversation(id)?.header.title == "Greetings")
                    // A later turn does not undo it.
                    try await page.ask("more", in: id)
                    #expect(try await page.list().map(\.title) == ["Greetings"])
                    page.say(.renameConversation(id: id, title: "  \n "))
                    try await page.until(\.failed)
                    #expect(try await page.list().map(\.title) == ["Greetings"])
                }
            }
        }
    }

    @Test func longTitlesAreCut() async throws {
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                try await page.ask(String(repeating: "x", count: 61))
                #expect(try await page.list().map(\.title) == [String(repeating: "x", count: 59) + "…"])
            }
        }
    }

    @Test func deletedForEveryPageAndFromTheDisk() async throws {
        try await withChat(ScriptedModel([]), store: store) { [store] chat in
            try await chat.page { page in
                let id = try await page.ask("hello", id: "m1").conversation
                let kept = try await page.ask("another").conversation
                try await chat.page { other in
                    other.say(.openConversation(id: id))
                    try await other.until(\.snapshot)
                    page.say(.deleteConversation(id: id))
                    for page in [page, other] { #expect(try await page.until(\.deleted) == id) }
                    #expect(try await other.list().map(\.id) == [kept])
                    #expect(try await store.conversation(id) == nil)
                    other.say(.send(conversation: id, text: "still there?", clientMessageID: "m2"))
                    #expect(try await other.until(\.failed).what == "That is not here any more.")
                    other.say(.search(query: "hello"))
                    #expect(try await other.until(\.hits) == [])
                }
            }
        }
    }

    @Test func deletingEndsTheTurn() async throws {
        let ended = Signal()
        let tool = FakeHost.Tool.tool("shop", "slow", "", readOnly: true) { _, _ in
            do { try await Task.sleep(for: .seconds(3600)) } catch {
                ended.fire()
                throw error
            }
            return .text("late")
        }
        try await withChat(ScriptedModel([ScriptedModel.calls(("shop__slow", "{}"))]), [tool], store: store) { [store] chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                try await page.untilCall(.running)
                let id = try #require(page.seen.last?.conversation)
                page.say(.deleteConversation(id: id))
                try await ended.wait()
                try await page.until(\.deleted)
                #expect(try await page.list().isEmpty)
                #expect(try await store.conversation(id) == nil)
            }
        }
    }

    @Test func theListIsTheUsersOwnTheLatestFirst() async throws {
        try await withChat(ScriptedModel([]), store: store) { chat in
            try await chat.page { page in
                let first = try await page.ask("first").conversation
                page.say(.newConversation)
                try await laterInTheStore()
                let second = try await page.ask("second").conversation
                #expect(try await page.list().map(\.id) == [second, first])
                try await laterInTheStore()
                try await page.ask("first again", in: first)
                #expect(try await page.list().map(\.id) == [first, second])
                try await chat.page(of: "bob") { stranger in
                    try await stranger.ask("third")
                    #expect(try await stranger.list().map(\.title) == ["third"])
                    // Nobody is told of others' conversations.
                    #expect(stranger.seen.allSatisfy { $0.content.changed.map { $0.title == "third" } ?? true })
                }
                #expect(try await page.list().count == 2)
                #expect(page.seen.allSatisfy { $0.content.changed?.title != "third" })
            }
        }
    }

    @Test func searchFindsWhatWasSaidByEither() async throws {
        let model = ScriptedModel([ScriptedModel.says("There are 12 lamps in stock."), ScriptedModel.says("Sunny.")])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let shop = try await page.ask("How many?").conversation
                let answer = try #require(page.transcript.entries.last?.id)
                page.say(.newConversation)
                try await page.ask("And the weather?")
                page.say(.search(query: "LAMPS stock"))
                let hits = try await page.until(\.hits)
                #expect(hits.map(\.conversation.id) == [shop])
                #expect(hits.map(\.entryID) == [answer])
                #expect(hits.map(\.snippet) == ["There are 12 lamps in stock."])
                guard case .searchResults(let query, _)? = page.seen.last?.content else { return }
                #expect(query == "LAMPS stock")
                page.say(.search(query: "lamps weather"))
                #expect(try await page.until(\.hits) == [])
            }
        }
    }
}
