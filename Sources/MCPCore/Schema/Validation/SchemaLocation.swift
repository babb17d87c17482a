/// A place in one of the documents of a compilation.
struct SchemaLocation: Sendable, Hashable {
    let document: Int
    let path: JSONPath

    // `JSONPath` hashes strings by canonical equivalence, which agrees with its equality by code points.
    func appending(_ keyword: String) -> SchemaLocation { SchemaLocation(document: document, path: path.appending(keyword)) }
    func appending(_ index: Int) -> SchemaLocation { SchemaLocation(document: document, path: path.appending(index)) }
}

/// What is known of a subschema before it is compiled.
struct ScannedSchema: Sendable {
    let value: JSONValue
    /// The URI that references in it are resolved against.
    let base: URIReference
    /// The number of the resource that it belongs to.
    let resource: Int
    let vocabularies: SchemaVocabularies
}

/// Which keywords hold subschemas, for each dialect (Core 2020-12 section 10; draft-07 Validation section 6).
enum SubschemaKeywords {
    /// Calls `visit` with the location and value of each subschema directly inside `object`.
    static func forEach<E: Error>(
        in object: JSONObject, at location: SchemaLocation, _ dialect: SchemaDialect,
        _ visit: (SchemaLocation, JSONValue) throws(E) -> Void
    ) throws(E) {
        for (keyword, value) in object {
            switch (keyword, value) {
            case ("items", .array(let elements)), ("allOf", .array(let elements)), ("anyOf", .array(let elements)),
                ("oneOf", .array(let elements)), ("prefixItems", .array(let elements)):
                if keyword == "items", dialect != .draft07 { continue }
                if keyword == "prefixItems", dialect == .draft07 { continue }
                for (index, element) in elements.enumerated() { try visit(location.appending(keyword).appending(index), element) }
            case ("properties", .object(let members)), ("patternProperties", .object(let members)), ("definitions", .object(let members)),
                ("$defs", .object(let members)), ("dependentSchemas", .object(let members)), ("dependencies", .object(let members)):
                if dialect == .draft07, keyword == "$defs" || keyword == "dependentSchemas" { continue }
                for (name, member) in members {
                    if keyword == "dependencies", member.array != nil { continue }
                    try visit(location.appending(keyword).appending(name), member)
                }
            case ("items", _), ("additionalProperties", _), ("propertyNames", _), ("contains", _), ("not", _), ("if", _), ("then", _),
                ("else", _):
                try visit(location.appending(keyword), value)
            case ("additionalItems", _) where dialect == .draft07:
                try visit(location.appending(keyword), value)
            case ("unevaluatedItems", _), ("unevaluatedProperties", _), ("contentSchema", _):
                if dialect != .draft07 { try visit(location.appending(keyword), value) }
            default: break
            }
        }
    }
}
