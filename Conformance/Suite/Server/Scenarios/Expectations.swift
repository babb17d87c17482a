import MCPCore

// What several scenarios look for in results.

extension JSONObject {
    /// The content items of a result that have a type, for example `text`.
    func content(_ type: String) -> [JSONValue] { (self["content"]?.array ?? []).filter { $0["type"]?.string == type } }

    /// All text of a result's content.
    var text: String { content("text").compactMap { $0["text"]?.string }.joined(separator: "\n") }

    var isError: Bool { self["isError"]?.bool ?? false }

    func objects(_ name: String) -> [JSONObject] { (self[name]?.array ?? []).compactMap(\.object) }
}

extension JSONValue {
    /// Whether this is Base64 (RFC 4648 section 4) of at least one byte.
    var isBase64: Bool {
        guard let string, !string.isEmpty, string.utf8.count % 4 == 0 else { return false }
        let body = string.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return string.utf8.count - body.count <= 2
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }
}

/// Whether media content has data in Base64 and a type of the kind that is asked for.
func isMedia(_ content: JSONValue, _ kind: String) -> Bool {
    content["data"]?.isBase64 == true && content["mimeType"]?.string?.hasPrefix(kind + "/") == true
}

/// Whether contents of a resource name it, and have a text or a blob.
func isResource(_ contents: JSONValue?) -> Bool {
    guard let contents, contents["uri"]?.string?.isEmpty == false else { return false }
    return contents["text"]?.string != nil || contents["blob"]?.isBase64 == true
}
