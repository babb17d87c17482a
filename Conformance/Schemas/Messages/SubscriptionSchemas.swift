import MCPCore

/// `subscriptions/listen` (2026-07-28, "Subscriptions").
extension RevisionSchemas {
    var subscriptionMessages: [MessageDefinition] {
        [
            .request(
                "subscriptions/listen", from: [.client], params: requestParams(.required("notifications", filter)),
                result: object(
                    .required("resultType", .string),
                    .required(
                        "_meta", object(.required(MetaKey.subscriptionID, identifier), .optional(MetaKey.serverInfo, implementation)))),
                since: .v2026_07_28),
            .notification(
                "notifications/subscriptions/acknowledged", from: [.server], params: notificationParams(.required("notifications", filter)),
                since: .v2026_07_28),
        ]
    }

    private var filter: Schema {
        object(
            .optional("toolsListChanged", .boolean), .optional("promptsListChanged", .boolean), .optional("resourcesListChanged", .boolean),
            .optional("resourceSubscriptions", .array(of: .string)), .optional("taskIds", .array(of: .string)))
    }
}
