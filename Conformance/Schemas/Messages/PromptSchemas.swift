import MCPCore

/// Prompts ("Prompts").
extension RevisionSchemas {
    var promptMessages: [MessageDefinition] {
        [
            .request(
                "prompts/list", from: [.client], params: pageParams, omitsParams: omitsRequestParams,
                result: cacheableResult(.required("prompts", .array(of: prompt)), nextCursor)),
            .request(
                "prompts/get", from: [.client], params: answeringParams(.required("name", .string), .optional("arguments", .map(of: .string))),
                result: result(
                    .optional("description", .string),
                    .required("messages", .array(of: object(.required("role", role), .required("content", contentBlock))))),
                asks: revision.era == .perRequest),
            .notification("notifications/prompts/list_changed", from: [.server], params: notificationParams(), omitsParams: true),
        ]
    }

    private var prompt: Schema {
        let argument = object(
            .required("name", .string), .optional("title", .string, since: .v2025_06_18), .optional("description", .string),
            .optional("required", .boolean))
        return object(names + [.optional("description", .string), .optional("arguments", .array(of: argument)), meta])
    }
}
