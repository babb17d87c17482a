extension Bool: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "boolean"] }
}

extension String: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "string"] }
}

extension Double: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "number"] }
}

extension Float: SchemaCodable {
    /// The shortest decimal number that reads back as the same `Float`: 0.1 and not 0.10000000149011612.
    public var json: JSONValue { .double(Double(description) ?? Double(self)) }

    public init(json: JSONValue) throws {
        let value = Float(try Double(json: json))
        guard value.isFinite else { throw JSONDecodingError(expected: "number that a 32-bit float can hold", found: json) }
        self = value
    }

    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "number"] }
}
