import MCPCore

/// Questions to the model of a client ("Sampling").
extension RevisionSchemas {
    var samplingMessages: [MessageDefinition] {
        [.request("sampling/createMessage", from: [.server], params: samplingParams, result: samplingResult, before: .v2026_07_28)]
    }

    var samplingParams: Schema {
        askingParams(
            .required("messages", .array(of: object(.required("role", role), .required("content", samplingContent), samplingMeta))),
            .required("maxTokens", .integer), .optional("systemPrompt", .string), .optional("temperature", .number),
            .optional("stopSequences", .array(of: .string)), .optional("metadata", .object),
            .optional("includeContext", .oneOf("none", "thisServer", "allServers")), .optional("modelPreferences", modelPreferences),
            .optional("tools", .array(of: tool), since: .v2025_11_25),
            .optional("toolChoice", object(.optional("mode", .oneOf("auto", "none", "required"))), since: .v2025_11_25), taskMember)
    }

    var samplingResult: Schema {
        let message = object(
            .required("role", role), .required("content", samplingContent), .required("model", .string), .optional("stopReason", .string),
            .optional("_meta", .object))
        return orTask(message)
    }

    private var samplingMeta: Member { .optional("_meta", .object, since: .v2025_11_25) }

    private var samplingContent: Schema {
        guard revision >= .v2025_11_25 else { return .either(plainContent) }
        let blocks =
            plainContent + [
                object(
                    .required("type", .constant("tool_use")), .required("id", .string), .required("name", .string), .required("input", .object), meta),
                object([.required("type", .constant("tool_result")), .required("toolUseId", .string), meta] + toolOutput),
            ]
        return .either(blocks + [.array(of: .either(blocks))])
    }

    private var modelPreferences: Schema {
        object(
            .optional("hints", .array(of: object(.optional("name", .string)))), .optional("costPriority", .fraction),
            .optional("speedPriority", .fraction), .optional("intelligencePriority", .fraction))
    }
}
