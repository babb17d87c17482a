import MCPCore

/// What the sides say that they can do ("Capability Negotiation").
extension RevisionSchemas {
    var clientCapabilities: Schema {
        object(
            .optional("experimental", .map(of: .object)), .optional("extensions", .map(of: .object), since: .v2026_07_28),
            .optional("roots", object(.optional("listChanged", .boolean, before: .v2026_07_28))),
            .optional("sampling", object(.optional("context", .object, since: .v2025_11_25), .optional("tools", .object, since: .v2025_11_25))),
            .optional(
                "elicitation", object(.optional("form", .object, since: .v2025_11_25), .optional("url", .object, since: .v2025_11_25)),
                since: .v2025_06_18),
            tasksCapability(
                object(
                    .optional("sampling", object(.optional("createMessage", .object))),
                    .optional("elicitation", object(.optional("create", .object))))))
    }

    var serverCapabilities: Schema {
        object(
            .optional("experimental", .map(of: .object)), .optional("extensions", .map(of: .object), since: .v2026_07_28),
            .optional("logging", .object), .optional("completions", .object, since: .v2025_03_26),
            .optional("prompts", object(.optional("listChanged", .boolean))),
            .optional("resources", object(.optional("listChanged", .boolean), .optional("subscribe", .boolean))),
            .optional("tools", object(.optional("listChanged", .boolean))),
            tasksCapability(object(.optional("tools", object(.optional("call", .object))))))
    }

    /// The tasks of 2025-11-25; an extension took their place.
    private func tasksCapability(_ requests: Schema) -> Member {
        .optional(
            "tasks", object(.optional("cancel", .object), .optional("list", .object), .optional("requests", requests)), since: .v2025_11_25,
            before: .v2026_07_28)
    }
}
