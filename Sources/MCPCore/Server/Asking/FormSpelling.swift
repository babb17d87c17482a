/// A form as a revision spells it. The forms of 2025-06-18 know no choice of several, no titled choice other than `enum` with `enumNames`, and a default
/// for flags alone (2025-06-18, client/elicitation, "Supported Schema Types"); from 2025-11-25 on all that `FormRules` lets through exists.
enum FormSpelling {
    /// Why clients of a revision cannot be asked with a form, although others can; `nil` where they can.
    static func fault(in schema: JSONValue?, for revision: ProtocolRevision) -> String? {
        guard revision < .v2025_11_25, let fields = schema?["properties"]?.object else { return nil }
        return fields.first { $0.value["type"] == "array" }.map {
            "the field \(quoted($0.key)) is a choice of several, which exists from \(ProtocolRevision.v2025_11_25.rawValue) on, and the session is of "
                + "\(revision.rawValue): ask for one, or for a flag for each"
        }
    }

    /// The form without what a revision does not know, where something else says the same or nothing is lost but comfort: titles stand in `enumNames`, and
    /// a field begins empty.
    static func form(_ schema: JSONObject, for revision: ProtocolRevision) -> JSONObject {
        guard revision < .v2025_11_25, let fields = schema["properties"]?.object else { return schema }
        var schema = schema
        schema["$schema"] = nil
        schema["properties"] = .object(JSONObject(fields.map { ($0.key, $0.value.object.map { .object(field($0)) } ?? $0.value) }))
        return schema
    }

    private static func field(_ field: JSONObject) -> JSONObject {
        var field = field
        if field["type"] != "boolean" { field["default"] = nil }
        if field["type"] == "string", let choices = field["oneOf"]?.array {
            field["oneOf"] = nil
            field["enum"] = .array(choices.compactMap { $0["const"] })
            field["enumNames"] = .array(choices.compactMap { $0["title"] })
        }
        return field
    }
}

extension ClientCapabilities {
    /// What a client can be asked in a session of a revision. A page before 2025-11-25 would go out as a form without a schema, since `mode` does not exist there.
    func known(in revision: ProtocolRevision) -> ClientCapabilities {
        var known = self
        if revision < .v2025_11_25 { known.elicitation?.url = false }
        return known
    }
}
