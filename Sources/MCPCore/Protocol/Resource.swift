/// Something that a client can read: its definition, as `resources/list` gives it (`Resource`; 2026-07-28, server/resources).
public struct Resource: Sendable, Hashable {
    /// Unique in its server.
    public var uri: String
    /// The name for programs.
    public var name: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    /// What it is, for the model.
    public var description: String?
    public var mimeType: String?
    /// In bytes, before any encoding.
    public var size: Int?
    public var annotations: Annotations?
    public var icons: [Icon]
    public var meta: JSONObject?

    public init(
        uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil, size: Int? = nil,
        annotations: Annotations? = nil, icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.size = size
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

extension Resource: JSONEncodable, JSONDecodable {
    var members: JSONObject {
        var object: JSONObject = ["uri": .string(uri), "name": .string(name)]
        object.set("title", title)
        object.set("description", description)
        object.set("mimeType", mimeType)
        object.set("size", size)
        object.set("annotations", annotations)
        object.set("icons", icons.nonEmpty)
        object.set("_meta", meta)
        return object
    }

    public var json: JSONValue { .object(members) }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            uri: try object.decode("uri"),
            name: try object.decode("name"),
            title: try object.decodeIfPresent("title"),
            description: try object.decodeIfPresent("description"),
            mimeType: try object.decodeIfPresent("mimeType"),
            size: try object.decodeIfPresent("size"),
            annotations: try object.decodeIfPresent("annotations"),
            icons: try Icon.usable(in: object),
            meta: try object.decodeIfPresent("_meta"))
    }
}

/// A resource that a result points to, from 2025-06-18: a resource that need not be in `resources/list`.
public typealias ResourceLink = Resource

/// Resources that share a form of URI (`ResourceTemplate`).
public struct ResourceTemplate: Sendable, Hashable {
    /// A template of RFC 6570, unique in its server.
    public var uriTemplate: String
    /// The name for programs.
    public var name: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    /// What the resources are, for the model.
    public var description: String?
    /// Only where all resources of the template have it.
    public var mimeType: String?
    public var annotations: Annotations?
    public var icons: [Icon]
    public var meta: JSONObject?

    public init(
        uriTemplate: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
        annotations: Annotations? = nil, icons: [Icon] = [], meta: JSONObject? = nil
    ) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}

extension ResourceTemplate: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["uriTemplate": .string(uriTemplate), "name": .string(name)]
        object.set("title", title)
        object.set("description", description)
        object.set("mimeType", mimeType)
        object.set("annotations", annotations)
        object.set("icons", icons.nonEmpty)
        object.set("_meta", meta)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            uriTemplate: try object.decode("uriTemplate"),
            name: try object.decode("name"),
            title: try object.decodeIfPresent("title"),
            description: try object.decodeIfPresent("description"),
            mimeType: try object.decodeIfPresent("mimeType"),
            annotations: try object.decodeIfPresent("annotations"),
            icons: try Icon.usable(in: object),
            meta: try object.decodeIfPresent("_meta"))
    }
}

/// What `resources/read` gives.
public struct ReadResourceResult: Sendable, Hashable {
    /// One for the resource, or one for each of its parts (the files of a folder).
    public var contents: [ResourceContents]
    /// How long and by whom the contents may be kept, from 2026-07-28; `nil` for the server's default.
    public var cache: CacheHint?
    public var meta: JSONObject?

    public init(_ contents: [ResourceContents], cache: CacheHint? = nil, meta: JSONObject? = nil) {
        self.contents = contents
        self.cache = cache
        self.meta = meta
    }
}

extension ReadResourceResult: JSONDecodable {
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try object.decode("contents"), cache: CacheHint(of: object), meta: try object.decodeIfPresent("_meta"))
    }

    var members: JSONObject {
        var object: JSONObject = ["contents": contents.json]
        object.set("_meta", meta)
        return object
    }
}
