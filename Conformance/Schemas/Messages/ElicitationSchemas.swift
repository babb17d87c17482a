import MCPCore

/// Questions to the user of a client ("Elicitation").
extension RevisionSchemas {
    var elicitationMessages: [MessageDefinition] {
        [
            .request(
                "elicitation/create", from: [.server], params: elicitationParams, result: orTask(elicitationResult), since: .v2025_06_18,
                before: .v2026_07_28),
            .notification(
                "notifications/elicitation/complete", from: [.server],
                params: object(.required("elicitationId", .string)), since: .v2025_11_25, before: .v2026_07_28),
        ]
    }

    var elicitationParams: Schema {
        guard revision >= .v2025_11_25 else { return formParams }
        return .either(formParams, pageToVisitParams)
    }

    var elicitationResult: Schema {
        object(
            .required("action", .oneOf("accept", "decline", "cancel")), .optional("content", .map(of: answer)),
            .optional("_meta", .object, before: .v2026_07_28))
    }

    /// The data of the error -32042 of 2025-11-25.
    var elicitationsRequired: Schema { object(.required("elicitations", .array(of: pageToVisitParams))) }

    private var formParams: Schema {
        askingParams(
            .optional("mode", .constant("form"), since: .v2025_11_25), .required("message", .string), taskMember,
            .required(
                "requestedSchema",
                object(
                    .required("type", .constant("object")), .required("properties", .map(of: field)), .optional("required", .array(of: .string)),
                    .optional("$schema", .string, since: .v2025_11_25))))
    }

    /// URL mode.
    private var pageToVisitParams: Schema {
        askingParams(
            .required("mode", .constant("url")), .required("message", .string), .required("url", .uri), taskMember,
            .required("elicitationId", .string, before: .v2026_07_28))
    }

    /// The value of a field.
    private var answer: Schema {
        let plain = Schema(json: ["type": ["string", "number", "boolean"]])
        return revision >= .v2025_11_25 ? .either(plain, .array(of: .string)) : plain
    }
}
