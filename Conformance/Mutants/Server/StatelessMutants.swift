import HTTPTypes
import MCPCore

/// Faults of requests that carry all that a server must know.
enum StatelessMutants {
    static let all = [
        ServerMutant(
            "forgiving-meta", "A request without capabilities is served", at: .v2026_07_28, fails: ["server-stateless"],
            .request { request in if request.meta[MetaKey.clientCapabilities] == nil, request.method == "server/discover" { request.capabilities = [:] } }),
        ServerMutant(
            "demanding-meta", "A request without clientInfo is refused", at: .v2026_07_28, fails: ["server-stateless"],
            .request { request in
                if request.method == "server/discover", request.meta[MetaKey.clientInfo] == nil { request.meta[MetaKey.clientCapabilities] = nil }
            }),
        ServerMutant(
            "meta-status-200", "A refusal of _meta has the status 200", at: .v2026_07_28, fails: ["server-stateless"],
            .head { status, _, request in if request.method == "server/discover", status == .badRequest, request.meta.count < 3 { status = .ok } }),
        ServerMutant(
            "nameless-discovery", "The server does not name itself", at: .v2026_07_28, fails: ["server-stateless"],
            .result("server/discover") { $0["_meta"] = nil }),
        ServerMutant(
            "undeclared-prompts", "Prompts are served, but not declared", at: .v2026_07_28, fails: ["server-stateless"],
            .result("server/discover") { $0.changeObject("capabilities") { $0["prompts"] = nil } }),
        ServerMutant(
            "mute-about-versions", "The error about a version does not repeat it", at: .v2026_07_28, fails: ["server-stateless"],
            .error { error, _ in if error["code"] == -32022 { error.changeObject("data") { $0["requested"] = "2026-07-28" } } }),
        ServerMutant(
            "any-version-header", "The version header is not compared", at: .v2026_07_28, fails: ["server-stateless"],
            .request { request in
                guard let version = request.meta[MetaKey.protocolVersion]?.string else { return }
                request.headers[.mcpVersion] = version
            }),
        ServerMutant(
            "relies-on-capabilities", "Every client counts as one with a model", at: .v2026_07_28,
            fails: ["server-stateless", "stateless-independent-requests"],
            .request { if $0.tool == "test_missing_capability" { $0.capabilities["sampling"] = [:] } }),
        ServerMutant(
            "missing-method-400", "A method that does not exist has the status 400", at: .v2026_07_28, fails: ["server-stateless"],
            .head { status, _, request in if status == .notFound { status = .badRequest } }),
        ServerMutant(
            "pings", "ping is still there", at: .v2026_07_28, fails: ["server-stateless"],
            .replace({ $0.method == "ping" }) { _ in ["resultType": "complete"] }, .head { status, _, request in if request.method == "ping" { status = .ok } }),
        ServerMutant(
            "always-logs", "Log messages come unasked", at: .v2026_07_28, fails: ["server-stateless"],
            .request { request in
                if request.tool == "test_logging_tool", request.meta[MetaKey.logLevel] == nil { request.meta[MetaKey.logLevel] = "info" }
            }),
        ServerMutant(
            "never-logs", "Log messages that were asked for do not come", at: .v2026_07_28, fails: ["logging-per-request"],
            .sends("notifications/message") { _ in .drop }),
        ServerMutant(
            "logs-everything", "The level that was asked for does not count", at: .v2026_07_28, fails: ["logging-per-request"],
            .request { request in if request.meta[MetaKey.logLevel] == "error" { request.meta[MetaKey.logLevel] = "debug" } }),
        ServerMutant(
            "unacknowledged", "A subscription is not acknowledged", at: .v2026_07_28,
            fails: ["server-stateless", "subscriptions-resource-updated", "subscriptions-concurrent"],
            .sends("notifications/subscriptions/acknowledged") { _ in .drop }),
        ServerMutant(
            "untagged-changes", "Changes do not carry the id of the subscription", at: .v2026_07_28,
            fails: ["server-stateless", "subscriptions-concurrent"],
            .sends("notifications/tools/list_changed") {
                $0["_meta"] = [:]
                return .keep
            }),
        ServerMutant(
            "unfiltered-changes", "Every subscription hears of tools", at: .v2026_07_28, fails: ["server-stateless"],
            .request { request in
                if request.method == "subscriptions/listen" {
                    request.params.changeObject("notifications") { if $0["promptsListChanged"] != nil { $0["toolsListChanged"] = true } }
                }
            }),
        ServerMutant(
            "unheard-updates", "Updates of resources are not told", at: .v2026_07_28, fails: ["subscriptions-resource-updated"],
            .sends("notifications/resources/updated") { _ in .drop }),
        ServerMutant(
            "negative-ttl", "A result has a negative ttlMs", at: .v2026_07_28,
            fails: ["caching", "resources-templates-list", "pagination-invalid-cursor", "input-required-result-unsupported-methods"],
            .result("resources/templates/list") { $0["ttlMs"] = -1 }),
    ]
}

extension HTTPField.Name {
    // The names are literals of the specification, and valid ones.
    static let mcpVersion = Self("MCP-Protocol-Version")!
    static let mcpMethodName = Self("Mcp-Method")!
    static let mcpRoutingName = Self("Mcp-Name")!
    static let mcpSession = Self("Mcp-Session-Id")!
    static let resumption = Self("Last-Event-ID")!
    static let mcpRegion = Self("Mcp-Param-Region")!
}
