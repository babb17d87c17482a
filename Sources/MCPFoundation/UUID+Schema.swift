#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import MCPCore

/// A UUID is written in lower case (RFC 9562 section 4), and read in either.
extension UUID: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "string", "format": .string(SchemaFormat.uuid.rawValue)]
    }

    public var json: JSONValue { .string(uuidString.lowercased()) }

    /// - Throws: `JSONDecodingError` for what is no UUID.
    public init(json: JSONValue) throws {
        guard let uuid = UUID(uuidString: try SchemaFormat.uuid.decode(json)) else {
            throw JSONDecodingError(expected: SchemaFormat.uuid.description, found: json)
        }
        self = uuid
    }
}
