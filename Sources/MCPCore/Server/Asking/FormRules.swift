/// What a form may look like (2026-07-28, client/elicitation, "Requested Schema"): a flat object of texts, numbers, flags, and choices of one or several
/// names. Keywords that only narrow such a value are let through: clients that do not know them leave them out.
enum FormRules {
    /// Why a schema is no form; `nil` where it is one.
    static func fault(in schema: JSONValue?) -> String? {
        guard let schema = schema?.object, schema["type"] == "object", let fields = schema["properties"]?.object else {
            return "requestedSchema is no object with properties"
        }
        if let keyword = structural.first(where: { schema[$0] != nil && $0 != "properties" && $0 != "additionalProperties" }) {
            return "requestedSchema has `\(keyword)`, and a form is nothing but fields"
        }
        for (name, field) in fields {
            guard let field = field.object else { return "the field \(quoted(name)) has no schema" }
            if let fault = fault(inField: field) { return "the field \(quoted(name)) \(fault)" }
        }
        return nil
    }

    /// Keywords that make more of a schema than a plain value.
    private static let structural = [
        "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "properties", "patternProperties", "additionalProperties", "propertyNames",
        "dependentSchemas", "unevaluatedProperties", "items", "prefixItems", "contains", "unevaluatedItems",
    ]
    private static let formats = ["date", "date-time", "email", "uri"]

    private static func fault(inField field: JSONObject) -> String? {
        guard let type = field["type"]?.string else { return "has not exactly one type" }
        switch type {
        case "string": return fault(inText: field, choices: "oneOf")
        case "number", "integer", "boolean": return surplus(in: field)
        case "array":
            guard let items = field["items"]?.object, items["enum"] != nil || items["anyOf"] != nil else {
                return "is an array, and not one of choices (`enum`, or `anyOf` with titles)"
            }
            guard items["type"] ?? "string" == "string" else { return "is an array of something else than names" }
            return surplus(in: field, allowed: "items") ?? fault(inText: items, choices: "anyOf")
        case "object": return "is an object, and a form is flat"
        default: return "is of type \(quoted(type))"
        }
    }

    private static func fault(inText field: JSONObject, choices: String) -> String? {
        if let format = field["format"], !formats.contains(where: { format == .string($0) }) {
            return "has another format than \(formats.joined(separator: ", "))"
        }
        if let names = field["enum"], names.array?.allSatisfy({ $0.string != nil }) != true { return "has an `enum` of something else than strings" }
        if let titled = field[choices], titled.array?.allSatisfy({ $0["const"]?.string != nil && $0["title"]?.string != nil }) != true {
            return "has a `\(choices)` of something else than `const` and `title`, both strings"
        }
        return surplus(in: field, allowed: choices)
    }

    private static func surplus(in field: JSONObject, allowed: String? = nil) -> String? {
        structural.first { $0 != allowed && field[$0] != nil }.map { "has `\($0)`, which no form knows" }
    }

    /// The field of a type as a form spells it: without `null`, since a field can be left out, and without a format that forms do not know; the answer is
    /// read as the type in any case.
    static func field(_ schema: JSONObject) -> JSONObject {
        var field = schema
        if let types = schema["type"]?.array, case let rest = types.filter({ $0 != "null" }), rest.count == 1 { field["type"] = rest[0] }
        if let forms = schema["anyOf"]?.array, case let rest = forms.compactMap(\.object).filter({ $0["type"] != "null" }), rest.count == 1 {
            field = rest[0]
            for (keyword, value) in schema where keyword != "anyOf" { field[keyword] = value }
        }
        if field["default"] == .null { field["default"] = nil }
        if let format = field["format"]?.string, !formats.contains(format) {
            field["format"] = nil
            if field["description"] == nil { field["description"] = (SchemaFormat(rawValue: format)?.description).map { .string("Expected: \($0)") } }
        }
        return field
    }
}
