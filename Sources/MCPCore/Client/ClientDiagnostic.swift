/// Something that went by without an error and that an operator should know.
public enum ClientDiagnostic: Sendable, Hashable, CustomStringConvertible {
    /// What came was no message; it was skipped. The excerpt is the beginning of it.
    case malformed(reason: String, excerpt: String)
    /// A message was longer than the limit in bytes, and was dropped.
    case messageTooLong(limit: Int)
    /// A response that nobody waits for: too late, twice, or of an unknown id.
    case unexpectedResponse(id: RequestID?)
    /// A tool was left out of the list of tools.
    case toolExcluded(name: String, reason: String)
    /// The server speaks the handshake era; the probe said so in this way.
    case fellBackToHandshake(reason: String)
    /// The server has gone and is started again.
    case serverGone(reason: String)
    /// A message was ignored.
    case ignored(String)

    public var description: String {
        switch self {
        case .malformed(let reason, let excerpt): "The server sent something that is no MCP message, which is skipped: \(reason): \(excerpt)"
        case .messageTooLong(let limit): "The server sent a message of more than \(limit) bytes, which is dropped"
        case .unexpectedResponse(let id): "The server sent a response that nobody waits for (id \(id?.description ?? "none")), which is ignored"
        case .toolExcluded(let name, let reason): "Tool \(name) is left out: \(reason)"
        case .fellBackToHandshake(let reason): "The server gets `initialize`: \(reason)"
        case .serverGone(let reason): "The server is started again: \(reason)"
        case .ignored(let reason): "Ignored: \(reason)"
        }
    }
}
