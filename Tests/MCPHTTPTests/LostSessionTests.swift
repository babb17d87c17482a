import ConformanceFixtures
import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import Synchronization
import TestSupport
import Testing

/// The server has ended the session (handshake era): the client opens a new one by itself.
@Suite(.timeLimit(.minutes(2))) struct LostSessionTests {
    private static let handshake = ClientConfiguration(era: .handshake)

    /// Ends a session behind its client's back.
    private static func delete(_ session: String?, at url: String) async throws {
        let response = try await rawRequest("DELETE", url, headers: [("mcp-session-id", try #require(session))])
        #expect(response.status == .noContent)
    }

    @Test func aCallOpensANewSessionAndIsSentAgain() async throws {
        try await withRunningServer { url in
            // The session's stream would find out too that it has ended, and open the new one first.
            let transport = CountingTransport(HTTPClientTransport(url: url), opensStream: false)
            try await withClient(ValidatedTransport(transport), configuration: Self.handshake) { client in
                let first = transport.base.sessionID
                try await Self.delete(first, at: url)
                let text = try await client.callTool("echo", ["message": "again"]).text
                #expect(text == "again")
                #expect(transport.base.sessionID != first && transport.base.sessionID != nil)
                #expect(transport.methods == ["initialize", "tools/call", "initialize", "tools/call"])
                #expect(client.agreement.serverInfo?.name == "conformance-server")
            }
        }
    }

    @Test func callsAtOnceOpenOneSession() async throws {
        try await withRunningServer { url in
            let transport = CountingTransport(HTTPClientTransport(url: url))
            try await withClient(transport, configuration: Self.handshake) { client in
                for round in 1...3 {
                    try await Self.delete(transport.base.sessionID, at: url)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in 0..<16 {
                            group.addTask {
                                let text = try await client.callTool("echo", ["message": .string("\(number)")]).text
                                #expect(text == "\(number)")
                            }
                        }
                        try await group.waitForAll()
                    }
                    #expect(transport.methods.count { $0 == "initialize" } == 1 + round)
                }
            }
        }
    }

    @Test func subscriptionsAndTheStreamComeBackWithoutACall() async throws {
        try await withRunningServer(configuration: HTTPHandlerConfiguration(retryInterval: .milliseconds(20))) { url in
            let transport = CountingTransport(HTTPClientTransport(url: url))
            try await withClient(ValidatedTransport(transport), configuration: Self.handshake) { client in
                let watched = "test://watched-resource"
                let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: [watched]))
                var iterator = changes.makeAsyncIterator()
                _ = try await client.callTool("test_trigger_resource_update")
                #expect(try await iterator.next() == .resourceUpdated(uri: watched))
                try await Self.delete(transport.base.sessionID, at: url)
                // What happened between the sessions was told to nobody, so that all of it counts as changed.
                #expect(try await iterator.next() == .toolsListChanged)
                #expect(try await iterator.next() == .resourceUpdated(uri: watched))
                _ = try await client.callTool("test_trigger_resource_update")
                #expect(try await iterator.next() == .resourceUpdated(uri: watched))
                #expect(transport.methods.count { $0 == "resources/subscribe" } == 2)
            }
        }
    }

    /// A tool that tells when it runs, and waits.
    private static func waiting(telling: Bool) -> (server: Server, began: AsyncStream<Void>, runs: Counter) {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let runs = Counter()
        let wait = ServerTool(Tool(name: "wait")) { _, context in
            _ = runs.next()
            if telling { try await context.progress(1) }
            begin.yield()
            try await Task.sleep(for: .seconds(600))
            return CallToolResult(text: "waited")
        }
        let ready = ServerTool(Tool(name: "ready")) { _, _ in CallToolResult(text: "yes") }
        return (
            Server("waiting", version: "1") {
                wait
                ready
            }, began, runs
        )
    }

    /// With one JSON body to come, and with a stream that has begun.
    @Test(arguments: [false, true]) func aCallUnderWayFailsAndIsNotRepeated(telling: Bool) async throws {
        let (server, began, runs) = Self.waiting(telling: telling)
        try await withRunningServer(server, configuration: HTTPHandlerConfiguration(retryInterval: .milliseconds(20))) { url in
            let transport = HTTPClientTransport(url: url)
            try await withClient(transport, configuration: Self.handshake) { client in
                let call = Task { try await client.callTool("wait", progress: { _ in }) }
                for await _ in began { break }
                try await Self.delete(transport.sessionID, at: url)
                await #expect(throws: TransportError.self) { try await call.value }
                let text = try await client.callTool("ready").text
                #expect(text == "yes")
                #expect(runs.count == 1)
            }
        }
    }

    @Test func aServerThatRefusesTheNewSessionIsNamed() async throws {
        let transport = RefusingTransport()
        try await withClient(transport, configuration: Self.handshake) { client in
            let error = try #require(await #expect(throws: ClientError.self) { _ = try await client.callTool("any") })
            #expect("\(error)".contains("could not be opened") && "\(error)".contains("full"))
            // The next call tries again.
            await #expect(throws: ClientError.self) { try await client.ping() }
            #expect(transport.initializations.count == 3)
        }
    }
}

/// Counts the requests that are sent, also those that fail.
private final class CountingTransport: ClientTransport {
    let base: HTTPClientTransport
    private let opensStream: Bool
    private let seen = Mutex<[String]>([])
    init(_ base: HTTPClientTransport, opensStream: Bool = true) {
        self.base = base
        self.opensStream = opensStream
    }

    var methods: [String] { seen.withLock { $0 } }
    var binding: TransportBinding { base.binding }
    var authorizationContext: String? { get async { await base.authorizationContext } }
    func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws { try await base.start(receive: receive, report: report) }
    func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        seen.withLock { $0.append(request.method) }
        return try await base.exchange(request, metadata: metadata, receive: receive)
    }
    func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws { try await base.send(message, metadata: metadata) }
    func handshakeCompleted(revision: ProtocolRevision) async throws { if opensStream { try await base.handshakeCompleted(revision: revision) } }
    func waitUntilListening() async { await base.waitUntilListening() }
    func whenSessionEnds(_ action: @escaping @Sendable () -> Void) { base.whenSessionEnds(action) }
    func abandon(_ error: TransportError) async { await base.abandon(error) }
    func close() async { await base.close() }
}

/// Opens one session, loses it at once, and opens no other.
private final class RefusingTransport: ClientTransport {
    let binding = TransportBinding.http
    let authorizationContext: String? = ""
    let initializations = Counter()
    func start(
        receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
    ) async throws {}
    func exchange(
        _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
    ) async throws -> JSONRPCResponse {
        guard request.method == "initialize" else { throw TransportError.sessionEnded }
        guard initializations.next() == 1 else { throw TransportError.httpStatus(503, body: "full") }
        let result: JSONObject = ["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "s", "version": "1"]]
        return JSONRPCResponse(id: request.id, result: .success(result))
    }
    func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws {}
    func abandon(_ error: TransportError) async {}
    func close() async {}
}
