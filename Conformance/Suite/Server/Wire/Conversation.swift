import MCPCore
import Synchronization

/// A client's side of a conversation with a server under test, in either era: it opens a session where there is one, gives every request
/// what its revision asks for, and nothing else.
final class Conversation: Sendable {
    /// Answers a request of the server with a result.
    typealias Answers = @Sendable (_ method: String, _ params: JSONObject) -> JSONObject?

    let link: any ServerLink
    let run: ScenarioRun
    /// Those that a request declares where it says nothing else.
    let capabilities: JSONObject
    private let context: Mutex<LinkContext>
    private let lastID = Mutex<Int64>(0)
    /// What `initialize` was answered with.
    private let handshake = Mutex<JSONObject>([:])

    /// How long the stream of a request may stay open behind the response. That it is closed then is only recommended.
    private static let patience = Duration.milliseconds(500)

    static let clientInfo: JSONValue = ["name": "mcp-conformance", "version": "1.0.0"]

    init(_ link: any ServerLink, run: ScenarioRun, capabilities: JSONObject) {
        self.link = link
        self.run = run
        self.capabilities = capabilities
        context = Mutex(LinkContext(revision: run.revision))
    }

    var revision: ProtocolRevision { run.revision }
    var sessionID: String? { context.withLock { $0.sessionID } }
    var linkContext: LinkContext { context.withLock { $0 } }
    var initializeResult: JSONObject { handshake.withLock { $0 } }

    func nextID() -> JSONValue {
        .integer(
            lastID.withLock { id in
                id += 1
                return id
            })
    }

    // MARK: Opening and closing

    /// Opens a session, where the revision has them.
    func open() async throws {
        guard revision.era == .handshake else { return }
        let reply = try await initialize()
        let result = try reply.result()
        guard result["protocolVersion"]?.string == revision.rawValue else {
            throw Reply.Unusable(
                description: "the server speaks \(result["protocolVersion"]?.excerpt ?? "no revision") instead of \(revision.rawValue)")
        }
        try await initialized()
    }

    /// Sends `initialize`, and keeps the session that it opens.
    func initialize(version: String? = nil) async throws -> Reply {
        let reply = try await call(
            "initialize",
            ["protocolVersion": .string(version ?? revision.rawValue), "capabilities": .object(capabilities), "clientInfo": Self.clientInfo])
        context.withLock { context in
            context.sessionID = reply.head?.headers["mcp-session-id"]
            context.isInitialized = true
        }
        handshake.withLock { $0 = reply.response?["result"]?.object ?? [:] }
        return reply
    }

    func initialized() async throws { try await notify("notifications/initialized") }

    func close() async { await link.close(linkContext) }

    // MARK: Messages

    /// A request as the revision wants it.
    /// - Parameters:
    ///   - meta: Members of `_meta` besides those that the revision asks for.
    ///   - capabilities: Those that the request declares, in the era that declares them with each.
    func request(_ method: String, _ params: JSONObject? = nil, meta: JSONObject = [:], capabilities: JSONObject? = nil, id: JSONValue? = nil)
        -> JSONValue
    {
        var message: JSONObject = ["jsonrpc": "2.0", "id": id ?? nextID(), "method": .string(method)]
        var members = params ?? [:]
        var allMeta = requiredMeta(capabilities ?? self.capabilities)
        allMeta.merge(meta)
        if !allMeta.isEmpty { members["_meta"] = .object(allMeta) }
        if params != nil || !members.isEmpty { message["params"] = .object(members) }
        return .object(message)
    }

    func requiredMeta(_ capabilities: JSONObject) -> JSONObject {
        guard revision.era == .perRequest else { return [:] }
        return [
            MetaKey.protocolVersion: .string(revision.rawValue), MetaKey.clientInfo: Self.clientInfo,
            MetaKey.clientCapabilities: .object(capabilities),
        ]
    }

    /// Sends a request and waits for its end.
    func call(
        _ method: String, _ params: JSONObject? = nil, meta: JSONObject = [:], capabilities: JSONObject? = nil,
        answering answers: @escaping Answers = { _, _ in nil }
    ) async throws -> Reply {
        try await finish(start(method, params, meta: meta, capabilities: capabilities), answering: answers)
    }

    func callTool(
        _ name: String, _ arguments: JSONObject? = nil, meta: JSONObject = [:], capabilities: JSONObject? = nil, more: JSONObject = [:],
        answering answers: @escaping Answers = { _, _ in nil }
    ) async throws -> Reply {
        var params: JSONObject = ["name": .string(name)]
        params["arguments"] = arguments.map(JSONValue.object)
        params.merge(more)
        return try await call("tools/call", params, meta: meta, capabilities: capabilities, answering: answers)
    }

    /// Sends a request.
    func start(
        _ method: String, _ params: JSONObject? = nil, meta: JSONObject = [:], capabilities: JSONObject? = nil
    ) async throws -> Exchange {
        try await link.open(request(method, params, meta: meta, capabilities: capabilities), linkContext)
    }

    /// Reads all that comes in answer to a request, and answers what the server asks.
    func finish(_ exchange: Exchange, answering answers: Answers = { _, _ in nil }) async throws -> Reply {
        var notifications: [JSONValue] = []
        var requests: [JSONValue] = []
        var response: JSONValue?
        while response == nil, let message = try await exchange.next() {
            if let method = message["method"]?.string {
                guard let id = message["id"] else {
                    notifications.append(message)
                    continue
                }
                requests.append(message)
                try await link.send(answer(method, message["params"]?.object ?? [:], id, answers), linkContext)
            } else {
                response = message
            }
        }
        await exchange.readToEnd(within: Self.patience)
        return Reply(
            method: exchange.method ?? "the message", id: exchange.id ?? .null, response: response, notifications: notifications, requests: requests,
            head: exchange.head, text: exchange.text)
    }

    private func answer(_ method: String, _ params: JSONObject, _ id: JSONValue, _ answers: Answers) -> JSONValue {
        if let result = answers(method, params) { return ["jsonrpc": "2.0", "id": id, "result": .object(result)] }
        if method == "ping" { return ["jsonrpc": "2.0", "id": id, "result": [:]] }
        return ["jsonrpc": "2.0", "id": id, "error": ["code": -32601, "message": .string("The suite does not answer \(method) here")]]
    }

    func notify(_ method: String, _ params: JSONObject? = nil) async throws {
        var message: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        message["params"] = params.map(JSONValue.object)
        try await link.send(.object(message), linkContext)
    }
}

extension ServerSubject {
    /// Opens a conversation, has it, and closes it.
    /// - Parameters:
    ///   - capabilities: What the client declares.
    ///   - isOpened: Whether the session is opened, where the revision has them.
    func converse<Value: Sendable>(
        _ run: ScenarioRun, capabilities: JSONObject = [:], isOpened: Bool = true,
        _ body: @Sendable (Conversation) async throws -> Value
    ) async throws -> Value {
        let link: any ServerLink =
            switch address {
            case .url(let url): HTTPLink(url: url, run: run, token: try token(Self.owner), extraHeaders: headers)
            case .command(let command): try StdioLink(command: command, run: run)
            }
        let conversation = Conversation(link, run: run, capabilities: capabilities)
        do {
            if isOpened { try await conversation.open() }
            let value = try await body(conversation)
            await conversation.close()
            return value
        } catch {
            // A task of its own: a process must be ended also where the scenario was cancelled.
            await Task { await conversation.close() }.value
            throw error
        }
    }
}
