/// Name and version of a client or server (`Implementation`), as it says of itself: for display and logs, never for decisions.
public struct Implementation: Sendable, Hashable {
    /// The name for programs.
    public var name: String
    public var version: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    /// From 2025-11-25.
    public var description: String?
    /// From 2025-11-25.
    public var websiteURL: String?
    /// From 2025-11-25.
    public var icons: [Icon]

    public init(
        name: String, version: String, title: String? = nil, description: String? = nil, websiteURL: String? = nil,
        icons: [Icon] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.websiteURL = websiteURL
        self.icons = icons
    }
}

extension Implementation: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "version": .string(version)]
        object.set("title", title)
        object.set("description", description)
        object.set("websiteUrl", websiteURL)
        object.set("icons", icons.nonEmpty)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            name: try object.decode("name"),
            version: try object.decode("version"),
            title: try object.decodeIfPresent("title"),
            description: try object.decodeIfPresent("description"),
            websiteURL: try object.decodeIfPresent("websiteUrl"),
            icons: try Icon.usable(in: object))
    }
}

extension Array {
    /// The array, or `nil` where it is empty: for members that are left out rather than written empty.
    var nonEmpty: Self? { isEmpty ? nil : self }
}
