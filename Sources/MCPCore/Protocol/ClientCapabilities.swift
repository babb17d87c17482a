/// What a client can do for a server (`ClientCapabilities`).
public struct ClientCapabilities: Sendable, Hashable {
    public var elicitation: Elicitation?
    public var sampling: Sampling?
    public var roots: Roots?
    /// Extension identifier to settings (SEP-2133).
    public var extensions: JSONObject?
    public var experimental: JSONObject?

    /// The client can ask its user.
    public struct Elicitation: Sendable, Hashable {
        public var form: Bool
        public var url: Bool
        public init(form: Bool = true, url: Bool = false) {
            self.form = form
            self.url = url
        }
    }

    /// The client can ask a language model (deprecated since 2026-07-28).
    public struct Sampling: Sendable, Hashable {
        public var tools: Bool
        public var context: Bool
        public init(tools: Bool = false, context: Bool = false) {
            self.tools = tools
            self.context = context
        }
    }

    /// The client has root directories (deprecated since 2026-07-28).
    public struct Roots: Sendable, Hashable {
        /// Handshake revisions only.
        public var listChanged: Bool
        public init(listChanged: Bool = false) { self.listChanged = listChanged }
    }

    public init(
        elicitation: Elicitation? = nil, sampling: Sampling? = nil, roots: Roots? = nil, extensions: JSONObject? = nil,
        experimental: JSONObject? = nil
    ) {
        self.elicitation = elicitation
        self.sampling = sampling
        self.roots = roots
        self.extensions = extensions
        self.experimental = experimental
    }
}

extension ClientCapabilities: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        object.set("experimental", experimental)
        if let roots { object["roots"] = roots.listChanged ? ["listChanged": true] : [:] }
        if let sampling {
            var settings = JSONObject()
            if sampling.context { settings["context"] = [:] }
            if sampling.tools { settings["tools"] = [:] }
            object["sampling"] = .object(settings)
        }
        if let elicitation {
            var settings = JSONObject()
            if elicitation.form { settings["form"] = [:] }
            if elicitation.url { settings["url"] = [:] }
            object["elicitation"] = .object(settings)
        }
        object.set("extensions", extensions)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        if let settings: JSONObject = try object.decodeIfPresent("elicitation") {
            let url = settings["url"] != nil
            // An empty object, as 2025-06-18 wrote it, means forms.
            elicitation = Elicitation(form: settings["form"] != nil || !url, url: url)
        }
        if let settings: JSONObject = try object.decodeIfPresent("sampling") {
            sampling = Sampling(tools: settings["tools"] != nil, context: settings["context"] != nil)
        }
        if let settings: JSONObject = try object.decodeIfPresent("roots") {
            roots = Roots(listChanged: settings["listChanged"] == true)
        }
        extensions = try object.decodeIfPresent("extensions")
        experimental = try object.decodeIfPresent("experimental")
    }
}
