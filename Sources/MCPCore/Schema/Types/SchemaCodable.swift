/// A type that can describe itself as a JSON Schema 2020-12.
public protocol JSONSchemaRepresentable {
    /// The schema of the type. A type that may contain itself, or that several places use, defines itself once through
    /// `builder.define(_:name:_:)` and gives the `$ref`.
    static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject
}

/// A type that is a schema: it describes itself, and is read from and written to JSON that fits that description.
///
/// `@Schema` (in MCPMacros) makes a struct or enum one; types of the standard library are. Every such type can be what a tool takes
/// or returns.
public protocol SchemaCodable: JSONEncodable, JSONDecodable, JSONSchemaRepresentable, ToolResultConvertible {}
