import ConformanceSchemas
import MCPCore

/// Holds messages against the schemas of their revision: those of the project, or the published ones.
public struct RevisionValidator: WireValidator {
    private let messages: MessageValidator

    public init(_ schemas: any MessageSchemas = ProtocolSchemas()) { messages = MessageValidator(ObjectingSchemas(schemas)) }

    public func violations(of message: JSONValue, from sender: Side, revision: ProtocolRevision, answering method: String?, isRefusal: Bool) -> [WireViolation]
    {
        let isResponse = message.object != nil && message["method"] == nil
        let id = message["id"] ?? .null
        if isResponse, method == nil, !id.isNull { return [WireViolation(path: "/id", "no request of this id waits for a response")] }
        return messages.violations(
            // Where a request could not be read, JSON-RPC asks for an id that is null, and Streamable HTTP has refusals without one. The schemas knew neither
            // before 2025-11-25, nor null since.
            of: message, from: sender == .client ? .client : .server, revision: revision, answering: method, allowsNullID: method == nil || isRefusal,
            allowsNoID: method == nil || isRefusal
        ).map { WireViolation(path: $0.instancePath.description, $0.expected) }
    }
}
