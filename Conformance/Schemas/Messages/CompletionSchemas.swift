import MCPCore

/// Completion of arguments ("Completion").
extension RevisionSchemas {
    var completionMessages: [MessageDefinition] {
        [
            .request(
                "completion/complete", from: [.client],
                params: requestParams(
                    .required("ref", .either(promptReference, templateReference)),
                    .required("argument", object(.required("name", .string), .required("value", .string))),
                    .optional("context", object(.optional("arguments", .map(of: .string))), since: .v2025_06_18)),
                result: result(
                    .required(
                        "completion",
                        object(
                            .required("values", .array(of: .string, atMost: 100)), .optional("total", .integer), .optional("hasMore", .boolean)))))
        ]
    }

    private var promptReference: Schema {
        object(
            .required("type", .constant("ref/prompt")), .required("name", .string), .optional("title", .string, since: .v2025_06_18))
    }

    private var templateReference: Schema { object(.required("type", .constant("ref/resource")), .required("uri", .uriTemplate)) }
}
