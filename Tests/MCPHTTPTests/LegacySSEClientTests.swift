import ConformanceFixtures
import MCPHTTP
import MCPHTTPServer
import Synchronization
import TestSupport
import Testing

@testable import MCPCore
@testable import MCPHTTPClient

/// Our client with servers that speak only the HTTP+SSE transport of 2024-11-05, over sockets.
@Suite(.timeLimit(.minutes(2))) struct LegacySSEClientTests {
    private static func withLegacyServer(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        try await withRunningServer(configuration: HTTPHandlerConfiguration(servesLegacySSE: true)) { url in
            // The path of the event stream takes no POST, as with a server that has nothing else.
            try await body(url.replacing("/mcp", with: "/sse"))
        }
    }

    @Test(arguments: [EraSelection.auto, .handshake]) func theClientFallsBack(_ era: EraSelection) async throws {
        try await Self.withLegacyServer { url in
            var configuration = ClientConfiguration(era: era)
            configuration.input.elicit = { $0.message.hasPrefix("Who") ? .accept(["name": "Ada"]) : .accept(["confirm": true]) }
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: configuration) { client in
                #expect(client.revision == .v2025_11_25)
                #expect(try await client.callTool("echo", ["message": "hi"]).text == "hi")
                let large = String(repeating: "é", count: 500_000)
                #expect(try await client.callTool("echo", ["message": .string(large)]).text == large)
                #expect(try await client.callTool("ask_twice", ["event": "the fair"]).text == "Ticket 1 to the fair is Ada's.")
                var changes = try await client.changes(SubscriptionFilter(toolsListChanged: true)).makeAsyncIterator()
                _ = try await client.callTool("test_trigger_tool_change")
                #expect(try await changes.next() == .toolsListChanged)
            }
        }
    }

    @Test func callsAtOnceGetTheirOwnAnswersAndACancelledOneIsTold() async throws {
        try await Self.withLegacyServer { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .handshake)) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<16 {
                        group.addTask {
                            let text = try await client.callTool("echo", ["message": .string("\(number)")]).text
                            #expect(text == "\(number)")
                        }
                    }
                    try await group.waitForAll()
                }
                // On a busy machine a call may be over before it has been sent: nobody is told of that one.
                repeat {
                    let call = Task { try await client.callTool("sleep", ["milliseconds": 60_000], options: RequestOptions(timeout: .milliseconds(200))) }
                    await #expect(throws: ClientError.self) { _ = try await call.value }
                } while try await client.call("count_cancelled", as: Int.self) == 0
            }
        }
    }

    @Test func theEndOfTheServerFailsWhatRuns() async throws {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let server = Server("waiting", version: "1") {
            ServerTool(Tool(name: "wait")) { _, _ in
                begin.yield()
                try await Task.sleep(for: .seconds(600))
                return CallToolResult()
            }
        }
        let (calls, called) = AsyncStream.makeStream(of: (Client, Task<CallToolResult, any Error>).self)
        try await withRunningServer(server, configuration: HTTPHandlerConfiguration(servesLegacySSE: true)) { url in
            let transport = HTTPClientTransport(url: url.replacing("/mcp", with: "/sse"))
            let client = try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake))
            called.yield((client, Task { try await client.callTool("wait") }))
            for await _ in began { break }
        }
        var iterator = calls.makeAsyncIterator()
        let (client, call) = try #require(await iterator.next())
        await #expect(throws: TransportError.self) { _ = try await call.value }
        // The next request would open the stream again.
        #expect(await client.waitUntilEnd() == nil)
        await client.close()
    }

    /// A server of 2024-11-05 whose event streams can be cut.
    private final class CutServer: Sendable {
        private let stream = Mutex<AsyncStream<String>.Continuation?>(nil)

        func answer(_ request: CannedServer.Request) -> CannedServer.Answer {
            switch (request.method, request.path) {
            case ("GET", _):
                let (events, event) = AsyncStream.makeStream(of: String.self)
                event.yield("event: endpoint\ndata: /messages\n\n")
                stream.withLock { $0 = event }
                return .init(events: events)
            case ("POST", "/messages"):
                if let id = request.body?["id"] {
                    let isInitialize = request.body?["method"] == "initialize"
                    let opened: JSONValue = [
                        "protocolVersion": "2024-11-05", "capabilities": ["tools": ["listChanged": true]], "serverInfo": ["name": "old", "version": "1"],
                    ]
                    let response: JSONValue = ["jsonrpc": "2.0", "id": id, "result": isInitialize ? opened : [:]]
                    _ = stream.withLock { $0?.yield("event: message\ndata: \(response.serializedString)\n\n") }
                }
                return .init(status: 202)
            default: return .init(status: 405)
            }
        }

        func cut() { stream.withLock { $0?.finish() } }
    }

    /// Also where nobody asks for anything: who listens is told that something may have changed.
    @Test(arguments: [true, false]) func aStreamThatWasCutIsOpenedAgain(byACall: Bool) async throws {
        let old = CutServer()
        let server = CannedServer { old.answer($0) }
        try await server.run { url in
            // Without a call it is the transport that finds out, after a pause.
            let limits = HTTPClientLimits(defaultRetry: byACall ? .seconds(600) : .milliseconds(1))
            let transport = HTTPClientTransport(url: url, limits: limits)
            try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
                var changes = try await client.changes(SubscriptionFilter(toolsListChanged: true)).makeAsyncIterator()
                try await client.ping()
                old.cut()
                if byACall {
                    _ = await transport.legacy?.waitUntilEnd()
                    _ = try await client.request("ping", options: RequestOptions(headers: [("X-Tenant", "a")]))
                }
                #expect(try await changes.next() == .toolsListChanged)
                try await client.ping()
            }
        }
        let methods = server.requests.filter { $0.path == "/messages" }.compactMap { $0.body?["method"]?.string }
        let opening = ["initialize", "notifications/initialized"]
        #expect(methods == opening + ["ping"] + opening + (byACall ? ["ping", "ping"] : ["ping"]))
        #expect(server.requests.count { $0.method == "GET" } == 2)
        // The headers of a call travel with it here too.
        #expect(server.requests.filter { $0["x-tenant"] == ["a"] }.map { $0.body?["method"] } == (byACall ? ["ping"] : []))
    }

    /// A stream that says nothing any more still looks open: the opening of a session does not go by it.
    @Test func aStreamThatIsSilentIsReplaced() async throws {
        let old = CutServer()
        let server = CannedServer { old.answer($0) }
        try await server.run { url in
            let transport = HTTPClientTransport(url: url)
            try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
                let first = transport.legacy
                try await client.connection.openSession()
                try await client.ping()
                #expect(first != nil && transport.legacy !== first && first?.isConnected == false)
            }
        }
        #expect(server.requests.count { $0.method == "GET" } == 2)
    }

    @Test func aServerThatHasNeitherIsNamedWithBothReasons() async throws {
        try await withRunningServer { url in
            let nowhere = url.replacing("/mcp", with: "/nothing")
            let error = try #require(
                await #expect(throws: (any Error).self) {
                    _ = try await Client.connect(HTTPClientTransport(url: nowhere), configuration: ClientConfiguration(era: .handshake))
                })
            #expect("\(error)".contains("404") && "\(error)".contains("HTTP+SSE"), "\(error)")
        }
    }

    @Test(
        arguments: [
            ("/messages?sessionId=1", "https://a.example/sse", "https://a.example/messages?sessionId=1"),
            ("messages", "https://a.example:8443/x/sse", "https://a.example:8443/x/messages"),
            ("https://A.example:443/m", "https://a.example/sse", "https://A.example:443/m"),
            ("https://b.example/m", "https://a.example/sse", nil),
            ("//b.example/m", "https://a.example/sse", nil),
            ("http://a.example/m", "https://a.example/sse", nil),
            ("https://a.example:444/m", "https://a.example/sse", nil),
            ("https://a.example@b.example/m", "https://a.example/sse", nil),
            ("https://user:password@a.example/m", "https://a.example/sse", nil),
            ("javascript:x", "https://a.example/sse", nil),
        ] as [(String, String, String?)])
    func onlyAnEndpointOfTheSameOriginIsUsed(_ endpoint: String, _ stream: String, _ expected: String?) {
        if let expected {
            #expect((try? LegacySSEConnector.url(endpoint, from: stream)) == expected)
        } else {
            #expect(throws: TransportError.self) { try LegacySSEConnector.url(endpoint, from: stream) }
        }
    }
}
