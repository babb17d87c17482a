import MCPCore
import Synchronization

/// Faults of the handshake and of what belongs to a session.
enum SessionMutants {
    static let all = [
        ServerMutant(
            "nameless-server", "serverInfo has an empty name", at: .v2025_11_25, fails: ["server-initialize"],
            .result("initialize") { $0.changeObject("serverInfo") { $0["name"] = "" } }),
        ServerMutant(
            "echoes-version", "Any version is agreed to", at: .v2025_11_25, fails: ["lifecycle-unknown-version"],
            .resultWhere({ $0.method == "initialize" && $0.params["protocolVersion"] == "1999-01-01" }) { $0["protocolVersion"] = "1999-01-01" }),
        ServerMutant(
            "talkative-ping", "The result of ping has a member", at: .v2025_11_25, fails: ["ping"], .result("ping") { $0["pong"] = true }),
        ServerMutant(
            "talkative-set-level", "The result of logging/setLevel has a member", at: .v2025_11_25, fails: ["logging-set-level"],
            .result("logging/setLevel") { $0["level"] = "debug" }),
        ServerMutant(
            "logs-twice", "One of three log messages is lost", at: .v2025_11_25, fails: ["tools-call-with-logging"],
            .sends("notifications/message") { $0["data"] == "Tool processing data" ? .drop : .keep }),
        ServerMutant(
            "deaf-to-updates", "Updates of resources are not told", at: .v2025_11_25, fails: ["resources-updated"],
            .sends("notifications/resources/updated") { _ in .drop }),
        ServerMutant(
            "deaf-to-list-changes", "Changes of the list of tools are not told", at: .v2025_11_25, fails: ["tools-list-changed"],
            .sends("notifications/tools/list_changed") { _ in .drop }),
    ]
}
