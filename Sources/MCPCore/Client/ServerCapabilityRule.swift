extension ServerCapabilities {
    /// The capability that a server must have declared before it is sent a request, where it is missing; `nil` where the request may be sent
    /// (2025-11-25, basic/lifecycle, "Operation"; 2026-07-28, server/discover). It is a table, without state.
    func missing(for method: String, in revision: ProtocolRevision) -> String? {
        switch method {
        case "tools/call", "tools/list": tools == nil ? "tools" : nil
        case "resources/read", "resources/list", "resources/templates/list": resources == nil ? "resources" : nil
        case "resources/subscribe", "resources/unsubscribe": resources?.subscribe == true ? nil : "resources.subscribe"
        case "prompts/get", "prompts/list": prompts == nil ? "prompts" : nil
        // 2024-11-05 has completions, and no capability for them.
        case "completion/complete": completions || revision < .v2025_03_26 ? nil : "completions"
        case "logging/setLevel": logging ? nil : "logging"
        default: nil
        }
    }
}
