/// The meta-schemas of both dialects, so that schemas can refer to them.
enum MetaSchemas {
    static func document(_ uri: String) -> JSONValue? { nil }
}
