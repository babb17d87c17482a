import MCPCore

/// Tools and their calls ("Tools").
extension RevisionSchemas {
    var toolMessages: [MessageDefinition] {
        [
            .request(
                "tools/list", from: [.client], params: pageParams, omitsParams: omitsRequestParams,
                result: cacheableResult(.required("tools", .array(of: tool)), nextCursor)),
            .request(
                "tools/call", from: [.client],
                params: answeringParams(.required("name", .string), .optional("arguments", .object), taskMember),
                result: callResult, asks: revision.era == .perRequest),
            .notification("notifications/tools/list_changed", from: [.server], params: notificationParams(), omitsParams: true),
        ]
    }

    var tool: Schema {
        object(
            names + [
                .optional("description", .string), .required("inputSchema", inputSchema),
                .optional("outputSchema", outputSchema, since: .v2025_06_18),
                .optional("annotations", toolAnnotations, since: .v2025_03_26),
                .optional(
                    "execution", object(.optional("taskSupport", .oneOf("forbidden", "optional", "required"))), since: .v2025_11_25,
                    before: .v2026_07_28), meta,
            ])
    }

    /// The content of a call, also of one whose result a model is shown.
    var toolOutput: [Member] {
        [
            .required("content", .array(of: contentBlock)), .optional("isError", .boolean),
            // What is no object came with 2026-07-28.
            .optional("structuredContent", revision.era == .handshake ? .object : .any, since: .v2025_06_18),
        ]
    }

    private var callResult: Schema {
        let output = object(toolOutput + [resultMeta, .required("resultType", .string, since: .v2026_07_28)])
        return orTask(output)
    }

    private var inputSchema: Schema { describedObject(before: .v2026_07_28) }

    private var outputSchema: Schema {
        revision.era == .handshake ? describedObject() : object(.optional("$schema", .string))
    }

    /// The schema of an object, as far as a revision looks into it.
    private func describedObject(before end: ProtocolRevision? = nil) -> Schema {
        object(
            .required("type", .constant("object")), .optional("$schema", .string, since: .v2025_11_25),
            .optional("properties", .map(of: .object), before: end), .optional("required", .array(of: .string), before: end))
    }

    private var toolAnnotations: Schema {
        object(
            .optional("title", .string), .optional("readOnlyHint", .boolean), .optional("destructiveHint", .boolean),
            .optional("idempotentHint", .boolean), .optional("openWorldHint", .boolean))
    }
}
