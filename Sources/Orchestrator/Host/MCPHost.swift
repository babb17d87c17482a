import Logging
import MCPAuthorization
import MCPTransport

/// The MCP host: connects the servers of the list, keeps their tools, calls them.
actor MCPHost: ToolHost {
    private let connections: [ServerConnector]
    private var states: [String: ServerHealth] = [:]
    private var listed: [String: [HostedTool]] = [:]
    private var clients: [String: Client] = [:]
    /// The newest of each server; they come from two sides.
    private var signIns: [String: ServerSignIn.View] = [:]
    /// Of servers that do not say which call a question belongs to.
    private var gates: [String: CallGate] = [:]
    private var watchers: [Int: AsyncStream<[ServerHealth]>.Continuation] = [:]
    private var nextWatcher = 0
    private var isRunning = true

    /// - Parameters:
    ///   - servers: What to connect, in the order in which it is shown.
    ///   - info: What the host says of itself to servers.
    ///   - credentials: Where the tokens of sign-ins are kept.
    init(_ servers: ServerList, info: Implementation, credentials: any CredentialStore = MemoryCredentialStore(), logger: Logger) {
        let eras = EraCache()
        connections = servers.servers.map { ServerConnector($0, info: info, eras: eras, credentials: credentials, logger: logger) }
        for server in servers.servers {
            states[server.name] = ServerHealth(name: server.name, title: nil, state: .connecting, tools: [], failure: nil)
        }
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            // Without servers, too, the host is there until it is ended: the chat works without tools.
            group.addTask { for await _ in AsyncStream<Never>.makeStream().stream {} }
            for connection in connections { group.addTask { await connection.run(reporting: self) } }
        }
        isRunning = false
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }

    func tools() -> [HostedTool] { connections.flatMap { listed[$0.entry.name] ?? [] } }

    func health() -> [ServerHealth] { connections.compactMap { states[$0.entry.name] } }

    func healthChanges() -> AsyncStream<[ServerHealth]> {
        // Only the newest state counts, so that a slow watcher costs nothing.
        let (stream, continuation) = AsyncStream.makeStream(of: [ServerHealth].self, bufferingPolicy: .bufferingNewest(1))
        continuation.yield(health())
        guard isRunning else {
            continuation.finish()
            return stream
        }
        let id = nextWatcher
        nextWatcher += 1
        watchers[id] = continuation
        continuation.onTermination = { _ in Task { await self.forget(watcher: id) } }
        return stream
    }

    func call(_ tool: ToolNameTable.Tool, arguments: JSONObject, observer: any ToolCallObserver) async throws -> ToolResult {
        guard let state = states[tool.server] else { throw ToolCallFailure.unknownTool(tool.displayName) }
        guard let client = clients[tool.server] else {
            let why = state.failure?.why ?? (state.state == .needsSignIn ? "It waits for you to sign in." : "It is being connected.")
            throw ToolCallFailure.serverDown(server: tool.server, why: why)
        }
        guard listed[tool.server]?.contains(where: { $0.id == tool }) == true else { throw ToolCallFailure.unknownTool(tool.displayName) }
        var invocation = ToolInvocation(client: client, tool: tool, observer: observer)
        if let entry = entry(tool.server) { invocation.redact = entry.redacted }
        guard let gate = gates[tool.server] else { return try await invocation.run(arguments) }
        let waits = ToolProgress(completed: 0, total: nil, message: "Waits until another call of this server has ended")
        return try await gate.whenFree(onWait: { await observer.progress(waits) }) { [invocation] in
            guard clients[tool.server] === client else {
                throw ToolCallFailure.serverDown(server: tool.server, why: "It ended while the call waited for another one.")
            }
            return try await invocation.run(arguments)
        }
    }

    // MARK: Sign-in

    func beginSignIn(_ request: SignInRequest, to server: String) async throws { try await authorizer(server).signIn.begin(request) }

    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer {
        // A `state` belongs to one sign-in of one server.
        for connection in connections {
            guard let answer = await connection.authorizer?.signIn.finish(redirect), answer != .unknown else { continue }
            return answer
        }
        return .unknown
    }

    func signOut(of server: String) async throws {
        let authorizer = try authorizer(server)
        guard clients[server] == nil else { return await authorizer.signIn.wishSignOut() }
        try await authorizer.signOut()
    }

    private func authorizer(_ server: String) throws -> ServerAuthorizer {
        guard let connection = connections.first(where: { $0.entry.name == server }) else {
            throw ChatFailure.signInCannotBegin("There is no server “\(server)”.", "Reload the page.")
        }
        guard let authorizer = connection.authorizer else {
            throw ChatFailure.signInCannotBegin("“\(server)” is used without a sign-in.", "Reload the page.")
        }
        return authorizer
    }

    // MARK: What the connectors report

    func signInChanged(_ name: String, _ view: ServerSignIn.View) {
        guard isNewest(view, of: name) else { return }
        let isConnected = clients[name] != nil
        change(name) { health in
            health.isSignedIn = view.isSignedIn
            health.signInHost = view.host
            if view.host != nil {
                health.state = .needsSignIn
                health.failure = view.failure
            } else if health.state == .needsSignIn {
                health.state = isConnected ? .ready : .connecting
                health.failure = nil
            }
        }
    }

    /// Takes note of a view, unless there has been a newer one.
    private func isNewest(_ view: ServerSignIn.View, of name: String) -> Bool {
        if let last = signIns[name], last.number >= view.number { return false }
        signIns[name] = view
        return true
    }

    /// - Parameter signIn: As it was when the tools had been listed; `nil` where there is none.
    func connected(_ name: String, client: Client, tools: [HostedTool], signIn: ServerSignIn.View?) {
        if let signIn { _ = isNewest(signIn, of: name) }
        let signIn = signIns[name]
        if clients[name] !== client {
            let sharesItsChannel = if case .process = entry(name)?.place { true } else { false }
            gates[name] = sharesItsChannel && client.revision.era == .handshake ? CallGate() : nil
        }
        clients[name] = client
        listed[name] = tools
        change(name) { health in
            health.title = client.serverInfo?.title
            health.tools = tools.map(\.id.tool)
            // A call may wait for somebody to sign in by now.
            health.state = signIn?.host == nil ? .ready : .needsSignIn
            health.isSignedIn = signIn?.isSignedIn ?? false
            health.signInHost = signIn?.host
            health.failure = signIn?.host == nil ? nil : signIn?.failure
        }
    }

    func disconnected(_ name: String, failure: ChatFailure?) {
        clients[name] = nil
        // What the server offered is remembered in its health: the page says which tools are missing.
        listed[name] = []
        change(name) { health in
            health.state = failure == nil ? .connecting : .down
            health.failure = failure
        }
    }

    private func change(_ name: String, _ update: (inout ServerHealth) -> Void) {
        guard var state = states[name] else { return }
        update(&state)
        guard state != states[name] else { return }
        states[name] = state
        let all = health()
        for watcher in watchers.values { watcher.yield(all) }
    }

    private func entry(_ name: String) -> ServerEntry? { connections.first { $0.entry.name == name }?.entry }

    private func forget(watcher id: Int) { watchers[id] = nil }
}
