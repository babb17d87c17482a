/// The schema of an enum whose cases carry values: one form of a JSON object for each case, told apart by a member, the tag, that names
/// the case.
///
/// ```swift
/// var schema = TaggedSchema()
/// var circle = ObjectSchema(tag: "type", value: "circle")
/// circle.property("radius", Double.self, in: &builder)
/// schema.add(circle)
/// ```
///
/// It says `type: "object"` beside `oneOf`, so that such an enum can be all that a tool takes.
public struct TaggedSchema: Sendable {
    private var heading: JSONObject = ["type": "object"]
    private var forms: [JSONValue] = []

    public init(description: String? = nil) { heading.set("description", description) }

    /// Adds the form of one case: an object whose first property is the tag.
    public mutating func add(_ form: ObjectSchema) { forms.append(.object(form.json)) }

    public var json: JSONObject {
        var schema = heading
        schema["oneOf"] = .array(forms)
        return schema
    }

    /// The error that says which values of the tag there are.
    public static func mismatch(_ object: JSONObject, tag: String, of values: [JSONValue]) -> JSONDecodingError {
        var error = EnumSchema.mismatch(object[tag] ?? .null, of: values)
        if object[tag] == nil { error.found = nil }
        error.path = [.key(tag)]
        return error
    }
}
