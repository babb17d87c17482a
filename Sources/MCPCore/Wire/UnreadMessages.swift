extension JSONRPCResponse {
    /// The response as it is written to a channel of messages in a session of a revision; `nil` where none is open.
    ///
    /// The id of a message that could not be read is left out from 2025-11-25 on, whose `JSONRPCErrorResponse` makes it optional and never null. The revisions
    /// before refer to JSON-RPC 2.0 alone for this case, where it is null (section 5). Over Streamable HTTP it is left out in all of them (2025-03-26, basic/transports:
    /// "a JSON-RPC error response that has no `id`"), and does not pass here.
    func json(in revision: ProtocolRevision?) -> JSONValue {
        guard id == nil, let revision, revision < .v2025_11_25, case .failure(let error) = result else { return json }
        return ["jsonrpc": "2.0", "id": .null, "error": error.json]
    }
}
