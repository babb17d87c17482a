/// The schema of an enum whose cases are written as strings or numbers.
public enum EnumSchema {
    /// - Parameters:
    ///   - values: What the cases are written as, in the order of declaration.
    ///   - description: What the enum is for.
    ///   - cases: What each case means, in the same order; it is added to the description, since JSON Schema has no other place
    ///     for it that hosts read.
    ///   - titles: What each case is called for people, in the same order. Where one has a title, the schema is `oneOf` with a title for
    ///     each, as forms of elicitation want it (2025-11-25, client/elicitation, "Enum Schema"), and not `enum`.
    public static func schema(
        _ values: [JSONValue], description: String? = nil, cases: [String?] = [], titles: [String?] = []
    ) -> JSONObject {
        var schema = JSONObject()
        let types = Set(values.map(\.typeName))
        if types.count == 1, let type = types.first { schema["type"] = .string(type) }
        var lines = description.map { [$0] } ?? []
        for (value, meaning) in zip(values, cases) {
            if let meaning { lines.append("- \(value.string ?? value.serializedString): \(meaning)") }
        }
        if !lines.isEmpty { schema["description"] = .string(lines.joined(separator: "\n")) }
        if titles.contains(where: { $0 != nil }) {
            schema["oneOf"] = .array(
                zip(values, titles).map { value, title in ["const": value, "title": .string(title ?? value.string ?? value.serializedString)] })
        } else {
            schema["enum"] = .array(values)
        }
        return schema
    }

    /// The case with that raw value.
    /// - Throws: `JSONDecodingError` that lists `allCases`.
    public static func decode<Case: RawRepresentable>(_ json: JSONValue, as type: Case.Type = Case.self, of allCases: [Case]) throws -> Case
    where Case.RawValue: SchemaCodable {
        // A raw value of the wrong type is answered with the list too: the list says what is right.
        if let raw = try? Case.RawValue(json: json), let found = Case(rawValue: raw) { return found }
        throw mismatch(json, of: allCases.map(\.rawValue.json))
    }

    /// The error that says which values there are.
    public static func mismatch(_ json: JSONValue, of values: [JSONValue]) -> JSONDecodingError {
        let found =
            switch json {
            case .string, .integer, .double, .number, .bool: json.serializedString
            default: json.typeName
            }
        return JSONDecodingError(expected: "one of " + values.map(\.serializedString).joined(separator: ", "), found: found)
    }
}

/// An enum with raw values is a schema without a macro: `enum Order: String, CaseIterable, SchemaCodable { case asc, desc }`.
extension SchemaCodable where Self: RawRepresentable & CaseIterable, RawValue: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        EnumSchema.schema(allCases.map(\.rawValue.json))
    }

    public init(json: JSONValue) throws { self = try EnumSchema.decode(json, of: Array(Self.allCases)) }

    public var json: JSONValue { rawValue.json }
}
