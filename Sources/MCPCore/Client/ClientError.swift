/// Why a client could not do what it was asked. Errors of the server come as `JSONRPCError`, those of the way to it as `TransportError`.
public enum ClientError: Error, Sendable, CustomStringConvertible {
    /// Client and server have no revision in common.
    case noCommonRevision(offered: [ProtocolRevision], supported: [String])
    /// The server answered the probe in a way that is no evidence of an era.
    case probeFailed(any Error)
    /// The probe brought no evidence of the per-request era, and `initialize` failed too.
    case connectionFailed(probe: String, handshake: any Error)
    /// No response in time.
    case timedOut(method: String, after: Duration)
    /// The server has ended the session or has gone, and no new session could be opened.
    case sessionLost(any Error)
    /// The server has no such tool.
    case unknownTool(String, JSONRPCError)
    /// The server has no such resource.
    case resourceNotFound(uri: String, JSONRPCError)
    /// A result is not what its method gives.
    case invalidResult(method: String, reason: String)
    /// The server has not declared the feature that a request needs; nothing was sent.
    case undeclaredFeature(method: String, capability: String)
    /// The server runs calls of this tool only as tasks of 2025-11-25, which this SDK does not speak; nothing was sent.
    case taskRequired(tool: String)
    /// The server asked for something that this client has not declared.
    case cannotAnswer(method: String)
    /// The server asked in a way that is not allowed: in a mode that this client has not declared, or with messages that do not fit each other.
    case invalidQuestion(method: String, reason: String)
    /// The server asked more often than is allowed.
    case askedTooOften(method: String, AskingLimit)
    /// The roots handler gave something else than a `file:` URI; the server is not told it.
    case invalidRoot(uri: String)
    /// A call asked for input more often than is allowed.
    case tooManyInputRounds(Int)
    /// A list has more pages than are taken.
    case tooManyPages(method: String, Int)
    /// What the handler accepted for a form does not fit the form's schema.
    case invalidElicitationContent([SchemaViolation])
    /// The task that a call has become was cancelled, and not by this client.
    case taskCancelled(id: String, message: String?)
    /// Structured content does not fit the output schema of its tool.
    case invalidStructuredContent(tool: String, violations: [SchemaViolation])

    public var description: String {
        switch self {
        case .noCommonRevision(let offered, let supported):
            "Client and server have no revision of MCP in common: this client speaks \(offered.map(\.rawValue).joined(separator: ", ")), "
                + "the server \(supported.isEmpty ? "named none" : supported.joined(separator: ", ")). Use a server or client of another version."
        case .probeFailed(let error): "The server could not be probed: \(error)"
        case .connectionFailed(let probe, let handshake):
            "The server could be reached in neither era. server/discover: \(probe). initialize: \(handshake)"
        case .timedOut(let method, let duration): "The server did not answer \(method) within \(duration). Allow more time, or look at what the server does."
        case .sessionLost(let error): "The server has ended the session, and a new one could not be opened. Try again later. \(error)"
        case .unknownTool(let name, let error): "The server has no tool \(name): \(error.message). List the tools to see what there is."
        case .resourceNotFound(let uri, let error): "The server has no resource \(uri): \(error.message). List the resources to see what there is."
        case .invalidResult(let method, let reason): "The server's result of \(method) is invalid: \(reason)"
        case .undeclaredFeature(let method, let capability):
            "The server has not declared the capability `\(capability)`, which \(method) needs, and nothing was sent. Use another server, or set "
                + "`ClientConfiguration.checksServerCapabilities` to false for one that declares less than it offers."
        case .taskRequired(let tool):
            "Tool \(tool) can be called only as a task of revision 2025-11-25, which this client does not speak. Use a server with the tasks extension "
                + "(revision 2026-07-28)."
        case .invalidQuestion(let method, let reason): "The server's \(method) cannot be answered: \(reason)"
        case .askedTooOften(let method, let limit):
            "The server asked for \(method) more than \(limit.count) times within \(limit.interval). Raise the limit of `ClientConfiguration` if that is right."
        case .invalidRoot(let uri): "The root \(uri) is no file: URI, and roots must be. Give the client's roots handler file: URIs."
        case .cannotAnswer(let method): "The server asked for \(method), which this client has not declared. Give the client a handler for it."
        case .tooManyInputRounds(let rounds): "The call asked for input \(rounds) times and is given up. Raise `maximumInputRounds` if that is right."
        case .tooManyPages(let method, let pages):
            "The list of \(method) goes on behind \(pages) pages and is given up. Raise `maximumListPages` if the server has so much."
        case .invalidElicitationContent(let violations):
            "The answer does not fit the form that the server asked for: " + violations.map(\.description).joined(separator: "; ")
        case .taskCancelled(let id, let message): "The task \(id) was cancelled" + (message.map { ": \($0)" } ?? "")
        case .invalidStructuredContent(let tool, let violations):
            "The structured content of tool \(tool) does not fit its output schema: " + violations.map(\.description).joined(separator: "; ")
        }
    }
}

extension ClientError {
    /// Whether the server's question is at fault (-32602).
    var isFaultOfRequest: Bool { if case .invalidQuestion = self { true } else { false } }
    var isBusy: Bool { if case .askedTooOften = self { true } else { false } }
}

/// A tool answered that it failed (`isError`): something that a model may mend.
public struct ToolCallError: Error, Sendable, CustomStringConvertible {
    public var tool: String
    public var result: CallToolResult
    public var description: String { "Tool \(tool) failed: \(result.text)" }
}
