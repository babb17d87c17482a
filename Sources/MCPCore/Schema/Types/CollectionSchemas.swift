extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    /// `null` for `nil`. As a property of an object, `nil` is left out instead: see `JSONObject.encode(_:_:)`.
    public var json: JSONValue { self?.json ?? .null }
}

extension Optional: JSONDecodable where Wrapped: JSONDecodable {
    public init(json: JSONValue) throws { self = json.isNull ? nil : try Wrapped(json: json) }
}

extension Optional: JSONSchemaRepresentable where Wrapped: JSONSchemaRepresentable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        Wrapped.jsonSchema(&builder).acceptingNull
    }
}

extension Optional: SchemaCodable where Wrapped: SchemaCodable {}

extension JSONObject {
    /// This schema, with `null` as another valid value.
    var acceptingNull: JSONObject {
        // A schema without keywords accepts everything already.
        if isEmpty { return self }
        // Other keywords than these say nothing of null.
        let deciding = ["enum", "const", "$ref", "anyOf", "oneOf", "allOf", "not", "if"]
        guard case .string(let type)? = self["type"], !deciding.contains(where: { self[$0] != nil }) else {
            return ["anyOf": [.object(self), ["type": "null"]]]
        }
        var schema = self
        schema["type"] = [.string(type), "null"]
        return schema
    }

    /// This schema, as that of the items of an array.
    fileprivate var asItems: JSONObject {
        // A choice of titled values is `oneOf` alone and `anyOf` among items: so the specification writes the enums of a form.
        guard let choices = self["oneOf"], choices.array?.allSatisfy({ $0["const"] != nil }) == true else { return self }
        var schema = self
        schema["oneOf"] = nil
        schema["anyOf"] = choices
        return schema
    }
}

extension Array: JSONSchemaRepresentable where Element: JSONSchemaRepresentable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "array", "items": .object(Element.jsonSchema(&builder).asItems)]
    }
}

extension Array: SchemaCodable where Element: SchemaCodable {}

extension Set: JSONEncodable where Element: JSONEncodable {
    /// Elements in the order of their JSON text, so that what is written is stable.
    public var json: JSONValue {
        .array(map { ($0.json, $0.json.serializedString) }.sorted { $0.1 < $1.1 }.map(\.0))
    }
}

extension Set: JSONDecodable where Element: JSONDecodable {
    /// An element that occurs twice counts once.
    public init(json: JSONValue) throws { self.init(try [Element](json: json)) }
}

extension Set: JSONSchemaRepresentable where Element: JSONSchemaRepresentable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "array", "items": .object(Element.jsonSchema(&builder).asItems), "uniqueItems": true]
    }
}

extension Set: ToolResultConvertible where Element: SchemaCodable {}
extension Set: SchemaCodable where Element: SchemaCodable {}

extension Dictionary: JSONSchemaRepresentable where Key == String, Value: JSONSchemaRepresentable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "object", "additionalProperties": .object(Value.jsonSchema(&builder))]
    }
}

extension Dictionary: ToolResultConvertible where Key == String, Value: SchemaCodable {}
extension Dictionary: SchemaCodable where Key == String, Value: SchemaCodable {}

extension JSONValue: SchemaCodable {
    /// Any value: a schema without keywords.
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { [:] }
}

extension JSONObject: SchemaCodable {
    /// Any object.
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "object"] }
}
