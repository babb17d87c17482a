import MCPCore

/// Opening, discovery, `ping`, cancellation and progress ("Lifecycle", "Discovery", "Utilities").
extension RevisionSchemas {
    var lifecycleMessages: [MessageDefinition] {
        [
            .request(
                "initialize", from: [.client],
                params: requestParams(
                    .required("protocolVersion", .string), .required("capabilities", clientCapabilities), .required("clientInfo", implementation)),
                result: result(
                    .required("protocolVersion", .string), .required("capabilities", serverCapabilities), .required("serverInfo", implementation),
                    .optional("instructions", .string)), before: .v2026_07_28),
            .notification("notifications/initialized", from: [.client], params: notificationParams(), omitsParams: true, before: .v2026_07_28),
            .request(
                "ping", from: [.client, .server], params: requestParams(), omitsParams: true, result: emptyResult, before: .v2026_07_28),
            .request(
                "server/discover", from: [.client], params: requestParams(),
                result: cacheableResult(
                    .required("supportedVersions", .array(of: .string)), .required("capabilities", serverCapabilities),
                    .optional("instructions", .string)), since: .v2026_07_28),
            .notification("notifications/cancelled", from: [.client, .server], params: cancellation),
            .notification(
                "notifications/progress", from: revision.era == .handshake ? [.client, .server] : [.server],
                params: notificationParams(
                    .required("progressToken", identifier), .required("progress", .number), .optional("total", .number),
                    .optional("message", .string, since: .v2025_03_26))),
        ]
    }

    private var cancellation: Schema {
        // 2025-11-25 cancels tasks with `tasks/cancel`, and for that let the id go.
        let id: Member = revision.isIn(since: .v2025_11_25, before: .v2026_07_28) ? .optional("requestId", identifier) : .required("requestId", identifier)
        return notificationParams(id, .optional("reason", .string))
    }

    /// A client or server by name and version.
    var implementation: Schema {
        object(
            names + [
                .required("version", .string), .optional("description", .string, since: .v2025_11_25),
                .optional("websiteUrl", .uri, since: .v2025_11_25),
            ])
    }
}
