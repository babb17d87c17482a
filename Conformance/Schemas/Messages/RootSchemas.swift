import MCPCore

/// The folders that a client lets a server work in ("Roots").
extension RevisionSchemas {
    var rootMessages: [MessageDefinition] {
        [
            .request("roots/list", from: [.server], params: askingParams(), omitsParams: true, result: rootsResult, before: .v2026_07_28),
            .notification(
                "notifications/roots/list_changed", from: [.client], params: notificationParams(), omitsParams: true, before: .v2026_07_28),
        ]
    }

    var rootsResult: Schema {
        let root = object(.required("uri", .uri), .optional("name", .string), meta)
        return object(.required("roots", .array(of: root)), .optional("_meta", .object, before: .v2026_07_28))
    }
}
