/// A request of a server to the client's language model (`CreateMessageRequest`; 2025-11-25, client/sampling).
/// Deprecated since 2026-07-28, and served.
public struct SamplingRequest: Sendable, Hashable {
    /// Context of MCP servers that the client may add. Anything but `none` is deprecated since 2025-11-25.
    public enum IncludedContext: String, Sendable, Hashable { case none, thisServer, allServers }

    public var messages: [SamplingMessage]
    /// In tokens.
    public var maxTokens: Int
    public var systemPrompt: String?
    public var modelPreferences: ModelPreferences?
    public var includeContext: IncludedContext?
    public var temperature: Double?
    public var stopSequences: [String]
    /// Tools that the model may ask for, from 2025-11-25; the client must have declared `sampling.tools`.
    public var tools: [Tool]
    public var toolChoice: ToolChoice?
    /// For the provider of the model.
    public var metadata: JSONObject?

    public init(
        _ messages: [SamplingMessage], maxTokens: Int, systemPrompt: String? = nil, modelPreferences: ModelPreferences? = nil,
        includeContext: IncludedContext? = nil, temperature: Double? = nil, stopSequences: [String] = [], tools: [Tool] = [],
        toolChoice: ToolChoice? = nil, metadata: JSONObject? = nil
    ) {
        self.messages = messages
        self.maxTokens = maxTokens
        self.systemPrompt = systemPrompt
        self.modelPreferences = modelPreferences
        self.includeContext = includeContext
        self.temperature = temperature
        self.stopSequences = stopSequences
        self.tools = tools
        self.toolChoice = toolChoice
        self.metadata = metadata
    }

    /// One message of the user.
    public init(_ text: String, maxTokens: Int) { self.init([SamplingMessage(.user, text)], maxTokens: maxTokens) }

    static let method = "sampling/createMessage"

    /// What the client must have declared.
    var capability: ClientCapabilities {
        ClientCapabilities(sampling: .init(tools: !tools.isEmpty || toolChoice != nil, context: (includeContext ?? .none) != .none))
    }
}

extension SamplingRequest: JSONEncodable, JSONDecodable {
    var members: JSONObject {
        var object: JSONObject = ["messages": messages.json]
        object.set("modelPreferences", modelPreferences)
        object.set("systemPrompt", systemPrompt)
        object.set("includeContext", includeContext?.rawValue)
        object.set("temperature", temperature)
        object["maxTokens"] = .integer(Int64(maxTokens))
        object.set("stopSequences", stopSequences.nonEmpty)
        object.set("metadata", metadata)
        object.set("tools", tools.nonEmpty)
        object.set("toolChoice", toolChoice)
        return object
    }

    public var json: JSONValue { .object(members) }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try object.decode("messages"), maxTokens: try object.decode("maxTokens"),
            systemPrompt: try object.decodeIfPresent("systemPrompt"), modelPreferences: try object.decodeIfPresent("modelPreferences"),
            includeContext: try object.decodeIfPresent("includeContext", as: String.self).flatMap(IncludedContext.init),
            temperature: try object.decodeIfPresent("temperature"), stopSequences: try object.decodeIfPresent("stopSequences") ?? [],
            tools: try object.decodeIfPresent("tools") ?? [], toolChoice: try object.decodeIfPresent("toolChoice"),
            metadata: try object.decodeIfPresent("metadata"))
    }
}

/// What the model said (`CreateMessageResult`).
public struct SamplingResult: Sendable, Hashable {
    public var role: Role
    public var content: [SamplingContent]
    /// The name of the model.
    public var model: String
    /// `endTurn`, `stopSequence`, `maxTokens`, `toolUse`, or a provider's own.
    public var stopReason: String?

    public init(_ content: [SamplingContent], model: String, stopReason: String? = nil, role: Role = .assistant) {
        self.content = content
        self.model = model
        self.stopReason = stopReason
        self.role = role
    }

    public init(_ text: String, model: String, stopReason: String? = "endTurn") {
        self.init([.text(TextContent(text))], model: model, stopReason: stopReason)
    }

    /// All texts, a line each.
    public var text: String { content.compactMap { if case .text(let text) = $0 { text.text } else { nil } }.joined(separator: "\n") }
}

extension SamplingResult: JSONEncodable, JSONDecodable {
    var members: JSONObject {
        var object: JSONObject = ["role": role.json, "content": SamplingContent.json(content), "model": .string(model)]
        object.set("stopReason", stopReason)
        return object
    }

    public var json: JSONValue { .object(members) }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(
            try SamplingContent.blocks(of: object), model: try object.decode("model"), stopReason: try object.decodeIfPresent("stopReason"),
            role: try object.decode("role"))
    }
}

/// One message of the conversation that a model is given (`SamplingMessage`).
public struct SamplingMessage: Sendable, Hashable {
    public var role: Role
    /// Several, and uses and results of tools, only from 2025-11-25; audio only from 2025-03-26. A server does not send them to a client of an older revision.
    public var content: [SamplingContent]

    public init(_ role: Role, _ content: [SamplingContent]) {
        self.role = role
        self.content = content
    }
    public init(_ role: Role, _ text: String) { self.init(role, [.text(TextContent(text))]) }
}

extension SamplingMessage: JSONEncodable, JSONDecodable {
    public var json: JSONValue { ["role": role.json, "content": SamplingContent.json(content)] }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        self.init(try object.decode("role"), try SamplingContent.blocks(of: object))
    }
}

/// A piece of a sampling message (`SamplingMessageContentBlock`).
public enum SamplingContent: Sendable, Hashable {
    case text(TextContent)
    case image(MediaContent)
    case audio(MediaContent)
    /// The model asks for a tool.
    case toolUse(id: String, name: String, input: JSONObject)
    /// What a tool gave that the model has asked for.
    case toolResult(toolUseID: String, CallToolResult)

    public static func text(_ text: String) -> SamplingContent { .text(TextContent(text)) }
}

extension SamplingContent: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        switch self {
        case .text(let content): ContentBlock.text(content).json
        case .image(let content): ContentBlock.image(content).json
        case .audio(let content): ContentBlock.audio(content).json
        case .toolUse(let id, let name, let input):
            ["type": "tool_use", "id": .string(id), "name": .string(name), "input": .object(input)]
        case .toolResult(let id, let result):
            .object(
                {
                    var object: JSONObject = ["type": "tool_result", "toolUseId": .string(id), "content": result.content.json]
                    object["structuredContent"] = result.structuredContent
                    if result.isError { object["isError"] = true }
                    return object
                }())
        }
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        switch try object.decode("type", as: String.self) {
        case "tool_use": self = .toolUse(id: try object.decode("id"), name: try object.decode("name"), input: try object.decode("input"))
        case "tool_result":
            self = .toolResult(
                toolUseID: try object.decode("toolUseId"),
                CallToolResult(
                    content: try object.decodeIfPresent("content") ?? [], structuredContent: object["structuredContent"],
                    isError: try object.decodeIfPresent("isError") ?? false))
        case let type:
            switch try ContentBlock(json: json) {
            case .text(let content): self = .text(content)
            case .image(let content): self = .image(content)
            case .audio(let content): self = .audio(content)
            case .resource, .resourceLink:
                throw JSONDecodingError(path: ["type"], expected: "text, image, audio, tool_use or tool_result", found: "\"\(type)\"")
            }
        }
    }

    /// One block stands for itself, as every revision knows it.
    static func json(_ blocks: [SamplingContent]) -> JSONValue { blocks.count == 1 ? blocks[0].json : blocks.json }

    static func blocks(of object: JSONObject) throws -> [SamplingContent] {
        if object["content"]?.array != nil { return try object.decode("content") }
        return [try object.decode("content")]
    }
}

/// What a server wishes of the model (`ModelPreferences`). The client decides.
public struct ModelPreferences: Sendable, Hashable {
    /// Names or parts of names of models, the most wanted first.
    public var hints: [String]
    /// Each 0 (unimportant) to 1.
    public var costPriority: Double?
    public var speedPriority: Double?
    public var intelligencePriority: Double?

    public init(hints: [String] = [], costPriority: Double? = nil, speedPriority: Double? = nil, intelligencePriority: Double? = nil) {
        self.hints = hints
        self.costPriority = costPriority
        self.speedPriority = speedPriority
        self.intelligencePriority = intelligencePriority
    }
}

extension ModelPreferences: JSONEncodable, JSONDecodable {
    public var json: JSONValue {
        var object = JSONObject()
        object.set("hints", hints.map { JSONObject([("name", .string($0))]) }.nonEmpty)
        object.set("costPriority", costPriority)
        object.set("speedPriority", speedPriority)
        object.set("intelligencePriority", intelligencePriority)
        return .object(object)
    }

    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        let hints: [JSONObject] = try object.decodeIfPresent("hints") ?? []
        self.init(
            hints: hints.compactMap { $0["name"]?.string }, costPriority: try object.decodeIfPresent("costPriority"),
            speedPriority: try object.decodeIfPresent("speedPriority"), intelligencePriority: try object.decodeIfPresent("intelligencePriority"))
    }
}

/// Whether the model may, must or must not ask for tools (`ToolChoice`).
public enum ToolChoice: String, Sendable, Hashable { case auto, required, none }

extension ToolChoice: JSONEncodable, JSONDecodable {
    public var json: JSONValue { ["mode": .string(rawValue)] }

    public init(json: JSONValue) throws {
        let mode: String = try JSONObject(json: json).decodeIfPresent("mode") ?? "auto"
        guard let choice = ToolChoice(rawValue: mode) else {
            throw JSONDecodingError(path: ["mode"], expected: "auto, required or none", found: "\"\(mode)\"")
        }
        self = choice
    }
}
