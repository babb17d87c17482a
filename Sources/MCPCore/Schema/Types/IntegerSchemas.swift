// The bounds of a width are in its schema where every JSON implementation holds them exactly (I-JSON, RFC 7493 section 2.2: up to
// 2^53). The bounds of 64-bit widths are beyond that: there the decoder alone refuses what does not fit.

extension FixedWidthInteger {
    static var integerSchema: JSONObject {
        var schema: JSONObject = ["type": "integer"]
        if bitWidth <= 32 {
            schema["minimum"] = .integer(Int64(min))
            schema["maximum"] = .integer(Int64(max))
        } else if !isSigned {
            schema["minimum"] = 0
        }
        return schema
    }

    /// The integer as it is; as a literal where it is beyond `Int64`.
    var jsonInteger: JSONValue {
        Int64(exactly: self).map(JSONValue.integer) ?? .number(JSONNumber(unchecked: String(self)))
    }

    init(jsonInteger json: JSONValue) throws {
        let exact: Self? =
            switch json {
            case .integer(let value): Self(exactly: value)
            case .double(let value): Self(exactly: value)
            case .number(let value): Self(value.literal)
            default: nil
            }
        if let exact {
            self = exact
            return
        }
        switch json {
        case .integer(let value): throw JSONDecodingError(expected: Self.expectation, found: String(value))
        case .double(let value): throw JSONDecodingError(expected: Self.expectation, found: String(value))
        case .number(let value): throw JSONDecodingError(expected: Self.expectation, found: value.literal)
        default: throw JSONDecodingError(expected: Self.expectation, found: json)
        }
    }

    private static var expectation: String { "integer from \(min) to \(max)" }
}

extension Int: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension Int64: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension Int8: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension Int16: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension Int32: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension UInt: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension UInt8: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension UInt16: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension UInt32: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}

extension UInt64: SchemaCodable {
    public var json: JSONValue { jsonInteger }
    public init(json: JSONValue) throws { try self.init(jsonInteger: json) }
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { integerSchema }
}
