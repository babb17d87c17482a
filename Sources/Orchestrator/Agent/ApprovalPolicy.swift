/// Decides which tool calls run at once and which ask the user first.
struct ApprovalPolicy {
    enum Verdict: Hashable {
        case run
        case ask(ToolCall.Question)
    }

    /// Only a tool that says it only reads, of a server that the operator trusts, or one that the user allowed in this
    /// chat, runs at once. What a server says of itself is no reason: any server can claim to be harmless.
    static func verdict(on tool: HostedTool, isAllowedInChat: Bool) -> Verdict {
        if isAllowedInChat || (tool.isServerTrusted && tool.hints.isReadOnly) { return .run }
        return .ask(question(on: tool))
    }

    private static func question(on tool: HostedTool) -> ToolCall.Question {
        let title = tool.title.map { "\($0)?" } ?? "Run \(tool.id.displayName)?"
        let name = tool.id.displayName
        let why: String
        if tool.hints.isReadOnly {
            why = "\(name) says that it only reads, but the server “\(tool.id.server)” is not marked as trusted."
        } else if tool.hints.isDestructive {
            why = "\(name) can change or delete something, or act outside this chat."
        } else {
            why = "\(name) can add something or act outside this chat."
        }
        // A server that is not trusted may play down what it does.
        return ToolCall.Question(text: title, why: why, isDestructive: tool.hints.isDestructive && !tool.hints.isReadOnly || !tool.isServerTrusted)
    }
}
