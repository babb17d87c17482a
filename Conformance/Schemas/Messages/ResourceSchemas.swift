import MCPCore

/// Resources, their templates and their contents ("Resources").
extension RevisionSchemas {
    var resourceMessages: [MessageDefinition] {
        let uri = requestParams(.required("uri", .uri))
        return [
            .request(
                "resources/list", from: [.client], params: pageParams, omitsParams: omitsRequestParams,
                result: cacheableResult(.required("resources", .array(of: resource)), nextCursor)),
            .request(
                "resources/templates/list", from: [.client], params: pageParams, omitsParams: omitsRequestParams,
                result: cacheableResult(.required("resourceTemplates", .array(of: resourceTemplate)), nextCursor)),
            .request(
                "resources/read", from: [.client], params: answeringParams(.required("uri", .uri)),
                result: cacheableResult(.required("contents", .array(of: resourceContents))), asks: revision.era == .perRequest),
            .request("resources/subscribe", from: [.client], params: uri, result: emptyResult, before: .v2026_07_28),
            .request("resources/unsubscribe", from: [.client], params: uri, result: emptyResult, before: .v2026_07_28),
            .notification("notifications/resources/list_changed", from: [.server], params: notificationParams(), omitsParams: true),
            .notification("notifications/resources/updated", from: [.server], params: notificationParams(.required("uri", .uri))),
        ]
    }

    /// What a resource and a link to one have in common.
    var resourceMembers: [Member] {
        names + [
            .required("uri", .uri), .optional("description", .string), .optional("mimeType", .string), .optional("size", .integer),
        ]
    }

    private var resource: Schema { object(resourceMembers + [annotations, meta]) }

    private var resourceTemplate: Schema {
        object(
            names + [
                .required("uriTemplate", .uriTemplate), .optional("description", .string), .optional("mimeType", .string), annotations, meta,
            ])
    }

    /// Text, or bytes in Base64.
    var resourceContents: Schema {
        func contents(_ member: String) -> Schema {
            object(.required("uri", .uri), .optional("mimeType", .string), .required(member, .string), meta)
        }
        return .either(contents("text"), contents("blob"))
    }
}
