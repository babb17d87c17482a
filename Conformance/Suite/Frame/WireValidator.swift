import MCPCore

/// Holds messages of an implementation under test against what the specification says about their form.
public protocol WireValidator: Sendable {
    /// What is wrong with a message; empty where nothing is.
    /// - Parameters:
    ///   - sender: The role of the implementation that sent it.
    ///   - revision: The revision that was agreed on.
    ///   - method: For a response, the method of the request that it answers; `nil` where no request of that id is known.
    ///   - isRefusal: Whether it came with an HTTP status of 4xx, or answers what can hardly be read: who refuses that need not have read its id.
    func violations(of message: JSONValue, from sender: Side, revision: ProtocolRevision, answering method: String?, isRefusal: Bool) -> [WireViolation]
}

/// One thing that is wrong with the form of a message.
public struct WireViolation: Sendable, Hashable, CustomStringConvertible {
    /// A JSON Pointer (RFC 6901) from the root of the message.
    public let path: String
    public let problem: String

    public init(path: String, _ problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

/// Asks what JSON-RPC 2.0 asks of every message (sections 4 and 5), and nothing of any revision.
public struct EnvelopeValidator: WireValidator {
    public init() {}

    public func violations(of message: JSONValue, from sender: Side, revision: ProtocolRevision, answering method: String?, isRefusal: Bool) -> [WireViolation]
    {
        switch JSONRPCInput(message) {
        case .invalid(let refusal):
            guard case .failure(let error) = refusal.result else { return [] }
            return [WireViolation(path: "", error.message)]
        case .batch: return [WireViolation(path: "", "a batch; one message was expected")]
        case .message(.response(let response)):
            if method == nil, response.id != nil { return [WireViolation(path: "/id", "no request of this id waits for a response")] }
            return []
        case .message: return []
        }
    }
}
