import Foundation
import MCPCore

@testable import Orchestrator

/// A chat without model and servers: what it answers stands in a script, chosen by the first word of a message. It drives the
/// page into every state for the browser tests, and checks the web front's own part of the chat protocol.
actor WebScript: ChatService {
    private struct Conversation {
        var summary: ConversationSummary
        var owner: ChatUser
        var entries: [ChatEntry] = []
        var isRunning = false
        var usage: TokenUsage?
        var log: [ChatEvent] = []
        var plan: [Step] = []
    }

    /// What happens after the reader's next decision.
    struct Step: Sendable {
        var allowed: [ChatEvent.Content]
        var refused: [ChatEvent.Content]
    }

    private var conversations: [String: Conversation] = [:]
    private var pages: [Int: (page: ChatPage, conversation: String?)] = [:]
    private var serial = 0
    private var environment = WebScript.environment
    private var dropped: Set<String> = []

    static let environment = ChatEnvironment(
        user: ChatUser(id: "", name: nil),
        model: ModelInfo(name: "demonstration", isDemonstration: true, failure: nil),
        servers: [
            ServerHealth(
                name: "shop", title: "Query server", state: .ready,
                tools: ["describe_table", "list_connections", "run_query", "search_schema"], failure: nil),
            ServerHealth(
                name: "mail", title: "Email server", state: .ready,
                tools: ["create_draft", "list_accounts", "read_email", "search_emails", "send_email"], failure: nil),
        ],
        limits: ChatLimits(messageCharacters: 8000, limitedUntil: nil),
        suggestions: [
            "Which tables are there?", "Show me the ten largest orders", "Search my mail for the invoice from Acme",
            "Send alice@example.com a summary",
        ])

    func readiness() async -> ChatReadiness {
        ChatReadiness(isReady: true, parts: [.init(name: "store", isReady: true, detail: "in memory")])
    }

    // MARK: Pages

    func serve(_ page: ChatPage) async {
        serial += 1
        let id = serial
        pages[id] = (page, nil)
        for await command in page.commands {
            // The line breaks before the message is taken; sent again, it is a message like any other.
            if case .send(_, "drop", let message) = command, dropped.insert(message).inserted { break }
            take(command, of: id)
        }
        pages[id] = nil
    }

    private func take(_ command: ChatCommand, of id: Int) {
        guard let page = pages[id]?.page else { return }
        switch command {
        case .hello(let conversation, let last):
            var environment = environment
            environment.user = page.user
            page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .welcome(environment)))
            list(to: page)
            if let conversation { open(conversation, of: id, after: last) }
        case .send(let conversation, let text, let clientMessageID):
            send(text, clientMessageID: clientMessageID, to: conversation, of: id)
        case .editLast(let conversation, let text, let clientMessageID):
            guard let last = conversations[conversation]?.entries.last(where: { if case .user = $0 { true } else { false } }) else {
                return
            }
            emit(.truncate(from: last.id), in: conversation)
            say(text, clientMessageID: clientMessageID, in: conversation)
        case .stop(let conversation): stop(conversation)
        case .approve(let conversation, let callID, let decision):
            follow(decision != .deny, id: callID, in: conversation)
        case .answerElicitation(let conversation, let question, let answer):
            answered(question, with: answer, in: conversation)
        case .cancelCall(let conversation, let callID):
            change(callID, in: conversation) {
                $0.state = .cancelled
                $0.elapsedMilliseconds = 4100
            }
            finish(conversation, .complete)
        case .retry(let conversation), .retryCall(let conversation, _):
            emit(.turnStarted, in: conversation)
            emit(.entry(assistant("Now it worked.", in: conversation)), in: conversation)
            finish(conversation, .complete)
        case .newConversation: pages[id]?.conversation = nil
        case .openConversation(let conversation): open(conversation, of: id, after: nil)
        case .renameConversation(let conversation, let title):
            conversations[conversation]?.summary.title = title
            changed(conversation)
        case .deleteConversation(let conversation):
            conversations[conversation] = nil
            for (_, other) in pages {
                other.page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .conversationDeleted(id: conversation)))
            }
        case .listConversations: list(to: page)
        case .search(let query): search(query, page)
        case .signIn(let server, _):
            page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .signInPage(server: server, url: "\(page.origin)/healthz?\(server)")))
        case .signOut(let server):
            var servers = Self.environment.servers
            for index in servers.indices where servers[index].name == server {
                servers[index].state = .needsSignIn
                servers[index].signInHost = "login.example"
            }
            tell(.servers(servers))
        }
    }

    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer {
        switch redirect.state {
        case "good": .taken(returnTo: "/c/\(redirect.browser ?? "nobody")?\(redirect.query.count)")
        case "elsewhere": .otherBrowser
        case "mixed": .otherIssuer
        default: .unknown
        }
    }

    private func list(to page: ChatPage) {
        let own = conversations.values.filter { $0.owner == page.user }.map(\.summary).sorted { $0.updatedAt > $1.updatedAt }
        page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .conversations(own)))
    }

    private func open(_ conversation: String, of id: Int, after last: Int?, receipt: MessageReceipt? = nil) {
        guard let page = pages[id]?.page else { return }
        guard let state = conversations[conversation], state.owner == page.user else {
            page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .conversationDeleted(id: conversation)))
            return
        }
        pages[id]?.conversation = conversation
        if let last, last <= state.log.count {
            for event in state.log[last...] { page.deliver(event) }
        } else {
            page.deliver(ChatEvent(conversation: conversation, sequence: state.log.count, content: .snapshot(snapshot(state, receipt))))
        }
    }

    private func snapshot(_ state: Conversation, _ receipt: MessageReceipt?) -> ConversationSnapshot {
        ConversationSnapshot(summary: state.summary, entries: state.entries, isRunning: state.isRunning, usage: state.usage, receipt: receipt)
    }

    private func search(_ query: String, _ page: ChatPage) {
        let hits = conversations.values.filter { $0.owner == page.user }.flatMap { conversation in
            conversation.entries.compactMap { entry -> SearchHit? in
                guard case .assistant(let message) = entry, message.text.localizedCaseInsensitiveContains(query) else { return nil }
                return SearchHit(conversation: conversation.summary, entryID: message.id, snippet: String(message.text.prefix(120)))
            }
        }
        page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .searchResults(query: query, hits: hits)))
    }

    // MARK: Conversations

    private func send(_ text: String, clientMessageID: String, to known: String?, of id: Int) {
        guard let page = pages[id]?.page else { return }
        let seen = conversations.first { _, conversation in
            conversation.entries.contains { if case .user(let message) = $0 { message.clientMessageID == clientMessageID } else { false } }
        }
        if let seen {
            return open(seen.key, of: id, after: nil, receipt: MessageReceipt(clientMessageID: clientMessageID, isRepeated: true))
        }
        let receipt = MessageReceipt(clientMessageID: clientMessageID, isRepeated: false)
        let conversation: String
        if let known {
            conversation = known
            if pages[id]?.conversation != known { open(known, of: id, after: nil, receipt: receipt) }
        } else {
            serial += 1
            conversation = "conversation-\(serial)"
            let now = Date()
            conversations[conversation] = Conversation(
                summary: ConversationSummary(id: conversation, title: text, createdAt: now, updatedAt: now), owner: page.user)
            open(conversation, of: id, after: nil, receipt: receipt)
            changed(conversation)
        }
        say(text, clientMessageID: clientMessageID, in: conversation)
    }

    private func say(_ text: String, clientMessageID: String, in conversation: String) {
        serial += 1
        emit(.entry(.user(UserMessage(id: "user-\(serial)", clientMessageID: clientMessageID, text: text, at: Date()))), in: conversation)
        emit(.turnStarted, in: conversation)
        WebScriptScenes.play(text, in: conversation, on: self)
    }

    func stop(_ conversation: String) {
        guard let state = conversations[conversation], state.isRunning else { return }
        for entry in state.entries {
            switch entry {
            case .assistant(var message) where message.state == .streaming:
                message.state = .stopped
                emit(.entry(.assistant(message)), in: conversation)
            case .tool(var call) where call.state == .running || call.state == .waiting:
                call.state = .cancelled
                emit(.entry(.tool(call)), in: conversation)
            case .elicitation(var question) where question.state == .waiting:
                question.state = .closed
                emit(.entry(.elicitation(question)), in: conversation)
            default: break
            }
        }
        finish(conversation, .stopped)
    }

    func finish(_ conversation: String, _ reason: StopReason) {
        emit(.turnFinished(reason, TokenUsage(inputTokens: 1200, outputTokens: 340)), in: conversation)
    }

    /// Records an event and hands it to every page that shows the conversation.
    func emit(_ content: ChatEvent.Content, in conversation: String) {
        guard conversations[conversation] != nil else { return }
        switch content {
        case .entry(let entry):
            if let index = conversations[conversation]?.entries.firstIndex(where: { $0.id == entry.id }) {
                conversations[conversation]?.entries[index] = entry
            } else {
                conversations[conversation]?.entries.append(entry)
            }
        case .text(let id, let delta):
            if let index = conversations[conversation]?.entries.firstIndex(where: { $0.id == id }),
                case .assistant(var message)? = conversations[conversation]?.entries[index]
            {
                message.text += delta
                conversations[conversation]?.entries[index] = .assistant(message)
            }
        case .truncate(let id):
            if let index = conversations[conversation]?.entries.firstIndex(where: { $0.id == id }) {
                conversations[conversation]?.entries.removeSubrange(index...)
            }
        case .turnStarted: conversations[conversation]?.isRunning = true
        case .turnFinished(_, let usage):
            conversations[conversation]?.isRunning = false
            conversations[conversation]?.usage = usage
        default: break
        }
        let event = ChatEvent(conversation: conversation, sequence: (conversations[conversation]?.log.count ?? 0) + 1, content: content)
        conversations[conversation]?.log.append(event)
        for (_, other) in pages where other.conversation == conversation { other.page.deliver(event) }
    }

    private func changed(_ conversation: String) {
        guard let state = conversations[conversation] else { return }
        for (_, other) in pages where other.page.user == state.owner {
            other.page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .conversationChanged(state.summary)))
        }
    }

    func change(_ callID: String, in conversation: String, _ body: (inout ToolCall) -> Void) {
        guard case .tool(var call)? = conversations[conversation]?.entries.first(where: { $0.id == callID }) else { return }
        body(&call)
        emit(.entry(.tool(call)), in: conversation)
    }

    func plan(_ step: Step, in conversation: String) { conversations[conversation]?.plan.append(step) }

    private func follow(_ allowed: Bool, id: String, in conversation: String) {
        guard let step = conversations[conversation]?.plan.first else { return }
        conversations[conversation]?.plan.removeFirst()
        for content in allowed ? step.allowed : step.refused { emit(content, in: conversation) }
    }

    private func answered(_ id: String, with answer: ElicitationAnswer, in conversation: String) {
        guard case .elicitation(var question)? = conversations[conversation]?.entries.first(where: { $0.id == id }) else { return }
        switch answer {
        case .accept(let content):
            question.state = .accepted
            question.content = content
        case .decline: question.state = .declined
        case .cancel: question.state = .cancelled
        }
        emit(.entry(.elicitation(question)), in: conversation)
        emit(.entry(assistant("Thank you.", in: conversation)), in: conversation)
        finish(conversation, .complete)
    }

    func assistant(_ text: String, in conversation: String, state: AssistantMessage.State = .done) -> ChatEntry {
        serial += 1
        return .assistant(AssistantMessage(id: "assistant-\(serial)", text: text, state: state, at: Date()))
    }

    /// What the whole line is told.
    func tell(_ content: ChatEvent.Content) {
        switch content {
        case .servers(let servers): environment.servers = servers
        case .model(let model): environment.model = model
        case .limits(let limits): environment.limits = limits
        default: break
        }
        for (_, other) in pages { other.page.deliver(ChatEvent(conversation: nil, sequence: 0, content: content)) }
    }
}
