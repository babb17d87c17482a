import Foundation

/// Brings a conversation that was running when the program ended into a state that can be shown and gone on from.
///
/// What waited for the user has expired: the server's side of it is gone, so an answer could reach nobody. What ran may have
/// taken effect, and is said so. Nothing is run again by itself.
enum Recovery {
    /// - Returns: The places of the entries that changed.
    static func recover(_ conversation: inout StoredConversation, makeID: () -> String, now: Date) -> [Int] {
        guard conversation.header.isRunning else { return [] }
        conversation.header.isRunning = false
        var changed: [Int] = []
        for (position, entry) in conversation.entries.enumerated() {
            guard let recovered = recovered(entry) else { continue }
            conversation.entries[position] = recovered
            changed.append(position)
        }
        let notice = ChatFailure(
            what: "The answer was interrupted.", why: "The chat was restarted while it was being written.",
            whatNow: "What came is kept. Press Retry to go on from there.", isRetryable: true)
        conversation.entries.append(.failure(FailureNotice(id: makeID(), failure: notice, at: now)))
        return changed + [conversation.entries.count - 1]
    }

    private static func recovered(_ entry: ChatEntry) -> ChatEntry? {
        switch entry {
        case .assistant(var message) where message.state == .streaming:
            message.state = .broken
            return .assistant(message)
        case .tool(var call) where call.state == .waiting:
            call.state = .cancelled
            call.question = nil
            call.failure = ChatFailure(
                what: "The question expired.", why: "The chat was restarted before it was answered.",
                whatNow: "Nothing was done. Ask for it again if you still want it.", isRetryable: false)
            return .tool(call)
        case .tool(var call) where call.state == .running:
            call.state = .failed
            call.failure = ChatFailure(
                what: "The call was interrupted.", why: "The chat was restarted while it ran.",
                whatNow: "Whether it took effect is not known: check before repeating it.", isRetryable: false)
            return .tool(call)
        case .elicitation(var question) where question.state == .waiting:
            question.state = .closed
            return .elicitation(question)
        default: return nil
        }
    }
}
