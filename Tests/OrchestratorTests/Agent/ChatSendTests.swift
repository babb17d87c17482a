import MCPCore
import Synchronization
import Testing

@testable import Orchestrator

/// Messages that are sent, and what pages are told of their answers.
@Suite(.timeLimit(.minutes(1))) struct ChatSendTests {
    private let store: SQLiteConversationStore

    init() throws { store = try SQLiteConversationStore() }

    @Test func aFreshPageIsTheWelcomeAndTheList() async throws {
        var settings = Chat.Settings()
        settings.suggestions = ["How many customers?"]
        try await withChat(ScriptedModel([]), [.tool("shop", "read", "")], store: store, settings: settings) { chat in
            try await chat.page { page in
                page.say(.hello(conversation: nil, lastSequence: nil))
                try await page.until(\.conversations)
                // News of the servers may come at any time.
                let seen = page.seen.map(\.content).filter { if case .servers = $0 { false } else { true } }
                guard seen.count == 2, case .welcome(let environment) = seen[0] else {
                    Issue.record("seen \(seen)")
                    return
                }
                #expect(environment.user == ChatUser(id: "ada"))
                #expect(environment.model == ModelInfo(name: "scripted", isDemonstration: false, failure: nil))
                #expect(environment.servers.map(\.name) == ["shop"])
                #expect(environment.suggestions == ["How many customers?"])
                #expect(environment.limits.messageCharacters == 32_000)
                #expect(seen[1].conversations == [])
            }
        }
    }

    @Test func theFirstMessageMakesAConversation() async throws {
        let model = ScriptedModel([.events([.text("It "), .text("is 3."), .finished(.complete)])])
        try await withChat(model, store: store) { [store] chat in
            try await chat.page { page in
                let (id, reason) = try await page.ask("\n  How many customers?  \nBy country.", id: "m1")
                #expect(reason == .complete)
                // First the empty conversation, then what happens in it. (News of the servers may come before.)
                let first = try #require(page.seen.first { $0.conversation != nil })
                #expect(first.content.snapshot?.entries.isEmpty == true)
                #expect(first.content.snapshot?.summary.title == "How many customers?")
                #expect(first.sequence == 0)
                // The page can tell which of its messages made it.
                #expect(first.content.snapshot?.receipt == MessageReceipt(clientMessageID: "m1", isRepeated: false))
                #expect(page.steps.allSatisfy { $0.conversation == id })
                // In sequence, without a gap.
                #expect(page.steps.map(\.sequence) == Array(1...page.steps.count))
                let kinds = page.steps.map { step -> String in
                    switch step.content {
                    case .entry(.user(let message)): "user \(message.clientMessageID)"
                    case .entry(.assistant(let message)): "assistant \(message.state.rawValue) \(message.text)"
                    case .text(_, let delta): "text \(delta)"
                    case .turnStarted: "started"
                    case .turnFinished(let reason, _): "finished \(reason.rawValue)"
                    default: "other"
                    }
                }
                #expect(kinds == ["user m1", "started", "assistant streaming It ", "text is 3.", "assistant done It is 3.", "finished complete"])
                #expect(page.transcript.lines == ["user: \n  How many customers?  \nBy country.", "done: It is 3."])
                #expect(try await page.list().map(\.id) == [id])
                // And on disk.
                let stored = try #require(try await store.conversation(id))
                #expect(stored.header.user == "ada")
                #expect(!stored.header.isRunning)
                #expect(stored.header.sequence == page.steps.count)
                #expect(stored.entries.map(\.id) == page.transcript.entries.map(\.id))
            }
        }
    }

    @Test func theModelRemembersTheTurnsBefore() async throws {
        let model = ScriptedModel([ScriptedModel.says("One."), ScriptedModel.says("Two.")])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("first").conversation
                #expect(try await page.ask("second", in: id).conversation == id)
                #expect(
                    model.requests.last.map { Array($0.messages.dropFirst()) } == [.user("first"), .assistant("One.", calls: []), .user("second")])
                #expect(page.steps.map(\.sequence) == Array(1...page.steps.count))
            }
        }
    }

    @Test func aSecondMessageWhileTheFirstIsAnsweredIsRefused() async throws {
        let model = ScriptedModel([.hangs([.text("Well")])])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "first", clientMessageID: "m1"))
                let id = try await page.until { if case .entry(.assistant) = $0 { page.seen.last?.conversation } else { nil } }
                page.say(.send(conversation: id, text: "second", clientMessageID: "m2"))
                let refusal = try await page.until { if case .commandFailed(let failure, let id) = $0 { (failure, id) } else { nil } }
                #expect(refusal.1 == "m2")
                #expect(refusal.0.what == "The message was not sent.")
                #expect(refusal.0.why == "An answer is still being written in this chat.")
                #expect(refusal.0.isRetryable)
                page.say(.stop(conversation: id))
                #expect(try await page.until(\.finished) == .stopped)
                #expect(page.transcript.lines == ["user: first", "stopped: Well"])
                // What was refused was not taken: it can be sent again.
                #expect(try await page.ask("second", in: id, id: "m2").reason == .complete)
                #expect(page.transcript.lines == ["user: first", "stopped: Well", "user: second", "done: done"])
            }
        }
    }

    /// Also from another page, before the first word and before the message is on disk.
    @Test func aStopIsHeardFromTheFirstMoment() async throws {
        let model = ScriptedModel([.hangs([])])
        let release = Signal()
        let isHeld = Mutex(true)
        let slow = WatchedStore(
            store,
            write: { _ in
                if isHeld.withLock(\.self) { try await release.wait() }
                return true
            })
        try await withChat(model, store: slow) { chat in
            try await chat.page { other in
                try await chat.page { page in
                    page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                    let id = try await page.until(\.snapshot).summary.id
                    try await page.until(\.entry)
                    other.say(.stop(conversation: id))
                    // Answered when the stop has been.
                    other.say(.openConversation(id: id))
                    try await other.until(\.snapshot)
                    isHeld.withLock { $0 = false }
                    release.fire()
                    #expect(try await page.until(\.finished) == .stopped)
                    #expect(page.transcript.lines == ["user: hello"])
                    #expect(model.requests.count <= 1)
                }
            }
        }
    }

    @Test func anotherConversationIsNotHeldUp() async throws {
        let model = ScriptedModel([.hangs([])])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "first", clientMessageID: "m1"))
                // The answer that hangs is the first one's.
                while model.requests.isEmpty { await Task.yield() }
                let reason = try await chat.page { other in try await other.ask("second").reason }
                #expect(reason == .complete)
            }
        }
    }

    @Test func theSameMessageIsTakenOnce() async throws {
        let model = ScriptedModel([])
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("hello", id: "m1").conversation
                for conversation in [nil, id] {
                    page.say(.send(conversation: conversation, text: "hello", clientMessageID: "m1"))
                    let snapshot = try await page.until(\.snapshot)
                    #expect(snapshot.summary.id == id)
                    #expect(snapshot.entries.count == 2)
                    #expect(snapshot.receipt == MessageReceipt(clientMessageID: "m1", isRepeated: true))
                }
                #expect(try await page.list().count == 1)
                #expect(model.requests.count == 1)
            }
            // After a reload, too; but it is another message when somebody else sends it.
            try await chat.page { page in
                page.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                let snapshot = try await page.until(\.snapshot)
                #expect(snapshot.entries.count == 2)
                #expect(model.requests.count == 1)
            }
            try await chat.page(of: "bob") { page in
                try await page.ask("hello", id: "m1")
                #expect(model.requests.count == 2)
            }
        }
    }

    /// A page resends over a new line while the chat still works on what came over the old one.
    @Test func theSameMessageTwiceAtOnceMakesOneConversation() async throws {
        let model = ScriptedModel([.hangs([.text("Hi")])])
        // The first two look-ups go on together: neither hears of the other's message.
        let second = Signal()
        let count = Mutex(0)
        let meeting = WatchedStore(
            store,
            lookedUp: {
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                if number == 1 { try await second.wait() } else { second.fire() }
            })
        try await withChat(model, store: meeting) { chat in
            try await chat.page { one in
                try await chat.page { other in
                    one.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                    other.say(.send(conversation: nil, text: "hello", clientMessageID: "m1"))
                    let id = try await one.until(\.snapshot).summary.id
                    try #require(try await other.until(\.snapshot).summary.id == id)
                    one.say(.stop(conversation: id))
                    try await one.until(\.finished)
                    try await other.until(\.finished)
                    #expect(try await one.list().map(\.id) == [id])
                    #expect(model.requests.count == 1)
                    #expect(one.transcript.lines.filter { $0.hasPrefix("user") } == ["user: hello"])
                    #expect(other.transcript == one.transcript)
                }
            }
        }
    }

    @Test(arguments: [("", "It is empty."), (" \n\t", "It is empty."), (String(repeating: "x", count: 41), "It is longer than 40 characters.")])
    func messagesThatCannotBeSent(text: String, why: String) async throws {
        let model = ScriptedModel([])
        var settings = Chat.Settings()
        settings.messageCharacters = 40
        try await withChat(model, store: store, settings: settings) { chat in
            try await chat.page { page in
                page.say(.send(conversation: nil, text: text, clientMessageID: "m1"))
                let failure = try await page.until(\.failed)
                #expect(failure.why == why)
                #expect(try await page.list().isEmpty)
                #expect(try await page.ask(String(repeating: "x", count: 40)).reason == .complete)
            }
        }
    }

    @Test func usageIsTheSumOfTheConversation() async throws {
        let spent = ModelUsage(inputTokens: 10, outputTokens: 2)
        let model = ScriptedModel([], then: .events([.text("."), .usage(spent), .finished(.complete)]))
        try await withChat(model, store: store) { chat in
            try await chat.page { page in
                let id = try await page.ask("one").conversation
                #expect(page.seen.last?.content.usage == TokenUsage(inputTokens: 10, outputTokens: 2))
                try await page.ask("two", in: id)
                #expect(page.seen.last?.content.usage == TokenUsage(inputTokens: 20, outputTokens: 4))
                page.say(.openConversation(id: id))
                #expect(try await page.until(\.snapshot).usage == TokenUsage(inputTokens: 20, outputTokens: 4))
            }
        }
    }

    @Test func aModelThatFailsIsToldToEveryPageUntilItAnswers() async throws {
        let failure = ModelFailure.unreachable(address: "http://127.0.0.1:9", reason: "refused")
        let model = ScriptedModel([.fails([], failure), ScriptedModel.says("Back.")])
        try await withChat(model, store: store) { chat in
            try await chat.page(of: "bob") { other in
                // A page is known once it has been answered.
                try await other.list()
                try await chat.page { page in
                    let (id, reason) = try await page.ask("hello")
                    #expect(reason == .failed)
                    #expect(try await other.until(\.model).failure == failure.failure)
                    #expect(try await page.ask("hello again", in: id).reason == .complete)
                    #expect(try await other.until(\.model).failure == nil)
                }
            }
        }
    }

}
