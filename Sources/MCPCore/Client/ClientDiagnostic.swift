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
    /// A request was given up, by the client or, one of its own, by the server; the reason is what that side says.
    case cancelled(method: String, id: RequestID, reason: String?, by: Side)
    /// The server did not answer a ping of the keep-alive.
    case pingFailed(reason: String, misses: Int)
    /// A message was ignored.
    case ignored(String)

    /// A side of the connection.
    public enum Side: String, Sendable, Hashable { case client, server }

    public var description: String {
        switch self {
        case .malformed(let reason, let excerpt): "The server sent something that is no MCP message, which is skipped: \(reason): \(excerpt)"
        case .messageTooLong(let limit): "The server sent a message of more than \(limit) bytes, which is dropped"
        case .unexpectedResponse(let id): "The server sent a response that nobody waits for (id \(id?.description ?? "none")), which is ignored"
        case .toolExcluded(let name, let reason): "Tool \(name) is left out: \(reason)"
        case .fellBackToHandshake(let reason): "The server gets `initialize`: \(reason)"
        case .serverGone(let reason): "The server is started again: \(reason)"
        case .cancelled(let method, let id, let reason, let side):
            "The \(side.rawValue) has cancelled \(method) (id \(id)): \(reason ?? "it gives no reason")"
        case .pingFailed(let reason, let misses): "The server did not answer a ping (\(misses) in a row): \(reason)"
        case .ignored(let reason): "Ignored: \(reason)"
        }
    }
}
