/// A picture of a server, tool, prompt or resource (`Icon`, from 2025-11-25).
///
/// Whoever shows one treats it as untrusted: `https:` of the server's own origin (`isOfOrigin`) or `data:` only, fetched without credentials and without following
/// redirects elsewhere. Icons of other schemes (`javascript:`, `file:`, `http:`, …) are left out when a message is read.
public struct Icon: Sendable, Hashable {
    /// An `https:` or `data:` URI.
    public var source: String
    public var mimeType: String?
    /// For example `48x48`, or `any` for a scalable format.
    public var sizes: [String]
    public var theme: Theme?

    /// The background that an icon is made for.
    public enum Theme: String, Sendable, Hashable { case light, dark }

    public init(source: String, mimeType: String? = nil, sizes: [String] = [], theme: Theme? = nil) {
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
        self.theme = theme
    }
}

extension Icon {
    /// Whether the URI is of a scheme that an icon may have (2025-11-25, basic, "Icons").
    public var isSafe: Bool { ["https", "data"].contains(URIReference(source).scheme) }

    /// Whether the icon is the server's own: inside of itself (`data:`), or of the same scheme, host and port.
    /// - Parameter server: The URL of the server.
    public func isOfOrigin(_ server: String) -> Bool {
        let (own, other) = (URIReference(source), URIReference(server))
        if own.scheme == "data" { return true }
        return isSafe && own.scheme == other.scheme && own.authority?.isEmpty == false && own.authority?.lowercased() == other.authority?.lowercased()
    }

    /// The icons of a message that may be used; the others are no reason to lose what they belong to.
    static func usable(in object: JSONObject) throws -> [Icon] {
        let icons: [Icon] = try object.decodeIfPresent("icons") ?? []
        return icons.filter(\.isSafe)
    }
}

extension Icon: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["src": .string(source)]
        object.set("mimeType", mimeType)
        object.set("sizes", sizes.nonEmpty)
        object.set("theme", theme?.rawValue)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            source: try object.decode("src"),
            mimeType: try object.decodeIfPresent("mimeType"),
            sizes: try object.decodeIfPresent("sizes") ?? [],
            // A theme that a later revision adds is no reason to lose the icon.
            theme: object["theme"]?.string.flatMap(Theme.init))
    }
}
