import MCPCore
import Synchronization

@testable import Orchestrator

/// Servers in memory: each tool is a closure.
final class FakeHost: ToolHost {
    struct Tool: Sendable {
        var hosted: HostedTool
        var run: @Sendable (JSONObject, any ToolCallObserver) async throws -> ToolResult
    }

    let all: [Tool]
    private let log = Mutex<[(tool: String, arguments: JSONObject)]>([])

    init(_ tools: [Tool]) { all = tools }

    /// The calls so far, as `server.tool`.
    var calls: [(tool: String, arguments: JSONObject)] { log.withLock(\.self) }

    func run() async {}
    func tools() async -> [HostedTool] { all.map(\.hosted) }

    func health() async -> [ServerHealth] {
        var seen: [String] = []
        for tool in all where !seen.contains(tool.hosted.id.server) { seen.append(tool.hosted.id.server) }
        return seen.map { ServerHealth(name: $0, state: .ready, tools: [], failure: nil) }
    }

    func healthChanges() async -> AsyncStream<[ServerHealth]> {
        let health = await health()
        return AsyncStream { $0.yield(health) }
    }

    func call(_ tool: ToolNameTable.Tool, arguments: JSONObject, observer: any ToolCallObserver) async throws -> ToolResult {
        guard let found = all.first(where: { $0.hosted.id == tool }) else { throw ToolCallFailure.unknownTool(tool.displayName) }
        log.withLock { $0.append((tool.displayName, arguments)) }
        return try await found.run(arguments, observer)
    }

    func beginSignIn(_ request: SignInRequest, to server: String) async throws { request.present("https://login.example/\(server)") }
    func finishSignIn(_ redirect: SignInRedirect) async -> SignInRedirect.Answer { .unknown }
    func signOut(of server: String) async throws { throw ChatFailure.signInCannotBegin("“\(server)” is used without a sign-in.", "") }
}

extension FakeHost.Tool {
    /// A tool that answers with a structured result.
    static func tool(
        _ server: String, _ name: String, _ description: String, readOnly: Bool = false, trusted: Bool = true, destructive: Bool = true,
        idempotent: Bool = false, schema: JSONObject = ["type": "object", "properties": .object([:])],
        run: @escaping @Sendable (JSONObject, any ToolCallObserver) async throws -> ToolResult = { _, _ in .text("ok") }
    ) -> FakeHost.Tool {
        FakeHost.Tool(
            hosted: HostedTool(
                id: ToolNameTable.Tool(server: server, tool: name), title: nil, description: description, inputSchema: schema,
                hints: HostedTool.Hints(isReadOnly: readOnly, isDestructive: destructive, isIdempotent: idempotent), isServerTrusted: trusted),
            run: run)
    }
}

extension ToolResult {
    static func text(_ text: String) -> ToolResult {
        ToolResult(content: [["type": "text", "text": .string(text)]], structuredContent: nil, isError: false)
    }
    static func structured(_ value: JSONValue) -> ToolResult {
        ToolResult(content: [["type": "text", "text": .string(value.serializedString)]], structuredContent: value, isError: false)
    }
    static func error(_ text: String) -> ToolResult {
        ToolResult(content: [["type": "text", "text": .string(text)]], structuredContent: nil, isError: true)
    }
}

/// A schema from (name, type) pairs; a name that ends in `!` is required.
func schema(_ members: (String, JSONValue)...) -> JSONObject {
    var properties: JSONObject = [:]
    var required: [JSONValue] = []
    for (name, value) in members {
        let bare = name.hasSuffix("!") ? String(name.dropLast()) : name
        if bare != name { required.append(.string(bare)) }
        properties[bare] = value
    }
    return ["type": "object", "properties": .object(properties), "required": .array(required)]
}
