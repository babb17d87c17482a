import Logging
import MCPTransport

/// The MCP host: connects the servers of the list, keeps their tools, calls them.
actor MCPHost: ToolHost {
    private let connections: [ServerConnector]
    private var states: [String: ServerHealth] = [:]
    private var listed: [String: [HostedTool]] = [:]
    private var clients: [String: Client] = [:]
    private var watchers: [Int: AsyncStream<[ServerHealth]>.Continuation] = [:]
    private var nextWatcher = 0
    private var isRunning = true

    /// - Parameters:
    ///   - servers: What to connect, in the order in which it is shown.
    ///   - info: What the host says of itself to servers.
    init(_ servers: ServerList, info: Implementation, logger: Logger) {
        let eras = EraCache()
        connections = servers.servers.map { ServerConnector($0, info: info, eras: eras, logger: logger) }
        for server in servers.servers {
            states[server.name] = ServerHealth(name: server.name, title: nil, state: .connecting, tools: [], failure: nil)
        }
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
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
            throw ToolCallFailure.serverDown(server: tool.server, why: state.failure?.why ?? "It is being connected.")
        }
        guard listed[tool.server]?.contains(where: { $0.id == tool }) == true else { throw ToolCallFailure.unknownTool(tool.displayName) }
        return try await ToolInvocation(client: client, tool: tool, observer: observer).run(arguments)
    }

    // MARK: What the connectors report

    func connected(_ name: String, client: Client, tools: [HostedTool]) {
        clients[name] = client
        listed[name] = tools
        change(name) { health in
            health.title = client.serverInfo?.title
            health.state = .ready
            health.tools = tools.map(\.id.tool)
            health.failure = nil
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

    private func forget(watcher id: Int) { watchers[id] = nil }
}
