/// A directory or file that a client lets a server work in (`Root`; 2025-11-25, client/roots). Deprecated since 2026-07-28, and served.
public struct Root: Sendable, Hashable {
    /// A `file://` URI.
    public var uri: String
    /// The name for people.
    public var name: String?
    public var meta: JSONObject?

    public init(_ uri: String, name: String? = nil, meta: JSONObject? = nil) {
        self.uri = uri
        self.name = name
        self.meta = meta
    }
}

extension Root {
    /// Whether it is what a root must be, a `file:` URI (client/roots, "Root").
    var isFile: Bool { uri.lowercased().hasPrefix("file://") }
}

extension Root: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["uri": .string(uri)]
        object.set("name", name)
        object.set("_meta", meta)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(try object.decode("uri"), name: try object.decodeIfPresent("name"), meta: try object.decodeIfPresent("_meta"))
    }
}
