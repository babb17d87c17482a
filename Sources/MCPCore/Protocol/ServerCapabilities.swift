/// What a server offers (`ServerCapabilities`).
public struct ServerCapabilities: Sendable, Hashable {
    public var tools: ListChanging?
    public var prompts: ListChanging?
    public var resources: Resources?
    public var completions: Bool
    /// Deprecated since 2026-07-28.
    public var logging: Bool
    /// Extension identifier to settings (SEP-2133).
    public var extensions: JSONObject?
    public var experimental: JSONObject?
    /// Whether calls of tools may be tasks of 2025-11-25, which the SDK does not speak; read, and never declared.
    var runsToolsAsTasks = false

    /// A list that may announce its changes.
    public struct ListChanging: Sendable, Hashable {
        public var listChanged: Bool
        public init(listChanged: Bool = false) { self.listChanged = listChanged }
    }

    public struct Resources: Sendable, Hashable {
        public var subscribe: Bool
        public var listChanged: Bool
        public init(subscribe: Bool = false, listChanged: Bool = false) {
            self.subscribe = subscribe
            self.listChanged = listChanged
        }
    }

    public init(
        tools: ListChanging? = nil, prompts: ListChanging? = nil, resources: Resources? = nil, completions: Bool = false,
        logging: Bool = false, extensions: JSONObject? = nil, experimental: JSONObject? = nil
    ) {
        self.tools = tools
        self.prompts = prompts
        self.resources = resources
        self.completions = completions
        self.logging = logging
        self.extensions = extensions
        self.experimental = experimental
    }
}

extension ServerCapabilities: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        object.set("experimental", experimental)
        if logging { object["logging"] = [:] }
        if completions { object["completions"] = [:] }
        if let prompts { object["prompts"] = prompts.listChanged ? ["listChanged": true] : [:] }
        if let resources {
            var settings = JSONObject()
            if resources.subscribe { settings["subscribe"] = true }
            if resources.listChanged { settings["listChanged"] = true }
            object["resources"] = .object(settings)
        }
        if let tools { object["tools"] = tools.listChanged ? ["listChanged": true] : [:] }
        object.set("extensions", extensions)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        func listChanging(_ name: String) throws -> ListChanging? {
            let settings: JSONObject? = try object.decodeIfPresent(name)
            return settings.map { ListChanging(listChanged: $0["listChanged"] == true) }
        }
        tools = try listChanging("tools")
        prompts = try listChanging("prompts")
        if let settings: JSONObject = try object.decodeIfPresent("resources") {
            resources = Resources(subscribe: settings["subscribe"] == true, listChanged: settings["listChanged"] == true)
        }
        completions = object["completions"]?.object != nil
        logging = object["logging"]?.object != nil
        extensions = try object.decodeIfPresent("extensions")
        experimental = try object.decodeIfPresent("experimental")
        runsToolsAsTasks = object["tasks"]?["requests"]?["tools"]?["call"] != nil
    }
}
