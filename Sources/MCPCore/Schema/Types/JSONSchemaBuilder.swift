/// Collects the definitions that the schemas of types share, so that recursive types end.
///
/// Types define themselves with `define(_:name:_:)` and get a `$ref`. `finish(_:)` then keeps under `$defs` only what has to be
/// there: a type that is used once is written where it is used, because many hosts and models follow references badly.
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
    /// - Parameters:
    ///   - type: What is defined; two types of one name become two definitions.
    ///   - name: The wanted name of the definition; what is not a letter, a digit, `_`, `.` or `-` in it becomes `_`.
    ///   - make: Gives the schema; it may define other types, and refer to this one.
    public mutating func define(_ type: Any.Type, name: String, _ make: (inout JSONSchemaBuilder) -> JSONObject) -> JSONObject {
        let identifier = ObjectIdentifier(type)
        if let known = definitions.first(where: { $0.type == identifier }) { return SchemaReferences.reference(to: known.name) }
        // The name stands in a URI fragment: only characters that need no escape there.
        let plain = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : "_" })
        var unique = plain
        var suffix = 2
        while definitions.contains(where: { $0.name == unique }) {
            unique = "\(plain)\(suffix)"
            suffix += 1
        }
        let index = definitions.count
        definitions.append((identifier, unique, nil))
        let schema = make(&self)
        definitions[index].schema = schema
        return SchemaReferences.reference(to: unique)
    }

    /// The complete schema: a root that is a reference is written out (what a tool takes must say `type: "object"` at its root), a
    /// definition that is used once is written in its place, and the rest stands in `$defs` beside the root.
    public func finish(_ root: JSONObject) -> JSONObject {
        guard !definitions.isEmpty else { return root }
        let known = Dictionary(
            definitions.compactMap { definition in definition.schema.map { (definition.name, $0) } }, uniquingKeysWith: { $1 })
        var references = SchemaReferences(definitions: known)
        references.count(in: root)
        for schema in known.values { references.count(in: schema) }
        var schema = references.resolve(root, atRoot: true)
        let shared = definitions.filter { references.isShared($0.name) }
        if !shared.isEmpty {
            schema["$defs"] = .object(
                JSONObject(shared.map { ($0.name, .object(references.resolve(known[$0.name] ?? [:], atRoot: false))) }))
        }
        return schema
    }
}
