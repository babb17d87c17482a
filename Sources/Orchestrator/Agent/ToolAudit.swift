import Crypto

/// What an operator reads later of one tool call: which tool, who allowed it, and what came of it (MCP 2025-11-25, server/tools, "Security
/// Considerations"). The arguments and the result stand in the conversation, under the id of the call; the log has none of them, because
/// they may be private and logs go far.
struct ToolAuditRecord: Sendable, Hashable {
    /// Why the call was made, or was not.
    enum Approval: String, Sendable, Hashable {
        /// It only reads, on a server that the operator trusts: nobody was asked.
        case policy
        /// The user had allowed the tool for this chat before.
        case allowedBefore = "allowed-before"
        case allowedOnce = "allowed-once"
        case allowedInChat = "allowed-in-chat"
        case denied
        /// The question went away without an answer.
        case unanswered
        /// Nothing could be allowed: there is no such tool, or the arguments cannot be read.
        case notAsked = "not-asked"
    }

    var callID: String
    var server: String
    var tool: String
    var approval: Approval
    var outcome: ToolCall.State
    var elapsedMilliseconds: Int?

    init(_ call: ToolCall, _ approval: Approval) {
        callID = call.id
        server = call.server
        tool = call.tool
        self.approval = approval
        outcome = call.state
        elapsedMilliseconds = call.elapsedMilliseconds
    }

    /// The members of the log line.
    var fields: [(name: String, value: String)] {
        [
            ("call", Self.oneLine(callID)), ("server", Self.oneLine(server)), ("tool", Self.oneLine(tool)), ("approval", approval.rawValue),
            ("outcome", outcome.rawValue), ("milliseconds", elapsedMilliseconds.map(String.init) ?? "-"),
        ]
    }

    /// What stands for a user in the log: the same for the same user. The id itself is what a browser shows to be let in.
    static func pseudonym(_ user: String) -> String {
        SHA256.hash(data: Array(user.utf8)).prefix(6).map { String(UInt16($0) + 0x100, radix: 16).dropFirst() }.joined()
    }

    /// Names come from servers and models, and must not begin a line of their own.
    private static func oneLine(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars.prefix(200) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text.unicodeScalars.append("\u{FFFD}")
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
