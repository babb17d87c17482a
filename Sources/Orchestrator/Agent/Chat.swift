import Foundation
import Logging

/// The chat: conversations, the pages that look at them, and the turns that run in them.
actor Chat: ChatService {
    struct Settings: Sendable {
        var messageCharacters = 32_000
        var suggestions: [String] = []
        var roundLimit = 10
    }

    let settings: Settings
    let model: any ChatModel
    let host: any ToolHost
    let store: any ConversationStore
    let queue: StoreQueue
    let logger: Logger
    let makeID: @Sendable () -> String = { UUID().uuidString.lowercased() }

    let approvals = Answers<ApprovalDecision>()
    let elicitations = Answers<ElicitationAnswer>()
    let cancellations = Answers<Void>()

    /// Conversations in memory: those that are looked at, run, or were lately.
    var logs: [String: ConversationLog] = [:]
    var turns: [String: Task<Void, Never>] = [:]
    var pages: [UUID: Page] = [:]
    var modelFailure: ModelFailure?
    /// The process is being ended: what is cut off was not stopped by anybody.
    var isEnding = false
    private var lastUse: [String: Int] = [:]
    private var uses = 0

    struct Page {
        let user: ChatUser
        let origin: String
        let deliver: @Sendable (ChatEvent) -> Void
        var conversation: String?
    }

    init(model: any ChatModel, host: any ToolHost, store: any ConversationStore, settings: Settings, logger: Logger) {
        self.model = model
        self.host = host
        self.store = store
        self.settings = settings
        self.logger = logger
        queue = StoreQueue(store, logger: logger)
    }

    /// Tells pages of the servers' health until cancelled; then stops all turns and writes what is unwritten.
    func run() async {
        for await servers in await host.healthChanges() {
            for page in pages.values { page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .servers(servers))) }
        }
        // What runs stays marked as running, so that whoever opens it next is told that it was interrupted (`Recovery`).
        isEnding = true
        let running = turns
        for turn in running.values { turn.cancel() }
        for (id, turn) in running {
            await turn.value
            queue.add(logs[id]?.unstoredText() ?? [])
        }
        await queue.flush()
    }

    // MARK: Pages

    nonisolated func serve(_ page: ChatPage) async {
        let id = UUID()
        await open(page, id: id)
        for await command in page.commands { await handle(command, from: id) }
        await close(id)
    }

    private func open(_ page: ChatPage, id: UUID) { pages[id] = Page(user: page.user, origin: page.origin, deliver: page.deliver) }
    private func close(_ id: UUID) { pages[id] = nil }

    func tell(_ page: UUID, _ content: ChatEvent.Content) {
        pages[page]?.deliver(ChatEvent(conversation: nil, sequence: 0, content: content))
    }

    /// Tells every page of a user.
    func tell(user: String, _ content: ChatEvent.Content) {
        for page in pages.values where page.user.id == user { page.deliver(ChatEvent(conversation: nil, sequence: 0, content: content)) }
    }

    /// Shows an event to the pages that look at its conversation, and has it stored.
    func publish(_ change: ConversationLog.Change?, store more: [StoreChange] = []) {
        guard let change else { return }
        for page in pages.values where page.conversation == change.event.conversation { page.deliver(change.event) }
        let changes = change.store + more
        queue.add(changes)
    }

    // MARK: Conversations

    /// The conversation, where it is the user's; read from the store where it is not in memory.
    func load(_ id: String, for user: String) async throws -> ConversationLog? {
        if logs[id] == nil {
            // What waits to be written would be missing in what is read.
            if await !queue.flush(), queue.holds(id) { throw StoreFailure.cannotWrite(reason: queue.failure ?? "") }
            guard var stored = try await store.conversation(id) else { return nil }
            // Another command may have read it meanwhile.
            if logs[id] == nil {
                let changed = Recovery.recover(&stored, makeID: makeID, now: Date())
                logs[id] = ConversationLog(stored)
                if !changed.isEmpty {
                    queue.add(
                        [.header(stored.header)] + changed.map { .entry(conversation: id, position: $0, stored.entries[$0]) })
                }
            }
        }
        uses += 1
        lastUse[id] = uses
        forgetUnused()
        guard let log = logs[id], log.header.user == user else { return nil }
        return log
    }

    private func forgetUnused() {
        // What the store has not taken is in memory alone.
        guard logs.count > 64, queue.failure == nil else { return }
        let looked = Set(pages.values.compactMap(\.conversation))
        let unused = logs.keys.filter { !looked.contains($0) && turns[$0] == nil && lastUse[$0] != uses }
        for id in unused.sorted(by: { lastUse[$0] ?? 0 < lastUse[$1] ?? 0 }).prefix(16) {
            logs[id] = nil
            lastUse[id] = nil
        }
    }

    func forget(_ id: String) {
        logs[id] = nil
        lastUse[id] = nil
        turns[id]?.cancel()
    }

    // MARK: State for others

    func environment(for user: ChatUser) async -> ChatEnvironment {
        ChatEnvironment(
            user: user, model: modelInfo, servers: await host.health(), limits: ChatLimits(messageCharacters: settings.messageCharacters, limitedUntil: nil),
            suggestions: settings.suggestions)
    }

    var modelInfo: ModelInfo {
        ModelInfo(name: model.description.name, isDemonstration: model.description.isDemonstration, failure: modelFailure?.failure)
    }

    /// Remembers how the model did, and tells pages where that changed.
    func note(_ failure: ModelFailure?) {
        let before = modelFailure
        modelFailure = failure
        guard before != failure else { return }
        for page in pages.values { page.deliver(ChatEvent(conversation: nil, sequence: 0, content: .model(modelInfo))) }
    }

    func readiness() async -> ChatReadiness {
        var parts: [ChatReadiness.Part] = []
        var storeFailure = queue.failure
        do { try await store.check() } catch { storeFailure = "\(error)" }
        parts.append(ChatReadiness.Part(name: "store", isReady: storeFailure == nil, detail: storeFailure ?? "open"))
        // A model that failed is asked again: without it a failure would stand until somebody sends a message.
        if modelFailure != nil { note(await model.check()) }
        let failure = modelFailure
        parts.append(
            ChatReadiness.Part(
                name: "model", isReady: failure == nil,
                detail: failure?.description ?? (model.description.isDemonstration ? "built-in demonstration model" : model.description.name)))
        for server in await host.health() {
            let known = server.failure.map { "\($0.what) \($0.why) \($0.whatNow)" } ?? "\(server.tools.count) tools"
            let detail =
                switch server.state {
                case .connecting: "connecting"
                case .needsSignIn: "waits for a sign-in at \(server.signInHost ?? "its authorization server")"
                case .ready, .down: known
                }
            parts.append(ChatReadiness.Part(name: "server \(server.name)", isReady: server.state == .ready, detail: detail))
        }
        return ChatReadiness(isReady: storeFailure == nil && failure == nil, parts: parts)
    }
}
