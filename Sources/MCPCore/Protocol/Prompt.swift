/// A message template that a user can choose: its definition, as `prompts/list` gives it (`Prompt`; 2026-07-28, server/prompts).
public struct Prompt: Sendable, Hashable {
    /// Unique in its server.
    public var name: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    public var description: String?
    public var arguments: [PromptArgument]
    public var icons: [Icon]
    public var meta: JSONObject?

    public init(
        name: String, title: String? = nil, description: String? = nil, arguments: [PromptArgument] = [], icons: [Icon] = [],
        meta: JSONObject? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.icons = icons
        self.meta = meta
    }
}

extension Prompt: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.set("title", title)
        object.set("description", description)
        object.set("arguments", arguments.nonEmpty)
        object.set("icons", icons.nonEmpty)
        object.set("_meta", meta)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            name: try object.decode("name"),
            title: try object.decodeIfPresent("title"),
            description: try object.decodeIfPresent("description"),
            arguments: try object.decodeIfPresent("arguments") ?? [],
            icons: try Icon.usable(in: object),
            meta: try object.decodeIfPresent("_meta"))
    }
}

/// An argument of a prompt; its value is a text.
public struct PromptArgument: Sendable, Hashable {
    public var name: String
    /// The name for people, from 2025-06-18.
    public var title: String?
    public var description: String?
    public var isRequired: Bool

    public init(_ name: String, title: String? = nil, description: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.title = title
        self.description = description
        self.isRequired = isRequired
    }
}

extension PromptArgument: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object: JSONObject = ["name": .string(name)]
        object.set("title", title)
        object.set("description", description)
        if isRequired { object["required"] = true }
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try object.decode("name"), title: try object.decodeIfPresent("title"), description: try object.decodeIfPresent("description"),
            isRequired: try object.decodeIfPresent("required") ?? false)
    }
}

/// A message of a prompt (`PromptMessage`).
public struct PromptMessage: Sendable, Hashable {
    public var role: Role
    public var content: ContentBlock

    public init(_ role: Role, _ content: ContentBlock) {
        self.role = role
        self.content = content
    }

    /// What the user says.
    public static func user(_ content: ContentBlock) -> PromptMessage { PromptMessage(.user, content) }
    public static func user(_ text: String) -> PromptMessage { PromptMessage(.user, .text(text)) }
    /// What the model says.
    public static func assistant(_ content: ContentBlock) -> PromptMessage { PromptMessage(.assistant, content) }
    public static func assistant(_ text: String) -> PromptMessage { PromptMessage(.assistant, .text(text)) }
}

extension PromptMessage: JSONEncodable, JSONDecodable {
    public var json: JSONValue { ["role": role.json, "content": content.json] }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(try object.decode("role"), try object.decode("content"))
    }
}

/// What `prompts/get` gives.
public struct GetPromptResult: Sendable, Hashable {
    public var description: String?
    public var messages: [PromptMessage]
    public var meta: JSONObject?

    public init(_ messages: [PromptMessage], description: String? = nil, meta: JSONObject? = nil) {
        self.messages = messages
        self.description = description
        self.meta = meta
    }
}

extension GetPromptResult: JSONDecodable {
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try object.decode("messages"), description: try object.decodeIfPresent("description"), meta: try object.decodeIfPresent("_meta"))
    }

    var members: JSONObject {
        var object = JSONObject()
        object.set("description", description)
        object["messages"] = messages.json
        object.set("_meta", meta)
        return object
    }
}
