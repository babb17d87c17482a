import Foundation

/// What pages ask for.
extension Chat {
    func handle(_ command: ChatCommand, from page: UUID) async {
        guard let user = pages[page]?.user else { return }
        do {
            switch command {
            case .hello(let conversation, let lastSequence): try await hello(page, user, conversation, lastSequence)
            case .send(let conversation, let text, let clientMessageID):
                try await send(page, user, conversation: conversation, text: text, clientMessageID: clientMessageID)
            case .editLast(let conversation, let text, let clientMessageID):
                try await editLast(page, user, conversation: conversation, text: text, clientMessageID: clientMessageID)
            case .retry(let conversation): try await retry(conversation, user)
            case .stop(let conversation):
                if try await owns(conversation, user) { turns[conversation]?.cancel() }
            case .approve(let conversation, let callID, let decision):
                guard try await owns(conversation, user), logs[conversation]?.place(of: callID) != nil else { throw Refusal.gone }
                guard approvals.answer(callID, with: decision) else { throw Refusal.expired }
            case .cancelCall(let conversation, let callID):
                guard try await owns(conversation, user), logs[conversation]?.place(of: callID) != nil else { throw Refusal.gone }
                approvals.close(callID)
                cancellations.answer(callID, with: ())
            case .retryCall(let conversation, let callID): try await retryCall(callID, in: conversation, user)
            case .answerElicitation(let conversation, let id, let answer):
                guard try await owns(conversation, user), logs[conversation]?.place(of: id) != nil else { throw Refusal.gone }
                guard elicitations.answer(id, with: answer) else { throw Refusal.expired }
            case .newConversation: pages[page]?.conversation = nil
            case .openConversation(let id): try await show(id, on: page, user)
            case .renameConversation(let id, let title): try await rename(id, to: title, user)
            case .deleteConversation(let id): try await delete(id, user)
            case .listConversations:
                await queue.flush()
                tell(page, .conversations(try await store.conversations(of: user.id)))
            case .search(let query):
                await queue.flush()
                tell(page, .searchResults(query: query, hits: try await store.search(query, of: user.id, limit: 50)))
            case .signIn(let server, let conversation): try await signIn(page, user, to: server, from: conversation)
            case .signOut(let server): try await host.signOut(of: server)
            }
        } catch {
            tell(page, .commandFailed(Self.failure(error), clientMessageID: command.clientMessageID))
        }
    }

    /// Why a command is not carried out.
    enum Refusal: Error {
        case gone, expired, overtaken, busy, empty
        case tooLong(limit: Int)
        case nothingToRepeat
    }

    private static func failure(_ error: any Error) -> ChatFailure {
        switch error {
        case let failure as ChatFailure: failure
        case Refusal.gone:
            ChatFailure(what: "That is not here any more.", why: "It was deleted or replaced.", whatNow: "Reload the page.", isRetryable: false)
        case Refusal.expired:
            ChatFailure(
                what: "This question is no longer open.", why: "It was answered, cancelled, or the turn ended.", whatNow: "Ask again.", isRetryable: false)
        case Refusal.overtaken:
            ChatFailure(
                what: "The call was not run again.", why: "The conversation has gone on since, and would lose what followed.",
                whatNow: "Ask for it in a new message.", isRetryable: false)
        case Refusal.busy:
            ChatFailure(
                what: "The message was not sent.", why: "An answer is still being written in this chat.", whatNow: "Wait for it, or stop it first.",
                isRetryable: true)
        case Refusal.empty:
            ChatFailure(what: "The message was not sent.", why: "It is empty.", whatNow: "Write something first.", isRetryable: false)
        case Refusal.tooLong(let limit):
            ChatFailure(
                what: "The message was not sent.", why: "It is longer than \(limit) characters.", whatNow: "Shorten it, or send it in parts.",
                isRetryable: false)
        case Refusal.nothingToRepeat:
            ChatFailure(what: "There is nothing to repeat.", why: "The last answer is complete.", whatNow: "Ask something.", isRetryable: false)
        default:
            ChatFailure(what: "That was not done.", why: "\(error)", whatNow: "Try again.", isRetryable: true)
        }
    }

    private func owns(_ conversation: String, _ user: ChatUser) async throws -> Bool { try await load(conversation, for: user.id) != nil }

    // MARK: Looking

    private func hello(_ page: UUID, _ user: ChatUser, _ conversation: String?, _ lastSequence: Int?) async throws {
        tell(page, .welcome(await environment(for: user)))
        await queue.flush()
        tell(page, .conversations(try await store.conversations(of: user.id)))
        guard let conversation else { return }
        guard try await load(conversation, for: user.id) != nil else {
            tell(page, .conversationDeleted(id: conversation))
            return
        }
        // Read again: nothing may happen between what is sent now and what is published from now on.
        pages[page]?.conversation = conversation
        guard let log = logs[conversation] else { return }
        if let lastSequence, let events = log.events(after: lastSequence) {
            for event in events { pages[page]?.deliver(event) }
        } else {
            pages[page]?.deliver(log.snapshotEvent())
        }
    }

    /// - Parameter repeated: The page's message that was taken before.
    private func show(_ id: String, on page: UUID, _ user: ChatUser, repeated clientMessageID: String? = nil) async throws {
        guard try await load(id, for: user.id) != nil else {
            tell(page, .conversationDeleted(id: id))
            return
        }
        pages[page]?.conversation = id
        let receipt = clientMessageID.map { MessageReceipt(clientMessageID: $0, isRepeated: true) }
        if let log = logs[id] { pages[page]?.deliver(log.snapshotEvent(receipt)) }
    }

    // MARK: Writing

    private func send(_ page: UUID, _ user: ChatUser, conversation: String?, text: String, clientMessageID: String) async throws {
        try check(text)
        if let known = try await place(of: clientMessageID, user) {
            return try await show(known, on: page, user, repeated: clientMessageID)
        }
        if let conversation, try await !owns(conversation, user) { throw Refusal.gone }
        // The same message that comes twice at once must not make two conversations: from here on nothing suspends until it
        // stands in one.
        if let known = placeInMemory(of: clientMessageID, user) {
            return try await show(known, on: page, user, repeated: clientMessageID)
        }
        let id = conversation ?? create(user, title: Self.title(text))
        guard turns[id] == nil else { throw Refusal.busy }
        look(at: id, on: page, for: clientMessageID)
        let message = UserMessage(id: makeID(), clientMessageID: clientMessageID, text: text, at: Date())
        publish(logs[id]?.add(.user(message)))
        summaryChanged(id)
        startTurn(in: id)
    }

    /// Shows the conversation on the page that writes in it, where it does not yet.
    private func look(at id: String, on page: UUID, for clientMessageID: String) {
        guard pages[page]?.conversation != id else { return }
        pages[page]?.conversation = id
        if let log = logs[id] { pages[page]?.deliver(log.snapshotEvent(MessageReceipt(clientMessageID: clientMessageID, isRepeated: false))) }
    }

    private func check(_ text: String) throws {
        guard text.contains(where: { !$0.isWhitespace }) else { throw Refusal.empty }
        guard text.count <= settings.messageCharacters else { throw Refusal.tooLong(limit: settings.messageCharacters) }
    }

    /// In which conversation the page's message stands, where it was taken before.
    private func place(of clientMessageID: String, _ user: ChatUser) async throws -> String? {
        await queue.flush()
        return try await store.conversation(of: user.id, clientMessageID: clientMessageID)
    }

    private func placeInMemory(of clientMessageID: String, _ user: ChatUser) -> String? {
        logs.values.first { log in
            log.header.user == user.id
                && log.entries.contains { if case .user(let message) = $0 { message.clientMessageID == clientMessageID } else { false } }
        }?.header.id
    }

    private func create(_ user: ChatUser, title: String) -> String {
        let now = Date()
        let id = makeID()
        let header = ConversationHeader(id: id, user: user.id, title: title, createdAt: now, updatedAt: now, sequence: 0, isRunning: false)
        logs[id] = ConversationLog(StoredConversation(header: header, entries: [], allowedTools: []))
        return id
    }

    private static func title(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).lazy.map { $0.trimmingCharacters(in: .whitespaces) }.first { !$0.isEmpty } ?? text
        return line.count <= 60 ? line : String(line.prefix(59)) + "…"
    }

    private func editLast(_ page: UUID, _ user: ChatUser, conversation: String, text: String, clientMessageID: String) async throws {
        try check(text)
        guard try await owns(conversation, user) else { throw Refusal.gone }
        // Taken before, perhaps being answered: a page that resends it is not refused.
        if let known = try await place(of: clientMessageID, user) ?? placeInMemory(of: clientMessageID, user) {
            return try await show(known, on: page, user, repeated: clientMessageID)
        }
        guard turns[conversation] == nil else { throw Refusal.busy }
        guard let last = logs[conversation]?.entries.last(where: { if case .user = $0 { true } else { false } }) else { throw Refusal.gone }
        look(at: conversation, on: page, for: clientMessageID)
        publish(logs[conversation]?.truncate(from: last.id))
        publish(logs[conversation]?.add(.user(UserMessage(id: makeID(), clientMessageID: clientMessageID, text: text, at: Date()))))
        summaryChanged(conversation)
        startTurn(in: conversation)
    }

    /// Goes on from where a turn broke off: what tools did stays, so that nothing is sent twice.
    private func retry(_ conversation: String, _ user: ChatUser) async throws {
        guard try await owns(conversation, user) else { throw Refusal.gone }
        guard turns[conversation] == nil else { throw Refusal.busy }
        let entries = logs[conversation]?.entries ?? []
        let kept = entries.lastIndex { entry in
            switch entry {
            case .failure: false
            case .assistant(let message): message.state == .done
            default: true
            }
        }
        guard let kept else { throw Refusal.nothingToRepeat }
        if case .assistant = entries[kept], kept == entries.count - 1 { throw Refusal.nothingToRepeat }
        if kept + 1 < entries.count { publish(logs[conversation]?.truncate(from: entries[kept + 1].id)) }
        startTurn(in: conversation)
    }

    private func retryCall(_ callID: String, in conversation: String, _ user: ChatUser) async throws {
        // Asked first: from the check of the state on nothing suspends.
        let tools = await host.tools()
        guard try await owns(conversation, user) else { throw Refusal.gone }
        guard turns[conversation] == nil else { throw Refusal.busy }
        guard let log = logs[conversation], let place = log.place(of: callID), case .tool(let call) = log.entries[place], call.canRetry,
            call.state == .failed
        else { throw Refusal.gone }
        let rest = log.entries[(place + 1)...]
        if rest.contains(where: { if case .user = $0 { true } else { false } }) { throw Refusal.overtaken }
        // What was said after it spoke of the failure: it is said anew.
        if let next = rest.first(where: { if case .tool = $0 { false } else { true } }) {
            // Forgotten, what a tool did would be done again, perhaps without asking.
            guard !rest[(log.place(of: next.id) ?? place)...].contains(where: { $0.mayHaveHadAnEffect(tools) }) else { throw Refusal.overtaken }
            publish(logs[conversation]?.truncate(from: next.id))
        }
        startTurn(in: conversation, rerunning: call)
    }

    private func rename(_ id: String, to title: String, _ user: ChatUser) async throws {
        let title = Self.title(title)
        guard try await owns(id, user) else { throw Refusal.gone }
        guard title.contains(where: { !$0.isWhitespace }) else { throw Refusal.empty }
        queue.add(logs[id]?.rename(title) ?? [])
        summaryChanged(id)
    }

    private func delete(_ id: String, _ user: ChatUser) async throws {
        guard try await owns(id, user) else { throw Refusal.gone }
        let turn = turns[id]
        turn?.cancel()
        await turn?.value
        forget(id)
        queue.add([.delete(conversation: id)])
        for (key, page) in pages where page.conversation == id { pages[key]?.conversation = nil }
        tell(user: user.id, .conversationDeleted(id: id))
    }

    func summaryChanged(_ id: String) {
        guard let header = logs[id]?.header else { return }
        tell(user: header.user, .conversationChanged(header.summary))
    }
}

extension ChatEntry {
    /// Whether it is a call that ran, of a tool that nobody who is trusted calls read-only.
    fileprivate func mayHaveHadAnEffect(_ tools: [HostedTool]) -> Bool {
        guard case .tool(let call) = self, call.startedAt != nil else { return false }
        return !tools.contains { $0.id == ToolNameTable.Tool(server: call.server, tool: call.tool) && $0.isServerTrusted && $0.hints.isReadOnly }
    }
}

extension ChatCommand {
    fileprivate var clientMessageID: String? {
        switch self {
        case .send(_, _, let id), .editLast(_, _, let id): id
        default: nil
        }
    }
}
