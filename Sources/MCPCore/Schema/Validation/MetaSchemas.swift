/// The meta-schemas of both dialects, so that schemas can refer to them and tools can check schemas. Parsed when first asked for.
enum MetaSchemas {
    static func document(_ uri: String) -> JSONValue? { documents[uri] }

    private static let documents: [String: JSONValue] = texts.compactMapValues { try? JSONValue(parsing: $0) }
}
