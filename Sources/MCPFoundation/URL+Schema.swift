#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import MCPCore

/// A URL is an absolute URI (RFC 3986).
extension URL: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "string", "format": .string(SchemaFormat.uri.rawValue)]
    }

    /// The absolute form: where the URL is relative to a base, it is resolved, and reads back as a URL without a base.
    public var json: JSONValue { .string(absoluteString) }

    /// Takes the URI as it stands: nothing in it is escaped or normalised.
    /// - Throws: `JSONDecodingError` for a relative reference, for what holds characters that a URI escapes, and for what `URL` does not take.
    public init(json: JSONValue) throws {
        let text = try SchemaFormat.uri.decode(json)
        guard let url = URL(string: text) else { throw JSONDecodingError(expected: SchemaFormat.uri.description, found: json) }
        self = url
    }
}
