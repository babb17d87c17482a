import Foundation
import MCPCore
import Synchronization

/// The published JSON Schema of one revision of the Model Context Protocol, against which the tests validate messages.
///
/// It is read from the directory that `MCP_SPEC_DIR` names or, without that, from `../shared/spec` beside the package (`SpecificationPlace`).
public final class SpecificationSchema: Sendable {
    /// The folder of the schema: a revision such as `2025-11-25`, or `ext-tasks`.
    public let revision: String
    /// The names of all definitions, sorted.
    public let definitions: [String]

    private let registry: SchemaRegistry
    private let dialect: SchemaDialect
    private let keyword: String
    private let validators = Mutex<[String: SchemaValidator]>([:])

    /// Whether messages are held against the specification; where it is missing and should not be, reading it then throws.
    public static var isExpected: Bool { SpecificationPlace.here.reasonToSkip == nil }

    /// The folders that hold a schema.
    public static func revisions() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: SpecificationPlace.here.required().appending(path: "schema").path).sorted()
    }

    private static let loaded = Mutex<[String: SpecificationSchema]>([:])

    /// The schema of that revision, read once in a process.
    public static func of(_ revision: String) throws -> SpecificationSchema {
        try loaded.withLock { loaded in
            if let schema = loaded[revision] { return schema }
            let schema = try SpecificationSchema(revision)
            loaded[revision] = schema
            return schema
        }
    }

    private init(_ revision: String) throws {
        self.revision = revision
        let document = try Self.value("schema/\(revision)/schema.json")
        var registry = SchemaRegistry()
        registry.register(document, uri: "urn:mcp-schema:\(revision)")
        self.registry = registry
        dialect = document["$schema"]?.string?.contains("draft-07") == true ? .draft07 : .draft2020_12
        keyword = document["$defs"] == nil ? "definitions" : "$defs"
        definitions = (document[keyword]?.object?.keys ?? []).sorted()
    }

    /// The validator of one definition, for example `CallToolRequest`.
    public func validator(_ definition: String) throws -> SchemaValidator {
        try validators.withLock { validators in
            if let validator = validators[definition] { return validator }
            let reference: JSONValue = ["$ref": "urn:mcp-schema:\(revision)#/\(keyword)/\(definition)"]
            let validator = try SchemaValidator(compiling: reference, dialect: dialect, registry: registry)
            validators[definition] = validator
            return validator
        }
    }

    /// A validator that accepts what fits any definition; compiling it compiles them all.
    public func validatorOfAnyDefinition() throws -> SchemaValidator {
        let references = definitions.map { definition -> JSONValue in ["$ref": "urn:mcp-schema:\(revision)#/\(keyword)/\(definition)"] }
        return try SchemaValidator(compiling: ["anyOf": .array(references)], dialect: dialect, registry: registry)
    }

    /// The ways in which a value does not fit a definition; empty when it does.
    public func violations(of value: JSONValue, as definition: String) throws -> [SchemaViolation] {
        try validator(definition).validate(value)
    }

    /// The examples that the specification gives for a definition of this revision, by file name.
    public func examples(_ definition: String) throws -> [(file: String, value: JSONValue)] {
        let directory = try SpecificationPlace.here.required()
        let folder = "schema/\(revision)/examples/\(definition)"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.appending(path: folder).path)) ?? []
        return try files.filter { $0.hasSuffix(".json") }.sorted().map { ($0, try Self.value("\(folder)/\($0)")) }
    }

    private static func value(_ path: String) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: SpecificationPlace.here.required().appending(path: path))))
    }
}
