import Foundation
import Logging
import Synchronization

@testable import Orchestrator

/// An open page of a chat: says commands, and reads the events in order.
final class OpenPage: Sendable {
    let page: ChatPage
    private let commands: AsyncStream<ChatCommand>.Continuation
    private let events: AsyncStream<ChatEvent>
    private let read = Recorded<ChatEvent>()

    init(user: String) {
        let (commands, commandContinuation) = AsyncStream.makeStream(of: ChatCommand.self)
        let (events, eventContinuation) = AsyncStream.makeStream(of: ChatEvent.self)
        self.commands = commandContinuation
        self.events = events
        page = ChatPage(user: ChatUser(id: user), commands: commands, deliver: { eventContinuation.yield($0) })
    }

    /// What was read so far.
    var seen: [ChatEvent] { read.all }
    /// What was read so far of conversations, where it has a sequence of its own.
    var steps: [ChatEvent] { seen.filter { $0.conversation != nil && $0.content.snapshot == nil } }
    /// The transcript as the events read so far make it.
    var transcript: PageTranscript { PageTranscript(seen) }

    func say(_ command: ChatCommand) { commands.yield(command) }
    func close() { commands.finish() }

    /// Reads on until there is what is looked for.
    @discardableResult func until<Found>(_ find: (ChatEvent.Content) -> Found?) async throws -> Found {
        for await event in events {
            read.add(event)
            if let found = find(event.content) { return found }
        }
        throw CancellationError()
    }

    /// A tool's card in that state.
    @discardableResult func untilCall(_ state: ToolCall.State) async throws -> ToolCall {
        try await until { if case .entry(.tool(let call)) = $0, call.state == state { call } else { nil } }
    }

    /// Says a command that answers with a list, and reads on to it: what the commands before it brought has been read then.
    @discardableResult func list() async throws -> [ConversationSummary] {
        say(.listConversations)
        return try await until(\.conversations)
    }

    /// Sends a message and reads to the end of the turn.
    ///
    /// - Returns: The conversation, and why the turn ended.
    @discardableResult func ask(_ text: String, in conversation: String? = nil, id: String = UUID().uuidString) async throws -> (
        conversation: String, reason: StopReason
    ) {
        say(.send(conversation: conversation, text: text, clientMessageID: id))
        let reason = try await until(\.finished)
        return (seen.last?.conversation ?? "", reason)
    }
}

extension ChatEvent.Content {
    var snapshot: ConversationSnapshot? { if case .snapshot(let snapshot) = self { snapshot } else { nil } }
    var conversations: [ConversationSummary]? { if case .conversations(let all) = self { all } else { nil } }
    var entry: ChatEntry? { if case .entry(let entry) = self { entry } else { nil } }
    var finished: StopReason? { if case .turnFinished(let reason, _) = self { reason } else { nil } }
    var usage: TokenUsage? { if case .turnFinished(_, let usage) = self { usage } else { nil } }
    var failed: ChatFailure? { if case .commandFailed(let failure, _) = self { failure } else { nil } }
    var deleted: String? { if case .conversationDeleted(let id) = self { id } else { nil } }
    var changed: ConversationSummary? { if case .conversationChanged(let summary) = self { summary } else { nil } }
    var elicitation: Elicitation? { if case .entry(.elicitation(let question)) = self { question } else { nil } }
    var written: String? { if case .text(_, let delta) = self { delta } else { nil } }
    var hits: [SearchHit]? { if case .searchResults(_, let hits) = self { hits } else { nil } }
    var model: ModelInfo? { if case .model(let info) = self { info } else { nil } }
}

/// What a browser makes of the events.
struct PageTranscript: Hashable {
    private(set) var entries: [ChatEntry] = []
    private(set) var isRunning = false

    init(_ events: [ChatEvent]) {
        for event in events {
            switch event.content {
            case .snapshot(let snapshot):
                entries = snapshot.entries
                isRunning = snapshot.isRunning
            case .entry(let entry):
                if let place = place(of: entry.id) { entries[place] = entry } else { entries.append(entry) }
            case .text(let id, let delta):
                guard let place = place(of: id), case .assistant(var message) = entries[place] else { continue }
                message.text += delta
                entries[place] = .assistant(message)
            case .truncate(let id): if let place = place(of: id) { entries.removeSubrange(place...) }
            case .turnStarted: isRunning = true
            case .turnFinished: isRunning = false
            default: break
            }
        }
    }

    private func place(of id: String) -> Int? { entries.firstIndex { $0.id == id } }

    /// What was said, and the cards, in short.
    var lines: [String] {
        entries.map { entry in
            switch entry {
            case .user(let message): "user: \(message.text)"
            case .assistant(let message): "\(message.state.rawValue): \(message.text)"
            case .tool(let call): "\(call.server).\(call.tool): \(call.state.rawValue)"
            case .elicitation(let question): "question: \(question.state.rawValue)"
            case .failure(let notice): "failure: \(notice.failure.what)"
            }
        }
    }
}

/// A chat over a model and servers of the test; ends its turns when the body returns.
func withChat(
    _ model: ScriptedModel, _ tools: [FakeHost.Tool] = [], store: any ConversationStore, settings: Chat.Settings = Chat.Settings(),
    _ body: @Sendable (Chat) async throws -> Void
) async throws {
    let chat = Chat(
        model: model, host: FakeHost(tools), store: store, settings: settings, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await chat.run() }
        try await body(chat)
        group.cancelAll()
        try await group.waitForAll()
    }
}

extension Chat {
    /// Opens a page for as long as the body runs.
    nonisolated func page<Result: Sendable>(of user: String = "ada", _ body: (OpenPage) async throws -> Result) async throws -> Result {
        let page = OpenPage(user: user)
        async let served: Void = serve(page.page)
        let result = try await body(page)
        page.close()
        await served
        return result
    }
}
