/// A version of JSON Schema that is understood.
public enum SchemaDialect: String, Sendable, Hashable, CaseIterable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case draft2020_12 = "https://json-schema.org/draft/2020-12/schema"
    case draft07 = "http://json-schema.org/draft-07/schema"

    /// The URI of its meta-schema, without fragment.
    public var uri: String { rawValue }
}

/// A dialect and which of its vocabularies are in force (Core 2020-12 section 8.1.2); a meta-schema of one's own may leave some out.
struct SchemaVocabularies: Sendable {
    let dialect: SchemaDialect
    var applies = true
    var unevaluated = true
    var validates = true
    /// Whether `format` is asserted because the meta-schema says so.
    var assertsFormat = false

    init(_ dialect: SchemaDialect) { self.dialect = dialect }

    /// The vocabularies that a meta-schema declares.
    /// - Throws: the URI of a vocabulary that is required and not known.
    init(_ declared: JSONObject) throws(UnknownVocabulary) {
        dialect = .draft2020_12
        let prefix = "https://json-schema.org/draft/2020-12/vocab/"
        let known = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion", "content"]
        for (uri, isRequired) in declared where isRequired.bool == true {
            guard known.contains(where: { uri == prefix + $0 }) else { throw UnknownVocabulary(uri: uri) }
        }
        applies = declared[prefix + "applicator"] != nil
        unevaluated = declared[prefix + "unevaluated"] != nil
        validates = declared[prefix + "validation"] != nil
        assertsFormat = declared[prefix + "format-assertion"] != nil
    }

    struct UnknownVocabulary: Error { let uri: String }
}
