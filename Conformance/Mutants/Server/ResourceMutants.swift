import MCPCore

/// Faults of resources.
enum ResourceMutants {
    private static func read(_ uri: JSONValue) -> @Sendable (WireRequest) -> Bool {
        { $0.method == "resources/read" && $0.params["uri"] == uri }
    }

    static let all = [
        ServerMutant(
            "doubled-resource", "A resource is listed twice", at: .v2025_11_25, fails: ["resources-list"],
            .result("resources/list") { result in
                let resources = result["resources"]?.array ?? []
                result["resources"] = .array(resources + resources.prefix(1))
            }),
        ServerMutant(
            "unlisted-template", "A template is listed with another variable", at: .v2026_07_28, fails: ["resources-templates-list"],
            .result("resources/templates/list") { $0.change("resourceTemplates") { $0["uriTemplate"] = "test://template/{number}/data" } }),
        ServerMutant(
            "untyped-text", "A text has no type", at: .v2025_11_25, fails: ["resources-read-text"],
            .resultWhere(read("test://static-text")) { $0.change("contents") { $0["mimeType"] = nil } }),
        ServerMutant(
            "renamed-binary", "Contents have another URI than was asked for", at: .v2026_07_28, fails: ["resources-read-binary"],
            .resultWhere(read("test://static-binary")) { $0.change("contents") { $0["uri"] = "test://static-text" } }),
        ServerMutant(
            "constant-template", "A template has the same text for each value", at: .v2025_11_25, fails: ["resources-templates-read"],
            .resultWhere({ $0.params["uri"]?.string?.hasPrefix("test://template/") == true }) { $0.change("contents") { $0["text"] = "Data for ID 123" } }),
        ServerMutant(
            "empty-for-missing", "A resource that does not exist is empty", at: .v2025_11_25, fails: ["resources-not-found"],
            .replace(read("test://nonexistent-resource-for-conformance-testing")) { _ in ["contents": []] }),
        ServerMutant(
            "old-code-for-missing", "A resource that does not exist has the code of the older revisions", at: .v2026_07_28,
            fails: ["sep-2164-resource-not-found"],
            .error { error, request in if read("test://nonexistent-resource-for-conformance-testing")(request) { error["code"] = -32002 } }),
        ServerMutant(
            "talkative-subscribe", "The result of resources/subscribe has a member", at: .v2025_11_25, fails: ["resources-subscribe"],
            .result("resources/subscribe") { $0["subscribed"] = true }),
        ServerMutant(
            "talkative-unsubscribe", "The result of resources/unsubscribe has a member", at: .v2025_11_25, fails: ["resources-unsubscribe"],
            .result("resources/unsubscribe") { $0["subscribed"] = false }),
        ServerMutant(
            "endless-unsubscribe", "resources/unsubscribe ends nothing", at: .v2025_11_25, fails: ["resources-updated"],
            .request { if $0.method == "resources/unsubscribe" { $0.set("method", "ping") } }),
    ]
}
