import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// What a search finds, and what it does not.
struct StoreSearchTests {
    /// A store with the entries of conversations, each of one user.
    private static func store(_ conversations: [(header: ConversationHeader, entries: [ChatEntry])]) async throws -> SQLiteConversationStore {
        let store = try SQLiteConversationStore()
        for (header, entries) in conversations {
            try await store.write([.header(header)] + entries.enumerated().map { .entry(conversation: header.id, position: $0, $1) })
        }
        return store
    }

    private static func found(_ query: String, in texts: [String], title: String = "") async throws -> [String] {
        let store = try await store([(.make("c1", title: title), texts.enumerated().map { .user("\($0)", $1) })])
        return try await store.search(query, of: "me", limit: 100).map(\.entryID).sorted()
    }

    @Test func everyWordMustOccurInAnyOrder() async throws {
        let texts = ["the invoice from Acme", "an invoice", "Acme sent a voice mail", "acme: INVOICES"]
        #expect(try await Self.found("acme invoice", in: texts) == ["0", "3"])
        #expect(try await Self.found("  invoice\n", in: texts) == ["0", "1", "3"])
        #expect(try await Self.found("invoice gone", in: texts).isEmpty)
        #expect(try await Self.found("", in: texts).isEmpty)
        #expect(try await Self.found(" \t\n\u{0}", in: texts).isEmpty)
    }

    @Test func aWordMayBeInTheTitle() async throws {
        #expect(try await Self.found("holidays paris", in: ["a hotel in Paris", "a hotel in Rome"], title: "Holidays") == ["0"])
        #expect(try await Self.found("übersicht", in: ["x"], title: "ÜBERSICHT") == ["0"])
    }

    @Test(arguments: [
        ("übersicht", "ÜBERSICHT der Größen"), ("ÜBERSICHT", "übersicht"), ("größen", "GRÖßEN"), ("éclair", "E\u{301}clair"), ("ubersicht", "Übersicht"),
        ("ΑΘΗΝΑ", "αθηνα"),
        ("москва", "МОСКВА"), ("日本", "旧日本語"), ("İSTANBUL", "İstanbul"),
    ]) func caseAndFormOfLettersDoNotMatter(query: String, text: String) async throws {
        #expect(try await Self.found(query, in: [text, "something else"]) == ["0"])
    }

    /// What means something to LIKE, to FTS or to SQL means only itself.
    @Test(arguments: [
        ("100%", "100% sure"), ("%", "50 % off"), ("a_c", "a_c"), ("_", "snake_case"), ("\\", "C:\\temp"), ("\"", "a \"quoted\" word"), ("'", "it's"),
        ("*", "2*3"), ("NEAR(", "NEAR(x"), ("AND", "this AND that"), ("-x", "a -x b"), ("title:", "title: y"), (")", ":)"), ("';--", "a';--b"), ("^", "x^2"),
        ("?", "who?"), (":1", "at :1"), ("byte", "zero \u{0} byte"),
    ]) func specialCharactersAreOrdinaryOnes(query: String, text: String) async throws {
        #expect(try await Self.found(query, in: [text, "plain ac abc 100 xyz"]) == ["0"])
    }

    @Test func aPastedTextIsSearchedForToo() async throws {
        let text = (1...3000).map { "word\($0)" }.joined(separator: " ")
        #expect(try await Self.found(text, in: [text, "word1 word2"]) == ["0"])
        let long = String(repeating: "x", count: 100_000)
        #expect(try await Self.found(long, in: ["a" + long, "x"]) == ["0"])
    }

    @Test func otherUsersConversationsAreNotFound() async throws {
        let store = try await Self.store([
            (.make("mine", user: "me"), [.user("a", "secret plan")]), (.make("yours", user: "you", title: "secret"), [.user("b", "secret plan")]),
        ])
        #expect(try await store.search("secret", of: "me", limit: 10).map(\.conversation.id) == ["mine"])
        #expect(try await store.search("secret", of: "you", limit: 10).map(\.conversation.id) == ["yours"])
        #expect(try await store.search("secret", of: "", limit: 10).isEmpty)
        #expect(try await store.search("secret' OR '1'='1", of: "me", limit: 10).isEmpty)
    }

    @Test func theLatestComeFirstAndAreLimited() async throws {
        let store = try await Self.store([
            (.make("old", minute: 1), [.user("1", "word"), .user("2", "word")]), (.make("new", minute: 2), [.user("3", "word"), .user("4", "word")]),
        ])
        #expect(try await store.search("word", of: "me", limit: 10).map(\.entryID) == ["4", "3", "2", "1"])
        #expect(try await store.search("word", of: "me", limit: 3).map(\.entryID) == ["4", "3", "2"])
    }

    @Test func answersQuestionsAndToolsAreFoundAndFailuresAreNot() async throws {
        let store = try await Self.store([(.make("c1", title: "Title"), EntryRoundTripTests.all)])
        func ids(_ query: String) async throws -> [String] { try await store.search(query, of: "me", limit: 100).map(\.entryID).sorted() }
        #expect(try await ids("antwort") == ["a1"])
        #expect(try await ids("which address") == ["e1"])
        #expect(try await ids("SHÖP.run") == ["t1", "t2", "t3", "t4", "t5", "t6", "t7"])
        #expect(try await ids("broke").isEmpty)
        #expect(try await !ids("title").contains("f1"))
    }

    @Test func aReplacedEntryIsFoundByItsNewTextOnly() async throws {
        let store = try await Self.store([(.make("c1"), [.user("u", "before")])])
        try await store.write([.entry(conversation: "c1", position: 0, .user("u", "after")), .header(.make("c1", title: "Renamed"))])
        #expect(try await store.search("before", of: "me", limit: 10).isEmpty)
        #expect(try await store.search("after renamed", of: "me", limit: 10).count == 1)
    }

    @Test func theSnippetShowsThePlace() async throws {
        let text = String(repeating: "left ", count: 100) + "die ÜBERSICHT\nhier " + String(repeating: "right ", count: 100)
        let store = try await Self.store([(.make("c1"), [.user("long", text), .user("short", "eine\nÜbersicht")])])
        let hits = try await store.search("übersicht", of: "me", limit: 10)
        try #require(hits.map(\.entryID) == ["short", "long"])
        #expect(hits[0].snippet == "eine Übersicht")
        #expect(hits[1].snippet.contains("die ÜBERSICHT hier") && hits[1].snippet.hasPrefix("…") && hits[1].snippet.hasSuffix("…"))
        #expect(hits[1].snippet.count == 162)
    }
}
