import Foundation
import Logging

/// The turns that run.
extension Chat {
    /// Starts the model's answer to what stands in the conversation.
    ///
    /// - Parameter call: A call to run again first.
    func startTurn(in id: String, rerunning call: ToolCall? = nil) {
        guard logs[id] != nil, turns[id] == nil else { return }
        // Unstructured: a turn belongs to its conversation and outlives the page that asked; `run` ends it at the end.
        turns[id] = Task { await turn(in: id, rerunning: call) }
    }

    private func turn(in id: String, rerunning call: ToolCall?) async {
        // The message is on disk before it is worked on. Part of the turn, so that a stop is heard already.
        await queue.flush()
        publish(logs[id]?.startTurn())
        let observer = ConversationObserver(chat: self, conversation: id)
        let loop = AgentLoop(model: model, host: host, roundLimit: settings.roundLimit, makeID: makeID)
        if let call {
            let tools = await host.tools()
            await ToolRunner(host: host, observer: observer, tools: tools, names: ToolNameTable(tools.map(\.id)), makeID: makeID).rerun(call)
        }
        let outcome = await loop.run(logs[id]?.entries ?? [], observer: observer)
        // The turn is over: nobody waits for what was not answered.
        for var question in logs[id]?.openQuestions ?? [] {
            elicitations.close(question.id)
            question.state = .closed
            add(.elicitation(question), to: id)
        }
        if outcome.reason == .complete || outcome.modelFailure != nil { note(outcome.modelFailure?.isOfEndpoint == true ? outcome.modelFailure : nil) }
        if !(isEnding && outcome.reason == .stopped) {
            publish(
                logs[id]?.finishTurn(
                    outcome.reason, usage: outcome.usage.map { TokenUsage(inputTokens: $0.inputTokens, outputTokens: $0.outputTokens) }))
            summaryChanged(id)
        }
        turns[id] = nil
    }

    fileprivate func add(_ entry: ChatEntry, to id: String) {
        if isEnding, entry.isCutOff { return }
        publish(logs[id]?.add(entry))
    }
    fileprivate func append(_ delta: String, to messageID: String, in id: String) { publish(logs[id]?.append(delta, to: messageID)) }
    fileprivate func report(_ progress: ToolProgress, of callID: String, in id: String) {
        publish(logs[id]?.report(progress, of: callID))
    }
    fileprivate func isAllowed(_ tool: ToolNameTable.Tool, in id: String) -> Bool { logs[id]?.allowedTools.contains(tool) ?? false }
    fileprivate func audit(_ record: ToolAuditRecord, in id: String) {
        var metadata: Logger.Metadata = ["conversation": .string(id), "user": .string(logs[id].map { ToolAuditRecord.pseudonym($0.header.user) } ?? "-")]
        for field in record.fields { metadata[field.name] = .string(field.value) }
        logger.notice("Tool call", metadata: metadata)
    }
    fileprivate func allow(_ tool: ToolNameTable.Tool, in id: String) { queue.add(logs[id]?.allow(tool) ?? []) }
}

extension ChatEntry {
    /// Whether it is in a state that only comes of being ended from outside.
    fileprivate var isCutOff: Bool {
        switch self {
        case .assistant(let message): message.state == .stopped
        case .tool(let call): call.state == .cancelled
        case .elicitation(let question): question.state == .closed
        case .user, .failure: false
        }
    }
}

extension ModelFailure {
    /// Whether it concerns every conversation, not only this request.
    fileprivate var isOfEndpoint: Bool {
        switch self {
        case .unreachable, .silent, .refusedKey, .notFound, .limited, .endpointFailed: true
        case .refusedRequest, .cut, .unreadable: false
        }
    }
}

/// One conversation's turn as the agent loop sees it.
private struct ConversationObserver: TurnObserver {
    let chat: Chat
    let conversation: String

    func add(_ entry: ChatEntry) async {
        // Before it is shown: an answer may come at once.
        switch entry {
        case .tool(let call) where call.state == .waiting: chat.approvals.open(call.id)
        case .tool(let call) where call.state == .running: chat.cancellations.open(call.id)
        case .tool(let call):
            chat.approvals.close(call.id)
            chat.cancellations.close(call.id)
        case .elicitation(let question) where question.state == .waiting: chat.elicitations.open(question.id)
        default: break
        }
        await chat.add(entry, to: conversation)
    }
    func append(_ delta: String, to messageID: String) async { await chat.append(delta, to: messageID, in: conversation) }
    func report(_ progress: ToolProgress, of callID: String) async { await chat.report(progress, of: callID, in: conversation) }
    func isAllowedInChat(_ tool: ToolNameTable.Tool) async -> Bool { await chat.isAllowed(tool, in: conversation) }
    func audit(_ record: ToolAuditRecord) async { await chat.audit(record, in: conversation) }
    func cancellation(of callID: String) async { _ = await chat.cancellations.wait(for: callID) }
    func answer(to question: Elicitation) async -> ElicitationAnswer? { await chat.elicitations.wait(for: question.id) }

    func decision(on call: ToolCall) async -> ApprovalDecision? {
        let decision = await chat.approvals.wait(for: call.id)
        if decision == .allowInChat { await chat.allow(ToolNameTable.Tool(server: call.server, tool: call.tool), in: conversation) }
        return decision
    }
}
