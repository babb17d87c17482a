/// Finds the references from schema to definition, and writes a definition that is used once in the place of its reference.
///
/// It walks only where a keyword holds schemas, so that a `$ref` inside a default or an enum value is left alone.
struct SchemaReferences {
    let definitions: [String: JSONObject]
    private var uses: [String: Int] = [:]

    init(definitions: [String: JSONObject]) { self.definitions = definitions }

    private static let prefix = "#/$defs/"

    static func reference(to name: String) -> JSONObject { ["$ref": .string(prefix + name)] }

    private static func definitionName(_ schema: JSONObject) -> String? {
        guard let reference = schema["$ref"]?.string, reference.hasPrefix(prefix) else { return nil }
        return String(reference.dropFirst(prefix.count))
    }

    mutating func count(in schema: JSONObject) {
        if let name = Self.definitionName(schema) { uses[name, default: 0] += 1 }
        for (keyword, value) in schema {
            for inner in Self.schemas(under: keyword, value) { count(in: inner) }
        }
    }

    /// Whether several places refer to the definition. One that is used once cannot be part of a cycle: its one use would be
    /// inside the cycle, and then nothing would lead to it from the root.
    func isShared(_ name: String) -> Bool { uses[name, default: 0] > 1 }

    /// The schema with what is used once written out. Keywords beside the reference win over those of the definition.
    func resolve(_ schema: JSONObject, atRoot: Bool) -> JSONObject {
        var schema = schema
        if let name = Self.definitionName(schema), let definition = definitions[name], atRoot || !isShared(name) {
            var written = definition
            schema["$ref"] = nil
            written.merge(schema)
            // A definition may be a mere reference to another one.
            return resolve(written, atRoot: atRoot)
        }
        for (keyword, value) in schema { schema[keyword] = resolve(value, under: keyword) }
        return schema
    }

    private func resolve(_ value: JSONValue, under keyword: String) -> JSONValue {
        switch (Self.shape(of: keyword), value) {
        case (.schema, .object(let schema)): .object(resolve(schema, atRoot: false))
        case (.list, .array(let list)): .array(list.map { resolve($0, under: "not") })
        case (.map, .object(let map)): .object(JSONObject(map.map { ($0.key, resolve($0.value, under: "not")) }))
        default: value
        }
    }

    private static func schemas(under keyword: String, _ value: JSONValue) -> [JSONObject] {
        switch (shape(of: keyword), value) {
        case (.schema, .object(let schema)): [schema]
        case (.list, .array(let list)): list.compactMap(\.object)
        case (.map, .object(let map)): map.compactMap(\.value.object)
        default: []
        }
    }

    private enum Shape { case schema, list, map }

    private static func shape(of keyword: String) -> Shape? {
        switch keyword {
        case "items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames", "unevaluatedItems",
            "unevaluatedProperties", "contentSchema":
            .schema
        case "anyOf", "oneOf", "allOf", "prefixItems": .list
        case "properties", "patternProperties", "dependentSchemas", "$defs": .map
        default: nil
        }
    }
}
