/// Collects the definitions that the schemas of types share, so that recursive types end.
public struct JSONSchemaBuilder: Sendable {
    private var definitions: [(type: ObjectIdentifier, name: String, schema: JSONObject?)] = []

    public init() {}

    /// The schema of a type, complete with the `$defs` that it needs.
    public static func schema(of type: any JSONSchemaRepresentable.Type) -> JSONObject {
        var builder = JSONSchemaBuilder()
        let root = type.jsonSchema(&builder)
        return builder.finish(root)
    }

    /// The schema of a type for use inside another schema.
    public mutating func schema(of type: any JSONSchemaRepresentable.Type) -> JSONObject { type.jsonSchema(&self) }

    /// Defines `type` under `$defs` on first use and gives the `$ref` to it; `make` runs at most once a type.
    public mutating func define(_ type: Any.Type, name: String, _ make: (inout JSONSchemaBuilder) -> JSONObject) -> JSONObject {
        let identifier = ObjectIdentifier(type)
        if let known = definitions.first(where: { $0.type == identifier }) { return Self.reference(known.name) }
        var unique = name
        var suffix = 2
        while definitions.contains(where: { $0.name == unique }) {
            unique = "\(name)\(suffix)"
            suffix += 1
        }
        let index = definitions.count
        definitions.append((identifier, unique, nil))
        definitions[index].schema = make(&self)
        return Self.reference(unique)
    }

    /// Puts the definitions beside the root; a root that only refers to a definition used nowhere else is written in its place.
    public func finish(_ root: JSONObject) -> JSONObject {
        guard !definitions.isEmpty else { return root }
        var schema = root
        schema["$defs"] = .object(JSONObject(definitions.compactMap { definition in definition.schema.map { (definition.name, .object($0)) } }))
        return schema
    }

    private static func reference(_ name: String) -> JSONObject { ["$ref": .string("#/$defs/\(name)")] }
}
