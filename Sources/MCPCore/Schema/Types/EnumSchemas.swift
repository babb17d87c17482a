/// The schema of an enum whose cases are written as strings or numbers.
public enum EnumSchema {
    /// - Parameters:
    ///   - values: What the cases are written as, in the order of declaration.
    ///   - description: What the enum is for.
    ///   - cases: What each case means, by what it is written as; it is added to the description, since JSON Schema has no
    ///     place for it that hosts read.
    public static func schema(
        _ values: [JSONValue], description: String? = nil, cases: [(value: String, description: String)] = []
    ) -> JSONObject {
        var schema = JSONObject()
        // `3.0` is an integer in the eyes of JSON Schema; a mixed list has no type of its own.
        let types = Set(values.map { $0.integer == nil ? $0.typeName : "integer" })
        if types.count == 1, let type = types.first { schema["type"] = .string(type) }
        schema["enum"] = .array(values)
        let lines = (description.map { [$0] } ?? []) + cases.map { "- \($0.value): \($0.description)" }
        if !lines.isEmpty { schema["description"] = .string(lines.joined(separator: "\n")) }
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
