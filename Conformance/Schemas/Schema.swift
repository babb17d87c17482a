import MCPCore

/// A JSON Schema (2020-12) in the few words that the messages of MCP need. Objects are open: what is not named is allowed, as in the specification.
struct Schema: Sendable {
    var json: JSONValue

    static let any = Schema(json: true)
    static let string = Schema(json: ["type": "string"])
    static let integer = Schema(json: ["type": "integer"])
    static let number = Schema(json: ["type": "number"])
    static let boolean = Schema(json: ["type": "boolean"])
    static let object = Schema(json: ["type": "object"])
    static let null = Schema(json: ["type": "null"])
    /// A number from 0 to 1, both included.
    static let fraction = Schema(json: ["type": "number", "minimum": 0, "maximum": 1])
    static let nonNegativeInteger = Schema(json: ["type": "integer", "minimum": 0])
    static let uri = Schema(json: ["type": "string", "format": "uri"])
    static let uriTemplate = Schema(json: ["type": "string", "format": "uri-template"])

    static func constant(_ value: JSONValue) -> Schema { Schema(json: ["const": value]) }
    static func oneOf(_ texts: String...) -> Schema { Schema(json: ["enum": .array(texts.map(JSONValue.string))]) }
    static func either(_ schemas: Schema...) -> Schema { either(schemas) }
    static func either(_ schemas: [Schema]) -> Schema { Schema(json: ["anyOf": .array(schemas.map(\.json))]) }
    static func all(_ schemas: Schema...) -> Schema { Schema(json: ["allOf": .array(schemas.map(\.json))]) }

    /// One schema where a member has that value, and another one where it has not.
    static func when(_ member: String, is value: JSONValue, then yes: Schema, else no: Schema) -> Schema {
        let condition: JSONValue = ["properties": .object([member: ["const": value]]), "required": [.string(member)]]
        return Schema(json: ["if": condition, "then": yes.json, "else": no.json])
    }

    static func array(of element: Schema, atMost count: Int64? = nil) -> Schema {
        var json: JSONObject = ["type": "array", "items": element.json]
        if let count { json["maxItems"] = .integer(count) }
        return Schema(json: .object(json))
    }

    /// An object whose members all have values of one kind.
    static func map(of value: Schema) -> Schema { Schema(json: ["type": "object", "additionalProperties": value.json]) }
}

/// A member of an object, and the revisions that know it.
struct Member: Sendable {
    var name: String
    var schema: Schema
    var isRequired: Bool
    /// The first revision that knows the member; `nil` when all old ones do.
    var since: ProtocolRevision?
    /// The first revision that knows it no more; `nil` when all new ones do.
    var before: ProtocolRevision?

    static func required(_ name: String, _ schema: Schema, since: ProtocolRevision? = nil, before: ProtocolRevision? = nil) -> Member {
        Member(name: name, schema: schema, isRequired: true, since: since, before: before)
    }

    static func optional(_ name: String, _ schema: Schema, since: ProtocolRevision? = nil, before: ProtocolRevision? = nil) -> Member {
        Member(name: name, schema: schema, isRequired: false, since: since, before: before)
    }
}

extension ProtocolRevision {
    /// Whether this revision has what came with `since` and went with `before`.
    func isIn(since: ProtocolRevision?, before: ProtocolRevision?) -> Bool {
        (since.map { self >= $0 } ?? true) && (before.map { self < $0 } ?? true)
    }
}
