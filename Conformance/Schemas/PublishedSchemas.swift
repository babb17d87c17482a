import Foundation
import MCPCore

/// The schemas that are published with the specification, read from a folder that has `<revision>/schema.json` for each revision and, for the tasks extension,
/// `ext-tasks/schema.json`.
///
/// Which definition belongs to a method or an error code is read from the definitions themselves.
public struct PublishedSchemas: MessageSchemas {
    private let documents: [ProtocolRevision: [PublishedSchema]]

    /// - Throws: `ConformanceSchemaError` where the folder has no schema of a revision, or one that cannot be read.
    public init(directory: URL) throws {
        var documents: [ProtocolRevision: [PublishedSchema]] = [:]
        for revision in ProtocolRevision.allCases {
            documents[revision] = [try PublishedSchema(directory, folder: revision.rawValue)]
        }
        let tasks = directory.appending(path: "ext-tasks/schema.json")
        if FileManager.default.fileExists(atPath: tasks.path) {
            let core = documents[.v2026_07_28]?.first
            documents[.v2026_07_28]?.append(try PublishedSchema(directory, folder: "ext-tasks", beside: core))
        }
        self.documents = documents
    }

    public func objection(to shape: MessageShape, revision: ProtocolRevision) -> String? { nil }

    public func document(of shape: MessageShape, revision: ProtocolRevision) -> SchemaDocument? {
        let schemas = documents[revision] ?? []
        // The core knows no extensions, and would ask of a task what a result has.
        if case .result(of: "tools/call", _) = shape, schemas.count > 1, let document = schemas[1].documentOfTask(insteadOf: shape, in: schemas[0]) {
            return document
        }
        for schema in schemas {
            if let document = schema.document(of: shape) { return document }
        }
        return nil
    }
}

/// What is wrong with a folder of schemas.
public struct ConformanceSchemaError: Error, CustomStringConvertible {
    public var description: String
}
