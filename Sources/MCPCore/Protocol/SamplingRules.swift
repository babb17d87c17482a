/// How the messages of a sampling request have to fit each other (client/sampling, "Message Content Constraints"). Servers check it before they ask,
/// clients before they answer.
enum SamplingRules {
    /// What is wrong with the messages; `nil` where nothing is.
    static func fault(in messages: [SamplingMessage]) -> String? {
        /// Uses of tools in the message before, which this one has to answer.
        var open: [String] = []
        for message in messages {
            let (uses, results) = (message.toolUses, message.toolResults)
            if !results.isEmpty, results.count < message.content.count { return "Tool results mixed with other content" }
            guard results.sorted() == open.sorted() else {
                return results.isEmpty || !open.isEmpty ? "Tool result missing in request" : "Tool result without a tool use"
            }
            if !results.isEmpty, message.role != .user { return "Tool results are the user's, and stand in a message of another role" }
            if !uses.isEmpty, message.role != .assistant { return "Tool uses are the assistant's, and stand in a message of another role" }
            open = uses
        }
        return open.isEmpty ? nil : "Tool result missing in request"
    }
}

/// The user has refused what a server asked the language model: thrown by a client's sampling handler. The server is told with the error -1 (handshake
/// era); in the per-request era the call that asked fails with it.
public struct SamplingRefused: Error, Sendable, Hashable, CustomStringConvertible {
    public init() {}
    public var description: String { "The user has refused to ask the language model" }
}

extension SamplingMessage {
    fileprivate var toolUses: [String] { content.compactMap { if case .toolUse(let id, _, _) = $0 { id } else { nil } } }
    fileprivate var toolResults: [String] { content.compactMap { if case .toolResult(let id, _) = $0 { id } else { nil } } }
}
