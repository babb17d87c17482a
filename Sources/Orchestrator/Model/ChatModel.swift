import MCPCore

/// What answers in the chat: a model behind an HTTP endpoint, or the built-in demonstration.
///
/// One call is one turn of the model: it speaks, or asks for tools, or both. Cancelling the task that calls ends the turn,
/// and with it whatever the model holds open.
protocol ChatModel: Sendable {
    /// What the page shows beside the conversation's title.
    var description: ModelDescription { get }

    /// Answers `request`, handing over what comes as it comes.
    ///
    /// - Parameter emit: Called in order, never concurrently; what it throws ends the turn.
    /// - Throws: ``ModelFailure``, whose message is for the reader; what was emitted before it stands.
    func answer(_ request: ModelRequest, emit: (ModelEvent) async throws -> Void) async throws

    /// Whether the model could answer now, without asking it anything; nil where nothing speaks against it.
    func check() async -> ModelFailure?
}

extension ChatModel {
    func check() async -> ModelFailure? { nil }
}

/// A model's name and what the reader should know of it.
struct ModelDescription: Sendable, Hashable {
    /// For example the name that the endpoint knows it by.
    let name: String
    /// Whether this is the built-in demonstration, which the page says aloud.
    let isDemonstration: Bool

    init(name: String, isDemonstration: Bool) {
        self.name = name
        self.isDemonstration = isDemonstration
    }
}

/// What a model is asked: the conversation so far and the tools that it may call.
struct ModelRequest: Sendable {
    var messages: [ModelMessage]
    var tools: [ModelTool]

    init(messages: [ModelMessage], tools: [ModelTool]) {
        self.messages = messages
        self.tools = tools
    }
}

/// One message of a conversation, as a model is given it.
enum ModelMessage: Sendable, Hashable {
    /// What the application tells the model about its task.
    case system(String)
    case user(String)
    /// What the model said, and the tools that it asked for.
    case assistant(String, calls: [ModelToolCall])
    /// What came of the call with that id.
    case tool(callID: String, content: String, isError: Bool)
}

/// A tool as a model sees it.
struct ModelTool: Sendable, Hashable {
    /// Of `[a-zA-Z0-9_-]`, at most 64 long (see ``ToolNameTable``).
    let name: String
    /// The server that offers it: tools of one server work together.
    let server: String
    let title: String?
    let description: String
    /// A JSON Schema whose root is an object.
    let inputSchema: JSONObject
    /// What the server claims that the tool does; never a reason to run it.
    let isReadOnly: Bool

    init(
        name: String, server: String, title: String? = nil, description: String, inputSchema: JSONObject, isReadOnly: Bool
    ) {
        self.name = name
        self.server = server
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.isReadOnly = isReadOnly
    }
}

/// A model's wish to call a tool.
struct ModelToolCall: Sendable, Hashable {
    /// Unique in a conversation; its result is sent back under it.
    let id: String
    let name: String
    /// The arguments as the model wrote them. They need not be valid JSON.
    let arguments: String

    init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a model hands over while it answers.
enum ModelEvent: Sendable, Hashable {
    /// More of the answer's text.
    case text(String)
    /// A whole tool call.
    case toolCall(ModelToolCall)
    case usage(ModelUsage)
    /// Why the turn is over; the last event.
    case finished(FinishReason)
}

/// Why a model stopped.
enum FinishReason: Sendable, Hashable {
    case complete
    case toolCalls
    /// The answer was cut at the endpoint's limit of length.
    case length
    case contentFilter
}

/// Tokens that a turn took, as the endpoint counts them.
struct ModelUsage: Sendable, Hashable {
    var inputTokens: Int
    var outputTokens: Int

    init(inputTokens: Int = 0, outputTokens: Int = 0) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    static func + (one: ModelUsage, other: ModelUsage) -> ModelUsage {
        ModelUsage(inputTokens: one.inputTokens.adding(other.inputTokens), outputTokens: one.outputTokens.adding(other.outputTokens))
    }
}
