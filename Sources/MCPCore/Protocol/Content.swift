/// A piece of a tool's result or of a prompt (`ContentBlock`).
public enum ContentBlock: Sendable, Hashable {
    case text(TextContent)
    case image(MediaContent)
    /// From 2025-03-26.
    case audio(MediaContent)
    /// A pointer to a resource that the client may read, from 2025-06-18.
    case resourceLink(ResourceLink)
    case resource(EmbeddedResource)

    /// Plain text.
    public static func text(_ text: String) -> ContentBlock { .text(TextContent(text)) }
}

public struct TextContent: Sendable, Hashable {
    public var text: String
    public var annotations: Annotations?
    public var meta: JSONObject?
    public init(_ text: String, annotations: Annotations? = nil, meta: JSONObject? = nil) {
        self.text = text
        self.annotations = annotations
        self.meta = meta
    }
}

/// An image or a sound (`ImageContent`, `AudioContent`).
public struct MediaContent: Sendable, Hashable {
    /// The bytes, in Base64 (RFC 4648 section 4).
    public var data: String
    public var mimeType: String
    public var annotations: Annotations?
    public var meta: JSONObject?

    public init(base64 data: String, mimeType: String, annotations: Annotations? = nil, meta: JSONObject? = nil) {
        self.data = data
        self.mimeType = mimeType
        self.annotations = annotations
        self.meta = meta
    }

    public init(bytes: some Sequence<UInt8>, mimeType: String, annotations: Annotations? = nil, meta: JSONObject? = nil) {
        self.init(base64: Base64.encode(bytes), mimeType: mimeType, annotations: annotations, meta: meta)
    }
}

/// A resource inside a message.
public struct EmbeddedResource: Sendable, Hashable {
    public var resource: ResourceContents
    public var annotations: Annotations?
    public var meta: JSONObject?
    public init(_ resource: ResourceContents, annotations: Annotations? = nil, meta: JSONObject? = nil) {
        self.resource = resource
        self.annotations = annotations
        self.meta = meta
    }
}

/// Hints for whoever shows or uses a piece of content (`Annotations`).
public struct Annotations: Sendable, Hashable {
    public var audience: [Role]
    /// 0 (unimportant) to 1 (required).
    public var priority: Double?
    /// ISO 8601, from 2025-06-18.
    public var lastModified: String?

    public init(audience: [Role] = [], priority: Double? = nil, lastModified: String? = nil) {
        self.audience = audience
        self.priority = priority
        self.lastModified = lastModified
    }
}

extension Annotations: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        object.set("audience", audience.map(\.rawValue).nonEmpty)
        object.set("priority", priority)
        object.set("lastModified", lastModified)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        let audience: [String] = try object.decodeIfPresent("audience") ?? []
        self.init(
            audience: audience.compactMap(Role.init),
            priority: try object.decodeIfPresent("priority"),
            lastModified: try object.decodeIfPresent("lastModified"))
    }
}

extension ContentBlock: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject
        let annotations: Annotations?
        let meta: JSONObject?
        switch self {
        case .text(let content):
            object = JSONObject(unchecked: [.init(key: "type", value: "text"), .init(key: "text", value: .string(content.text))])
            (annotations, meta) = (content.annotations, content.meta)
        case .image(let content):
            object = ["type": "image", "data": .string(content.data), "mimeType": .string(content.mimeType)]
            (annotations, meta) = (content.annotations, content.meta)
        case .audio(let content):
            object = ["type": "audio", "data": .string(content.data), "mimeType": .string(content.mimeType)]
            (annotations, meta) = (content.annotations, content.meta)
        case .resourceLink(let link):
            object = ["type": "resource_link"]
            object.merge(link.members)
            return .object(object)
        case .resource(let content):
            object = ["type": "resource", "resource": content.resource.json]
            (annotations, meta) = (content.annotations, content.meta)
        }
        object.set("annotations", annotations)
        object.set("_meta", meta)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        let annotations: Annotations? = try object.decodeIfPresent("annotations")
        let meta: JSONObject? = try object.decodeIfPresent("_meta")
        func media() throws -> MediaContent {
            MediaContent(
                base64: try object.decode("data"), mimeType: try object.decode("mimeType"), annotations: annotations, meta: meta)
        }
        switch try object.decode("type", as: String.self) {
        case "text": self = .text(TextContent(try object.decode("text"), annotations: annotations, meta: meta))
        case "image": self = .image(try media())
        case "audio": self = .audio(try media())
        case "resource_link": self = .resourceLink(try ResourceLink(json: json))
        case "resource":
            self = .resource(EmbeddedResource(try object.decode("resource"), annotations: annotations, meta: meta))
        case let other:
            throw JSONDecodingError(
                path: JSONPath([.key("type")]), expected: "text, image, audio, resource or resource_link", found: "\"\(other)\"")
        }
    }
}
