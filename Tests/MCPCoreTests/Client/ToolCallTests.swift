import MCPCore
import Synchronization
import Testing
import TestSupport

/// Calls of tools: what is done about headers that do not fit, tools that only run as tasks, and progress of several at once.
@Suite(.timeLimit(.minutes(1))) struct ToolCallTests {
    // MARK: Headers

    private static let mismatch = JSONRPCError(.headerMismatch, "Mcp-Param-New is missing")

    /// A server over HTTP whose tool has changed since it was listed: it wants another header, and says so with status 400.
    private func changing(
        fails: Int, with refusal: any Error = TransportError.httpStatus(400, body: "", error: mismatch)
    ) async throws -> (Client, ScriptedTransport) {
        let calls = Mutex(0)
        return try await scriptedClient(.latest, binding: .http) { call in
            if call.request.method == "tools/list" {
                let header: JSONValue = calls.withLock { $0 } == 0 ? "Old" : "New"
                let schema: JSONValue = ["type": "object", "properties": ["region": ["type": "string", "x-mcp-header": header]]]
                // A cache would keep it: what is asked again must not come from there.
                return ["tools": [["name": "query", "inputSchema": schema]], "ttlMs": 1_000_000, "cacheScope": "public", "resultType": "complete"]
            }
            let number = calls.withLock { calls in
                calls += 1
                return calls
            }
            if number <= fails { throw refusal }
            return ["content": [["type": "text", "text": "done"]], "resultType": "complete"]
        }
    }

    /// 2026-07-28, streamable-http, "Client Behavior".
    @Test func aHeaderMismatchMakesTheClientListAnewAndCallAgain() async throws {
        let (client, transport) = try await changing(fails: 1)
        #expect(try await client.callTool("query", ["region": "eu"]).text == "done")
        #expect(transport.methods == ["server/discover", "tools/list", "tools/call", "tools/list", "tools/call"])
        let sent = zip(transport.methods, transport.metadata).filter { $0.0 == "tools/call" }.map { $0.1.parameterHeaders.map { "\($0.name)=\($0.value)" } }
        #expect(sent == [["Mcp-Param-Old=eu"], ["Mcp-Param-New=eu"]])
        #expect(transport.requests.filter { $0.method == "tools/call" }.map { $0.params["arguments"] } == [["region": "eu"], ["region": "eu"]])
    }

    @Test func aSecondHeaderMismatchIsAnError() async throws {
        let (client, transport) = try await changing(fails: 2)
        let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("query", ["region": "eu"]) }
        #expect(error?.code == .headerMismatch)
        #expect(transport.methods.count { $0 == "tools/call" } == 2)
    }

    /// The same code in any other answer may come from the tool itself, which has run then.
    @Test(arguments: [mismatch, TransportError.httpStatus(200, body: "", error: mismatch)] as [any Error])
    func aMismatchThatIsNoRefusalIsNotCalledAgain(_ error: any Error) async throws {
        let (client, transport) = try await changing(fails: 1, with: error)
        let thrown = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("query", ["region": "eu"]) }
        #expect(thrown == Self.mismatch)
        #expect(transport.methods == ["server/discover", "tools/list", "tools/call"])
    }

    /// Headers are of Streamable HTTP in the per-request era; elsewhere the code means something else, whatever it comes in.
    @Test(arguments: [(ProtocolRevision.latest, TransportBinding.stream), (.latestHandshake, .stream), (.latestHandshake, .http)])
    func whereNoHeaderIsSentNothingIsCalledAgain(_ revision: ProtocolRevision, _ binding: TransportBinding) async throws {
        for refusal in [Self.mismatch, TransportError.httpStatus(400, body: "", error: Self.mismatch)] as [any Error] {
            let (client, transport) = try await scriptedClient(revision, binding: binding) { _ in throw refusal }
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("query") }
            #expect(error == Self.mismatch)
            #expect(transport.methods.dropFirst() == ["tools/call"])
        }
    }

    @Test func aListThatFailsDoesNotHideTheMismatch() async throws {
        let lists = Mutex(0)
        let (client, _) = try await scriptedClient(.latest, binding: .http) { call in
            guard call.request.method == "tools/list" else { throw TransportError.httpStatus(400, body: "", error: Self.mismatch) }
            let isFirst = lists.withLock { lists in
                lists += 1
                return lists == 1
            }
            if isFirst { return ["tools": [], "resultType": "complete"] }
            throw TransportError.unreachable("gone")
        }
        let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("query") }
        #expect(error == Self.mismatch)
    }

    // MARK: Tasks of 2025-11-25

    private static func tools(_ supports: [String?]) -> JSONValue {
        .array(
            supports.map { support in
                var tool: JSONObject = ["name": .string(support ?? "none"), "inputSchema": ["type": "object"]]
                if let support { tool["execution"] = ["taskSupport": .string(support)] }
                return .object(tool)
            })
    }

    private static let tasks: JSONValue = ["requests": ["tools": ["call": [:]]], "list": [:], "cancel": [:]]

    /// 2025-11-25, basic/utilities/tasks, "Capability Negotiation" and "Tool-Level Negotiation": the client makes no tasks, whatever is declared.
    @Test(arguments: [["tools": [:], "tasks": tasks], ["tools": [:]]] as [JSONValue]) func noCallIsATask(_ capabilities: JSONValue) async throws {
        let supports = [nil, "forbidden", "optional"] + (capabilities["tasks"] == nil ? ["required"] : [])
        let (client, transport) = try await scriptedClient(.v2025_11_25, capabilities: capabilities) { call in
            call.request.method == "tools/list" ? ["tools": Self.tools(supports)] : ["content": []]
        }
        #expect(transport.requests[0].params["capabilities"]?["tasks"] == nil)
        for tool in try await client.listTools() { _ = try await client.callTool(tool.name) }
        let calls = transport.requests.filter { $0.method == "tools/call" }
        #expect(calls.count == supports.count)
        #expect(calls.allSatisfy { $0.params["task"] == nil })
    }

    @Test func aToolThatRunsOnlyAsATaskIsNotCalledWithoutOne() async throws {
        let (client, transport) = try await scriptedClient(.v2025_11_25, capabilities: ["tools": [:], "tasks": Self.tasks]) { call in
            call.request.method == "tools/list" ? ["tools": Self.tools(["required"])] : ["content": []]
        }
        #expect(try await client.listTools().map(\.name) == ["required"])
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("required") }
        guard case .taskRequired(tool: "required")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(transport.methods == ["initialize", "tools/list"])
    }

    @Test func aServerTakesNoNoticeOfATask() async throws {
        let server = Server("plain", version: "1") { ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "done") } }
        try await withFeatures(of: server, .v2025_11_25) { (client: Client) async throws -> Void in
            let result = try await client.request("tools/call", ["name": "t", "arguments": [:], "task": ["ttl": 60_000]])
            #expect(result == ["content": [["type": "text", "text": "done"]]])
        }
    }

    // MARK: Progress

    /// Two calls that run at the same time: each has a token of its own, and hears of its own progress alone.
    @Test(arguments: bothEras) func callsAtOnceHaveTokensOfTheirOwn(_ revision: ProtocolRevision) async throws {
        let running = Mutex(0)
        let (both, start) = AsyncStream<Void>.makeStream()
        let server = Server("progress", version: "1") {
            ServerTool(Tool(name: "count", inputSchema: ["type": "object", "properties": ["from": ["type": "integer"]]])) { arguments, context in
                let from = arguments.object["from"]?.integer ?? 0
                let isSecond = running.withLock { running in
                    running += 1
                    return running == 2
                }
                if isSecond { start.finish() }
                for await _ in both {}
                for step in 0..<3 { try await context.progress(Double(from) + Double(step)) }
                return CallToolResult(text: "\(from)")
            }
        }
        let tape = MessageTape(.inProcess(server))
        try await withClient(ValidatedTransport(tape), configuration: ClientConfiguration(era: .pinned(revision))) { client in
            /// The call that heard it, and the progress.
            let heard = Collected<[Int]>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for from in [10, 20] {
                    group.addTask {
                        let result = try await client.callTool("count", ["from": .integer(Int64(from))]) { update in
                            heard.add([from, Int(update.progress)])
                        }
                        #expect(result.text == "\(from)")
                    }
                }
                try await group.waitForAll()
            }
            for from in [10, 20] { #expect(heard.all.filter { $0[0] == from }.map { $0[1] } == [from, from + 1, from + 2]) }
        }
        let tokens = tape.requests.filter { $0.method == "tools/call" }.compactMap { $0.params["_meta"]?[MetaKey.progressToken] }
        #expect(tokens.count == 2 && Set(tokens).count == 2)
    }
}
