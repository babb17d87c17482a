import MCPCore

/// The door of the MCP host: the tools of the connected servers, and how the servers are.
protocol ToolHost: Sendable {
    /// Connects the servers and keeps them connected until the task is cancelled; then ends them.
    func run() async

    /// The tools that can be called now, in the order of the configuration.
    func tools() async -> [HostedTool]

    func health() async -> [ServerHealth]

    /// The health of all servers, once now and again at each change; ends when the host does.
    func healthChanges() async -> AsyncStream<[ServerHealth]>

    /// Calls a tool. Cancelling the task cancels the call on the server.
    ///
    /// - Parameter observer: Gets the call's progress and answers the server's questions.
    /// - Throws: ``ToolCallFailure`` where no result came about; `CancellationError`.
    func call(_ tool: ToolNameTable.Tool, arguments: JSONObject, observer: any ToolCallObserver) async throws -> ToolResult

    /// Begins the sign-in to a server that waits for one.
    /// - Throws: `ChatFailure` where there is nothing to begin.
    func beginSignIn(_ request: SignInRequest, to server: String) async throws

    /// Brings what an authorization server sent a browser back with to the sign-in that it belongs to.
    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer

    /// Forgets the tokens for a server, and connects it anew.
    /// - Throws: `ChatFailure` where there are none, or they cannot be forgotten.
    func signOut(of server: String) async throws
}

/// A person who wants to sign in, at an open page.
struct SignInRequest: Sendable {
    /// The browser's id: only it can finish what it began.
    var browser: String
    /// Where the browser finds the chat.
    var origin: String
    /// The path that it goes back to.
    var returnTo: String
    /// Shows the authorization server's page. Called once the client is registered and the address made, if it comes to that.
    var present: @Sendable (String) -> Void
}

/// A tool of a connected server.
struct HostedTool: Sendable, Hashable {
    let id: ToolNameTable.Tool
    let title: String?
    let description: String
    let inputSchema: JSONObject
    let hints: Hints
    /// Whether the operator trusts what the server says of its tools.
    let isServerTrusted: Bool

    /// What the server claims of the tool (MCP, server/tools, annotations): claims, never guarantees.
    struct Hints: Sendable, Hashable {
        var isReadOnly = false
        var isDestructive = true
        var isIdempotent = false
    }
}

/// What hears of a call while it runs.
protocol ToolCallObserver: Sendable {
    func progress(_ progress: ToolProgress) async
    /// Asks the user; suspends until there is an answer. Cancelling the task takes the question back.
    func answer(to question: ServerQuestion) async -> ElicitationAnswer
}

/// A question from a server (MCP, client/elicitation).
struct ServerQuestion: Sendable, Hashable {
    var server: String
    var message: String
    var mode: Elicitation.Mode
}

/// Why a call brought no result, in words for the reader and the model.
enum ToolCallFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server is not connected.
    case serverDown(server: String, why: String)
    /// The server knows no such tool (any more).
    case unknownTool(String)
    /// The connection broke while the call ran: whether it took effect is not known.
    case connectionLost(server: String, why: String)
    /// The server refused the request.
    case refused(code: Int, message: String)
    case timedOut(server: String, seconds: Int)
    /// The server answered with something that is no result of the tool.
    case unusable(server: String, why: String)
    /// The call needs a sign-in that did not come about.
    case notSignedIn(server: String, why: String)

    var description: String { "\(failure.what) \(failure.why) \(failure.whatNow)" }

    /// For the card.
    var failure: ChatFailure {
        switch self {
        case .serverDown(let server, let why):
            ChatFailure(
                what: "The server “\(server)” is not connected.", why: why,
                whatNow: "It is started again by itself; try again in a moment.", isRetryable: true)
        case .unknownTool(let name):
            ChatFailure(
                what: "There is no tool “\(name)”.", why: "No connected server offers it under this name.",
                whatNow: "Ask again: the list of tools may have changed.", isRetryable: false)
        case .connectionLost(let server, let why):
            ChatFailure(
                what: "The connection to “\(server)” broke during the call.", why: why,
                whatNow: "Whether the call took effect is not known: check before repeating it.", isRetryable: true)
        case .refused(let code, let message):
            ChatFailure(
                what: "The server refused the call.", why: "\(message) (\(code)).", whatNow: "Change the request and try again.", isRetryable: false)
        case .timedOut(let server, let seconds):
            ChatFailure(
                what: "The server “\(server)” did not answer within \(seconds) seconds.", why: "The call was cancelled.",
                whatNow: "Try again, or ask for less.", isRetryable: true)
        case .notSignedIn(let server, let why):
            ChatFailure(
                what: "You are not signed in to “\(server)”.", why: why, whatNow: "Sign in, then ask again. The call was not carried out.",
                isRetryable: true)
        case .unusable(let server, let why):
            ChatFailure(
                what: "The answer of “\(server)” cannot be used.", why: why,
                whatNow: "Whether the call took effect is not known: check before repeating it.", isRetryable: false)
        }
    }
}
