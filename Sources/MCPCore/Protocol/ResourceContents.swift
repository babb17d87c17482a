/// The contents of a resource (`TextResourceContents`, `BlobResourceContents`).
public struct ResourceContents: Sendable, Hashable {
    public enum Body: Sendable, Hashable {
        case text(String)
        /// Bytes in Base64 (RFC 4648 section 4).
        case blob(String)
    }
    public var uri: String
    public var mimeType: String?
    public var body: Body
    public var meta: JSONObject?

    public init(uri: String, mimeType: String? = nil, body: Body, meta: JSONObject? = nil) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
        self.meta = meta
    }
    public init(uri: String, text: String, mimeType: String? = nil) {
        self.init(uri: uri, mimeType: mimeType, body: .text(text))
    }
    public init(uri: String, bytes: some Sequence<UInt8>, mimeType: String? = nil) {
        self.init(uri: uri, mimeType: mimeType, body: .blob(Base64.encode(bytes)))
    }
}

extension ResourceContents: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["uri": .string(uri)]
        object.set("mimeType", mimeType)
        switch body {
        case .text(let text): object["text"] = .string(text)
        case .blob(let blob): object["blob"] = .string(blob)
        }
        object.set("_meta", meta)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        let body: Body =
            if let text: String = try object.decodeIfPresent("text") { .text(text) } else { .blob(try object.decode("blob")) }
        self.init(
            uri: try object.decode("uri"), mimeType: try object.decodeIfPresent("mimeType"), body: body,
            meta: try object.decodeIfPresent("_meta"))
    }
}
