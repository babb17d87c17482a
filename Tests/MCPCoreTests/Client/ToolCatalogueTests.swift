import MCPCore
import Synchronization
import TestSupport
import Testing

/// What a client knows of a server's tools, and what becomes of it when they change.
@Suite(.timeLimit(.minutes(1))) struct ToolCatalogueTests {
    /// A server whose tool `count` gives a number, or text once it has changed.
    private final class Changing: Sendable {
        private struct State {
            var type = "integer"
            var content: JSONValue = ["n": 1]
            var listFails = false
        }
        private let state = Mutex(State())

        /// - Parameter content: What the tool gives from now on.
        func change(type: String, content: JSONValue) { state.withLock { ($0.type, $0.content) = (type, content) } }
        func failLists() { state.withLock { $0.listFails = true } }

        @Sendable func answer(_ call: ScriptedTransport.Call) async throws -> JSONObject {
            let state = state.withLock(\.self)
            guard call.request.method == "tools/list" else {
                return ["content": [], "structuredContent": state.content, "resultType": "complete"]
            }
            if state.listFails { throw JSONRPCError(.internalError, "no list today") }
            let schema: JSONValue = ["type": "object", "properties": ["n": ["type": .string(state.type)]], "required": ["n"]]
            return [
                "tools": [["name": "count", "inputSchema": ["type": "object"], "outputSchema": schema]], "resultType": "complete",
                // A cache would keep it: what is asked again must not come from there.
                "ttlMs": 1_000_000, "cacheScope": "private",
            ]
        }
    }

    private static let told = JSONRPCMessage.notification(JSONRPCNotification(method: "notifications/tools/list_changed"))

    private func client(_ server: Changing, _ revision: ProtocolRevision) async throws -> (Client, ScriptedTransport) {
        try await scriptedClient(revision, configuration: ClientConfiguration(responseCache: ResponseCache()), script: server.answer)
    }

    @Test(arguments: bothEras) func aToolWhoseOutputHasChangedCanBeCalled(_ revision: ProtocolRevision) async throws {
        let server = Changing()
        let (client, transport) = try await client(server, revision)
        _ = try await client.listTools()
        #expect(try await client.callTool("count").structuredContent == ["n": 1])
        server.change(type: "string", content: ["n": "one"])
        // Nobody has told: the content tells. The tools are listed once, and the call is not repeated.
        #expect(try await client.callTool("count").structuredContent == ["n": "one"])
        #expect(try await client.callTool("count").structuredContent == ["n": "one"])
        #expect(transport.methods.dropFirst() == ["tools/list", "tools/call", "tools/call", "tools/list", "tools/call"])
    }

    @Test(arguments: bothEras) func aChangeThatIsToldIsNotCheckedAgainstWhatWasBefore(_ revision: ProtocolRevision) async throws {
        let server = Changing()
        let (client, transport) = try await client(server, revision)
        _ = try await client.listTools()
        server.change(type: "string", content: ["n": "one"])
        await transport.emit(Self.told)
        #expect(try await client.callTool("count").structuredContent == ["n": "one"])
        #expect(transport.methods.dropFirst() == ["tools/list", "tools/call"])
    }

    @Test(arguments: bothEras) func contentThatDoesNotFitTheNewListIsAnError(_ revision: ProtocolRevision) async throws {
        let server = Changing()
        let (client, transport) = try await client(server, revision)
        _ = try await client.listTools()
        server.change(type: "integer", content: ["n": "one"])
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("count") }
        guard case .invalidStructuredContent(tool: "count", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.methods.dropFirst() == ["tools/list", "tools/call", "tools/list"])
    }

    @Test func aListThatFailsDoesNotHideWhatDoesNotFit() async throws {
        let server = Changing()
        let (client, _) = try await client(server, .latestHandshake)
        _ = try await client.listTools()
        server.change(type: "string", content: ["n": "one"])
        server.failLists()
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("count") }
        guard case .invalidStructuredContent(tool: "count", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test(arguments: bothEras) func aListThatFailsDoesNotHideTheErrorOfACall(_ revision: ProtocolRevision) async throws {
        let refusal = JSONRPCError(.invalidParams, "the date is in the past")
        let (client, transport) = try await scriptedClient(revision) { call in
            throw call.request.method == "tools/list" ? JSONRPCError(.internalError, "no list today") : refusal
        }
        let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("book") }
        #expect(error == refusal)
        #expect(transport.methods.dropFirst() == ["tools/call", "tools/list"])
    }

    /// A list that was asked for before a change, and comes after it, is of tools that are no more.
    @Test func aListThatAChangeHasOvertakenIsNotKept() async throws {
        let calls = Mutex(0)
        let (client, transport) = try await scriptedClient(.latest, binding: .http) { call in
            guard call.request.method == "tools/list" else { return ["content": [], "resultType": "complete"] }
            let isFirst = calls.withLock { calls in
                calls += 1
                return calls == 1
            }
            if isFirst { await call.emit(Self.told) }
            let header: JSONValue = isFirst ? "Old" : "New"
            let schema: JSONValue = ["type": "object", "properties": ["region": ["type": "string", "x-mcp-header": header]]]
            return ["tools": [["name": "query", "inputSchema": schema]], "resultType": "complete"]
        }
        _ = try await client.listTools()
        _ = try await client.callTool("query", ["region": "eu"])
        #expect(transport.methods == ["server/discover", "tools/list", "tools/list", "tools/call"])
        #expect(transport.metadata.last?.parameterHeaders.map(\.name) == ["Mcp-Param-New"])
    }
}
