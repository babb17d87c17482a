#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import MCPCore

/// Data is a string in Base64 (RFC 4648 section 4) with padding; `contentEncoding` says so in the schema.
extension Data: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { ["type": "string", "contentEncoding": "base64"] }

    public var json: JSONValue { .string(Base64.encode(self)) }

    /// - Throws: `JSONDecodingError` for what `json` would not have written: white space, the alphabet of URLs, missing padding.
    public init(json: JSONValue) throws {
        guard case .string(let text) = json else { throw JSONDecodingError(expected: "string in Base64", found: json) }
        // What the text holds is not shown: it may be long, and nobody can read it.
        guard let bytes = Base64.decode(text) else { throw JSONDecodingError(expected: "string in Base64, with padding", found: "another string") }
        self.init(bytes)
    }
}
