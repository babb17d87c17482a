import Foundation
import MCPCore
import Testing

@testable import Orchestrator

/// A conversation's entries as the model is given them.
@Suite struct ModelHistoryTests {
    private static let names = ToolNameTable([ToolNameTable.Tool(server: "shop", tool: "query")])
    private static let then = Date(timeIntervalSince1970: 0)

    private func user(_ text: String) -> ChatEntry { .user(UserMessage(id: "u-\(text)", clientMessageID: text, text: text, at: Self.then)) }
    private func assistant(_ text: String, _ state: AssistantMessage.State = .done) -> ChatEntry {
        .assistant(AssistantMessage(id: "a-\(text)", text: text, state: state, at: Self.then))
    }
    private func call(
        _ id: String, server: String = "shop", tool: String = "query", arguments: JSONValue = ["n": 1], _ state: ToolCall.State = .done,
        result: ToolResult? = nil, failure: ChatFailure? = nil
    ) -> ToolCall {
        ToolCall(
            id: id, server: server, tool: tool, title: nil, arguments: arguments, state: state, result: result, failure: failure, canRetry: false,
            at: Self.then)
    }

    @Test func wordsAndCallsKeepTheirOrder() {
        let entries: [ChatEntry] = [
            user("first"), assistant("Looking."), .tool(call("1", result: .text("one"))), .tool(call("2", result: .text("two"))),
            assistant("It is two."), user("second"), assistant("Bye."),
        ]
        #expect(
            ModelHistory.messages(entries, names: Self.names) == [
                .user("first"),
                .assistant(
                    "Looking.",
                    calls: [
                        ModelToolCall(id: "1", name: "shop__query", arguments: #"{"n":1}"#),
                        ModelToolCall(id: "2", name: "shop__query", arguments: #"{"n":1}"#),
                    ]),
                .tool(callID: "1", content: "one", isError: false),
                .tool(callID: "2", content: "two", isError: false),
                .assistant("It is two.", calls: []),
                .user("second"),
                .assistant("Bye.", calls: []),
            ])
    }

    @Test func noticesAndQuestionsOfServersAreNotForTheModel() {
        let failure = ChatFailure(what: "w", why: "y", whatNow: "n", isRetryable: true)
        let question = Elicitation(id: "e", server: "shop", tool: "query", message: "Sure?", mode: .url("https://a"), state: .accepted, at: Self.then)
        let entries: [ChatEntry] = [
            user("hi"), .tool(call("1", result: .text("r"))), .elicitation(question), assistant("part", .broken),
            .failure(FailureNotice(id: "f", failure: failure, at: Self.then)),
        ]
        #expect(
            ModelHistory.messages(entries, names: Self.names) == [
                .user("hi"), .assistant("", calls: [ModelToolCall(id: "1", name: "shop__query", arguments: #"{"n":1}"#)]),
                .tool(callID: "1", content: "r", isError: false), .assistant("part", calls: []),
            ])
    }

    @Test(arguments: [
        (ToolCall.State.denied, "The user did not allow this call. Nothing was done."),
        (.cancelled, "The call was cancelled before it ended."),
        (.running, "The call was interrupted: whether it took effect is not known."),
        (.waiting, "The call was interrupted: whether it took effect is not known."),
    ])
    func callsWithoutAResultSayWhatBecameOfThem(state: ToolCall.State, text: String) {
        #expect(ModelHistory.outcome(of: call("1", state)) == .tool(callID: "1", content: text, isError: true))
    }

    @Test func resultsAndFailures() {
        #expect(ModelHistory.outcome(of: call("1", result: .structured(["a": 1]))) == .tool(callID: "1", content: #"{"a":1}"#, isError: false))
        #expect(
            ModelHistory.outcome(of: call("1", .failed, result: .error("no such table"))) == .tool(callID: "1", content: "no such table", isError: true))
        let failure = ToolCallFailure.timedOut(server: "shop", seconds: 30).failure
        #expect(
            ModelHistory.outcome(of: call("1", .failed, failure: failure))
                == .tool(
                    callID: "1", content: "The server “shop” did not answer within 30 seconds. The call was cancelled. Try again, or ask for less.",
                    isError: true))
    }

    @Test func longResultsAreBounded() throws {
        let text = String(repeating: "x", count: ToolResultBound.defaultLimit * 2)
        guard case .tool(_, let content, _) = ModelHistory.outcome(of: call("1", result: .text(text))) else {
            Issue.record("no result")
            return
        }
        #expect(content.utf8.count < ToolResultBound.defaultLimit + 200)
        #expect(content.contains("[shortened: "))
    }

    @Test func argumentsThatWereNoObjectGoBackEmpty() {
        let messages = ModelHistory.messages([user("hi"), .tool(call("1", arguments: .string("{broken"), .failed))], names: Self.names)
        #expect(messages[1] == .assistant("", calls: [ModelToolCall(id: "1", name: "shop__query", arguments: "{}")]))
    }

    @Test func namesOfToolsThatAreGoneAreCleaned() throws {
        let gone = [
            call("1", server: "old", tool: "größe.ändern"), call("2", server: "old", tool: ""),
            call("3", server: "old", tool: String(repeating: "t", count: 90)),
        ]
        let messages = ModelHistory.messages([user("hi")] + gone.map(ChatEntry.tool), names: Self.names)
        guard case .assistant(_, let calls) = messages[1] else {
            Issue.record("no calls")
            return
        }
        #expect(calls.map(\.name) == ["gr__e__ndern", "tool", String(repeating: "t", count: 64)])
    }

    @Test func theOldestTurnsAreLeftOut() throws {
        let piece = String(repeating: "x", count: ModelHistory.characterLimit / 4)
        let entries = (0..<8).flatMap { [user("question \($0)"), assistant("\($0) " + piece)] }
        let messages = ModelHistory.messages(entries, names: Self.names)
        #expect(messages.count == 6)
        #expect(messages.first == .user("question 5"))
        #expect(messages.last == .assistant("7 " + piece, calls: []))
    }

    /// A call without its result, or the other way round, is refused by endpoints.
    @Test func aTurnIsLeftOutAsAWhole() throws {
        let large = String(repeating: "y", count: ToolResultBound.defaultLimit - 100)
        let old: [ChatEntry] = [user("old")] + (0..<6).map { .tool(call("c\($0)", result: .text(large))) } + [assistant("It was large.")]
        let new: [ChatEntry] = [user("new")] + (0..<6).map { .tool(call("d\($0)", result: .text(large))) }
        let messages = ModelHistory.messages(old + new, names: Self.names)
        #expect(messages.first == .user("new"))
        #expect(messages.count == 8)
    }

    @Test func theNewestTurnStaysHoweverLargeItIs() {
        let huge = String(repeating: "x", count: ModelHistory.characterLimit * 2)
        #expect(ModelHistory.messages([user("old"), assistant("a"), user(huge)], names: Self.names) == [.user(huge)])
    }

    @Test func missingServersAreNamed() {
        #expect(ModelHistory.system(missing: ["shop", "email"]).contains("Not reachable at the moment: shop, email."))
        #expect(!ModelHistory.system(missing: []).contains("Not reachable"))
    }
}
