import MCPCore

/// The fields of a form ("Elicitation", Requested Schema).
extension RevisionSchemas {
    var field: Schema {
        var kinds = [text, number, flag, oneOfNames]
        if revision >= .v2025_11_25 { kinds += [oneOfTexts, oneOfTitles, someOfTexts, someOfTitles] }
        return .either(kinds)
    }

    private func field(_ type: Schema, default value: Schema? = nil, _ members: Member...) -> Schema {
        object(
            [.required("type", type), .optional("title", .string), .optional("description", .string)]
                + (value.map { [.optional("default", $0, since: .v2025_11_25)] } ?? []) + members)
    }

    private var text: Schema {
        field(
            .constant("string"), default: .string, .optional("minLength", .integer), .optional("maxLength", .integer),
            .optional("format", .oneOf("date", "date-time", "email", "uri")))
    }

    private var number: Schema {
        field(.oneOf("number", "integer"), default: .number, .optional("minimum", .number), .optional("maximum", .number))
    }

    /// The only kind that had a default from the beginning.
    private var flag: Schema { field(.constant("boolean"), .optional("default", .boolean)) }

    private var titled: Schema { object(.required("const", .string), .required("title", .string)) }

    /// With titles beside the values, which later revisions keep for the sake of old servers.
    private var oneOfNames: Schema {
        field(.constant("string"), default: .string, .required("enum", .array(of: .string)), .optional("enumNames", .array(of: .string)))
    }

    private var oneOfTexts: Schema { field(.constant("string"), default: .string, .required("enum", .array(of: .string))) }

    private var oneOfTitles: Schema { field(.constant("string"), default: .string, .required("oneOf", .array(of: titled))) }

    private var someOfTexts: Schema { several(object(.required("type", .constant("string")), .required("enum", .array(of: .string)))) }

    private var someOfTitles: Schema { several(object(.required("anyOf", .array(of: titled)))) }

    private func several(_ items: Schema) -> Schema {
        field(
            .constant("array"), default: .array(of: .string), .required("items", items), .optional("minItems", .integer),
            .optional("maxItems", .integer))
    }
}
