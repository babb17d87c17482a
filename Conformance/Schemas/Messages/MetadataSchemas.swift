import MCPCore

/// `_meta`, and the params and results that carry nothing else ("Base Protocol", General fields).
extension RevisionSchemas {
    /// The `_meta` of a request. From 2026-07-28 on a client's request says in it who speaks what.
    var requestMeta: Member {
        guard revision.era == .perRequest else { return .optional("_meta", object(.optional("progressToken", identifier))) }
        return .required(
            "_meta",
            object(
                .required(MetaKey.protocolVersion, .string), .required(MetaKey.clientCapabilities, clientCapabilities),
                .optional(MetaKey.clientInfo, implementation), .optional(MetaKey.logLevel, loggingLevel), .optional("progressToken", identifier)))
    }

    var notificationMeta: Member {
        .optional("_meta", object(.optional(MetaKey.subscriptionID, identifier, since: .v2026_07_28)))
    }

    var resultMeta: Member {
        .optional("_meta", object(.optional(MetaKey.serverInfo, implementation, since: .v2026_07_28)))
    }

    /// The `_meta` of what is inside a message, for example of a tool or of a content block.
    var meta: Member { .optional("_meta", .object, since: .v2025_06_18) }

    func requestParams(_ members: Member...) -> Schema { object(members + [requestMeta]) }

    func notificationParams(_ members: Member...) -> Schema { object(members + [notificationMeta]) }

    /// Requests of methods that are not defined: extensions may want less of `_meta` than the protocol does.
    var undefinedRequestParams: Schema {
        object(.optional("_meta", object(.optional("progressToken", identifier)), before: .v2025_11_25))
    }

    var undefinedNotificationParams: Schema { object(.optional("_meta", .object, before: .v2025_11_25)) }

    /// Whether the requests of a client that have no params of their own may leave `params` out: no longer where `_meta` is required.
    var omitsRequestParams: Bool { revision.era == .handshake }

    /// The result of a request of a client.
    func result(_ members: Member...) -> Schema { object(members + resultMembers) }

    /// As `result`, for one that says how long it may be kept (2026-07-28, "Caching").
    func cacheableResult(_ members: Member...) -> Schema {
        object(
            members + resultMembers + [
                .required("ttlMs", .nonNegativeInteger, since: .v2026_07_28),
                .required("cacheScope", .oneOf("private", "public"), since: .v2026_07_28),
            ])
    }

    var emptyResult: Schema { result() }

    private var resultMembers: [Member] { [resultMeta, .required("resultType", .string, since: .v2026_07_28)] }

    /// The params of a list that comes in pages ("Pagination").
    var pageParams: Schema { requestParams(.optional("cursor", .string)) }

    var nextCursor: Member { .optional("nextCursor", .string) }

    /// A name for programs, a title for people, and icons.
    var names: [Member] {
        [.required("name", .string), .optional("title", .string, since: .v2025_06_18), icons]
    }

    var icons: Member {
        .optional(
            "icons",
            .array(
                of: object(
                    .required("src", .uri), .optional("mimeType", .string), .optional("sizes", .array(of: .string)),
                    .optional("theme", .oneOf("light", "dark")))), since: .v2025_11_25)
    }
}
