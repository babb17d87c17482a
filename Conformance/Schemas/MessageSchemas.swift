import MCPCore

/// A source of schemas: those of the project (`ProtocolSchemas`) or the files that are published with the specification (`PublishedSchemas`).
public protocol MessageSchemas: Sendable {
    /// Why no message of that shape can be right in that revision, as a sentence; `nil` where one can be.
    func objection(to shape: MessageShape, revision: ProtocolRevision) -> String?

    /// The schema of whole messages of that shape; `nil` where the revision defines nothing of that method or code.
    /// There is one for each shape that is about nothing in particular.
    func document(of shape: MessageShape, revision: ProtocolRevision) -> SchemaDocument?
}

/// A schema that has not been compiled yet, with the documents that it refers to.
public struct SchemaDocument: Sendable {
    public var json: JSONValue
    public var dialect: SchemaDialect
    public var registry: SchemaRegistry

    public init(json: JSONValue, dialect: SchemaDialect = .draft2020_12, registry: SchemaRegistry = SchemaRegistry()) {
        self.json = json
        self.dialect = dialect
        self.registry = registry
    }
}
