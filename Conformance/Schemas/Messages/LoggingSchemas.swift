import MCPCore

/// Log messages and their level ("Logging").
extension RevisionSchemas {
    var loggingMessages: [MessageDefinition] {
        [
            .request(
                "logging/setLevel", from: [.client], params: requestParams(.required("level", loggingLevel)), result: emptyResult,
                before: .v2026_07_28),
            .notification(
                "notifications/message", from: [.server],
                params: notificationParams(.required("level", loggingLevel), .optional("logger", .string), .required("data", .any))),
        ]
    }

    /// The severities of RFC 5424.
    var loggingLevel: Schema { .oneOf("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency") }
}
