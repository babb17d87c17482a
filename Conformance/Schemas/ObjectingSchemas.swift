import MCPCore

/// Schemas of any source, and besides what the project's own know and no published schema says: who sends what, and in which revision.
public struct ObjectingSchemas: MessageSchemas {
    private let base: any MessageSchemas
    private let own = ProtocolSchemas()

    public init(_ base: any MessageSchemas) { self.base = base }

    public func objection(to shape: MessageShape, revision: ProtocolRevision) -> String? { own.objection(to: shape, revision: revision) }

    public func document(of shape: MessageShape, revision: ProtocolRevision) -> SchemaDocument? { base.document(of: shape, revision: revision) }
}
