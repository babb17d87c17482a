import MCPCore

/// Follows the messages of one connection: which request a response answers, and which revision was agreed on.
///
/// A value of its own for each connection; it is not shared between tasks.
public struct WireConversation: Sendable {
    /// What has to be known about a message to hold it against a schema.
    public struct Place: Sendable, Hashable {
        public var revision: ProtocolRevision
        /// The method of the request that a response answers; `nil` for other messages, and where no such request is open.
        public var answering: String?

        public init(revision: ProtocolRevision, answering: String? = nil) {
            self.revision = revision
            self.answering = answering
        }
    }

    private struct OpenRequest {
        var method: String
        var revision: ProtocolRevision
    }

    /// What messages that name no revision are written in; `initialize` changes it.
    public private(set) var revision: ProtocolRevision
    /// The requests that have not been answered, by sender and id.
    private var open: [Party: [RequestID: OpenRequest]] = [:]

    /// Open requests beyond this many are not remembered, so that a side that asks without end fills no memory.
    private static let greatestOpenCount = 10_000

    /// - Parameter revision: What is spoken as long as `initialize` has not agreed on another revision.
    public init(revision: ProtocolRevision) { self.revision = revision }

    /// Takes the next message. A batch is taken one by one.
    ///
    /// A request that names a revision in its `_meta` is written in that one, and so is the answer to it.
    public mutating func place(_ message: JSONValue, from sender: Party) -> Place {
        let id = message["id"].flatMap { try? RequestID(json: $0) }
        if let method = message["method"]?.string {
            adopt(method == "initialize" ? message["params"]?["protocolVersion"] : message["params"]?["_meta"]?[MetaKey.protocolVersion])
            if let id, open[sender, default: [:]].count < Self.greatestOpenCount {
                open[sender, default: [:]][id] = OpenRequest(method: method, revision: revision)
            }
            return Place(revision: revision)
        }
        guard let id, let request = open[sender.other]?.removeValue(forKey: id) else { return Place(revision: revision) }
        if request.method == "initialize" {
            adopt(message["result"]?["protocolVersion"])
            return Place(revision: revision, answering: request.method)
        }
        return Place(revision: request.revision, answering: request.method)
    }

    private mutating func adopt(_ version: JSONValue?) {
        if let revision = version?.string.flatMap(ProtocolRevision.init) { self.revision = revision }
    }
}
