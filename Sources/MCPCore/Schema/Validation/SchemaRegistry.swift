/// Schema documents that may be referred to by URI. Nothing is ever fetched: a reference to a document that is neither here
/// nor built in (the meta-schemas of 2020-12 and draft-07) is an error when the schema is compiled.
public struct SchemaRegistry: Sendable {
    private var documents: [String: JSONValue] = [:]

    /// A registry with no documents but those that are built in.
    public init() {}

    /// Makes a document known under a URI; an empty fragment is left out. A later document replaces an earlier one.
    public mutating func register(_ schema: JSONValue, uri: String) {
        documents[URIReference(uri).withoutFragment.description] = schema
    }

    /// The document of that URI, which has no fragment.
    func document(_ uri: String) -> JSONValue? { documents[uri] ?? MetaSchemas.document(uri) }
}
