import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// What is written is read back the same, from the file, by another process's worth of store.
struct EntryRoundTripTests {
    private static let at = Date(timeIntervalSince1970: 1_700_000_000.123)
    private static let failure = ChatFailure(what: "It broke.", why: "A “why”\nwith \0 and 👩‍🚀.", whatNow: "Mend it.", isRetryable: true)

    private static func call(_ id: String, _ state: ToolCall.State, _ change: (inout ToolCall) -> Void = { _ in }) -> ChatEntry {
        var call = ToolCall(
            id: id, server: "shöp", tool: "run.query", title: nil, arguments: [:], state: state, question: nil, progress: nil, result: nil, failure: nil,
            canRetry: false, at: at, startedAt: nil, elapsedMilliseconds: nil)
        change(&call)
        return .tool(call)
    }

    static let all: [ChatEntry] = [
        .user(UserMessage(id: "u1", clientMessageID: "c-1", text: "Wie viele “Größen” 日本 👍🏽?\n\t\\ \u{0} '; DROP TABLE entry; --", at: at)),
        .user(UserMessage(id: "u2", clientMessageID: "", text: "", at: Date(timeIntervalSince1970: -1))),
        .assistant(AssistantMessage(id: "a1", text: "# Antwort\r\n| a | b |", state: .done, at: at)),
        .assistant(AssistantMessage(id: "a2", text: "", state: .streaming, at: at)),
        .assistant(AssistantMessage(id: "a3", text: "e\u{301}", state: .stopped, at: at)),
        .assistant(AssistantMessage(id: "a4", text: "half", state: .broken, at: at)),
        call("t1", .waiting) {
            $0.title = "Run a query"
            $0.arguments = ["sql": "SELECT 'ä'", "n": .integer(.max), "x": 0.1, "deep": [["a": .null], [true, false]]]
            $0.question = ToolCall.Question(text: "Run this?", why: "It may change something.", isDestructive: true)
        },
        call("t2", .running) { $0.startedAt = at },
        call("t3", .done) {
            $0.result = ToolResult(
                content: [["type": "text", "text": "ok"], ["type": "image", "data": "AAAA", "mimeType": "image/png"]],
                structuredContent: ["rows": [[1, "zwei", .null]]], isError: false)
            $0.startedAt = at
            $0.elapsedMilliseconds = 17
        },
        call("t4", .failed) {
            $0.arguments = .string("{not json")
            $0.result = ToolResult(content: [], structuredContent: nil, isError: true)
            $0.canRetry = true
        },
        call("t5", .failed) {
            $0.arguments = .null
            $0.failure = failure
        },
        call("t6", .denied) { $0.question = ToolCall.Question(text: "", why: "", isDestructive: false) },
        call("t7", .cancelled),
        .elicitation(
            Elicitation(
                id: "e1", server: "mail", tool: "send", message: "Which address?",
                mode: .form(schema: ["type": "object", "properties": ["to": ["type": "string", "format": "email"]]]), state: .waiting, content: nil, at: at)),
        .elicitation(
            Elicitation(
                id: "e2", server: "mail", tool: nil, message: "ja?", mode: .form(schema: [:]), state: .accepted, content: ["to": "a@b.example", "n": 2], at: at)
        ),
        .elicitation(
            Elicitation(id: "e3", server: "bank", tool: nil, message: "Go there", mode: .url("https://bank.example/?a=1&b=2"), state: .declined, at: at)),
        .elicitation(Elicitation(id: "e4", server: "bank", tool: nil, message: "x", mode: .url("https://b.example"), state: .cancelled, at: at)),
        .elicitation(Elicitation(id: "e5", server: "bank", tool: nil, message: "x", mode: .form(schema: [:]), state: .closed, content: [:], at: at)),
        .failure(FailureNotice(id: "f1", failure: failure, at: at)),
    ]

    @Test func everyKindOfEntryComesBackFromTheFile() async throws {
        let directory = try StoreDirectory()
        let header = StoredConversation.header("c1", usage: TokenUsage(inputTokens: 7, outputTokens: 9))
        let store = try directory.store()
        try await store.write([.header(header)] + Self.all.enumerated().map { .entry(conversation: "c1", position: $0, $1) })
        let reopened = try #require(try await directory.store().conversation("c1"))
        #expect(reopened.header == header)
        #expect(reopened.entries.count == Self.all.count)
        for (read, written) in zip(reopened.entries, Self.all) { #expect(read == written) }
        #expect(reopened.allowedTools.isEmpty)
    }

    /// What came as deep as it may is a few levels deeper in what is stored.
    @Test func theDeepestValuesComeBack() async throws {
        let deep = try JSONValue(parsing: String(repeating: "[", count: 128) + String(repeating: "]", count: 128))
        let entries = [
            Self.call("t1", .done) {
                $0.arguments = ["deep": deep]
                $0.result = ToolResult(content: [["type": "text", "deep": deep]], structuredContent: deep, isError: false)
            }
        ]
        let store = try SQLiteConversationStore()
        try await store.write([.header(.make("c1")), .entry(conversation: "c1", position: 0, entries[0])])
        #expect(try await store.conversation("c1")?.entries == entries)
    }

    /// Every kind and every state is in the list above: a new one has to be added to it.
    @Test func theListIsComplete() {
        var kinds: Set<String> = []
        var states: Set<String> = []
        for entry in Self.all {
            kinds.insert(EntryCoding.kind(of: entry))
            switch entry {
            case .assistant(let message): states.insert(message.state.rawValue)
            case .tool(let call): states.insert(call.state.rawValue)
            case .elicitation(let question): states.insert(question.state.rawValue)
            case .user, .failure: break
            }
        }
        #expect(kinds == ["user", "assistant", "tool", "elicitation", "failure"])
        #expect(
            states == [
                "streaming", "done", "stopped", "broken", "waiting", "running", "denied", "failed", "cancelled", "accepted", "declined", "closed",
            ])
    }

    @Test(arguments: [
        ("user", #"{"id": "u", "client": "c", "at": 1}"#, "text"), ("user", #"{"id": "u", "client": "c", "text": "t", "at": "1"}"#, "at"),
        ("assistant", #"{"id": "a", "text": "t", "state": "dreaming", "at": 1}"#, "unknown state"), ("poem", "{}", "poem"),
        ("tool", "[]", "id"), ("failure", #"{"id": "f", "at": 1}"#, "what"), ("user", "{not json", "no JSON"),
    ]) func whatDoesNotReadIsNamed(kind: String, body: String, expected: String) async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        try await store.write([.header(.make("c1"))])
        try await directory.execute("INSERT INTO entry VALUES ('c1', 0, ?, ?, '')", [kind, body])
        await #expect {
            try await store.conversation("c1")
        } throws: { error in
            guard case StoreFailure.unreadable = error else { return false }
            return "\(error)".contains(expected) && "\(error)".contains("--data")
        }
    }
}
