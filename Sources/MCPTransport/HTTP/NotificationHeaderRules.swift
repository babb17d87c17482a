import HTTPTypes
import MCPCore

/// Whether a notification of the per-request era can be accepted (Streamable HTTP 2026-07-28, "Sending Messages"). Which headers one has is not
/// defined there; those that it has must be true. Pure functions.
struct NotificationHeaderRules: Sendable {
    let headers: HTTPFields
    let notification: JSONRPCNotification

    /// Whether header or body name a revision that has no sessions, or one that nobody knows outside of a session.
    var isPerRequest: Bool {
        if bodyVersion != nil || StreamableHTTPHandler.namesPerRequestRevision(headers) { return true }
        guard headers.value(of: .mcpSessionID) == nil, let version = headers.value(of: .mcpProtocolVersion) else { return false }
        return ProtocolRevision(rawValue: version) == nil
    }

    /// Why it is refused; `nil` where it is not.
    func refusal(_ classifier: RequestClassifier) -> JSONRPCError? {
        let versions = headers[values: .mcpProtocolVersion]
        guard versions.count <= 1 else { return JSONRPCError(.headerMismatch, "Header mismatch: MCP-Protocol-Version header is given \(versions.count) times") }
        if let body = bodyVersion, body.string == nil {
            return JSONRPCError(.invalidParams, "Invalid params: `\(MetaKey.protocolVersion)` in `_meta`: expected string, found \(body.typeName)")
        }
        switch (versions.first, bodyVersion?.string) {
        case (nil, nil): return JSONRPCError(.headerMismatch, "Header mismatch: MCP-Protocol-Version header is missing")
        case (let header?, let body?) where header != body:
            return JSONRPCError(
                .headerMismatch,
                "Header mismatch: MCP-Protocol-Version header value '\(header.prefix(128))' does not match body value '\(body.prefix(128))'")
        case (let version?, _), (nil, let version?): if !classifier.serves(perRequest: version) { return classifier.unsupported(version) }
        }
        let methods = headers[values: .mcpMethod]
        guard methods.isEmpty || methods == [notification.method] else {
            return JSONRPCError(.headerMismatch, "Header mismatch: Mcp-Method header does not match body value '\(notification.method.prefix(128))'")
        }
        return nil
    }

    private var bodyVersion: JSONValue? { notification.params["_meta"]?[MetaKey.protocolVersion] }
}
