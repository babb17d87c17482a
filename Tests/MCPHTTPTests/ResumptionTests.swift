import ConformanceFixtures
import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import Synchronization
import TestSupport
import Testing

/// Streams of the handshake era that are lost or closed, over real sockets.
@Suite(.timeLimit(.minutes(2))) struct ResumptionTests {
    private static let handshake = ClientConfiguration(era: .handshake)

    /// A clock on which waiting takes no time; it remembers how long it would have been.
    private final class HastyClock: Clock {
        private let state = Mutex((now: ContinuousClock.now, waits: [Duration]()))
        var now: ContinuousClock.Instant { state.withLock { $0.now } }
        var minimumResolution: Duration { .nanoseconds(1) }
        var waits: [Duration] { state.withLock { $0.waits } }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            try Task.checkCancellation()
            state.withLock { state in
                state.waits.append(state.now.duration(to: deadline))
                state.now = max(state.now, deadline)
            }
            await Task.yield()
        }
    }

    @Test func aServerThatClosesTheConnectionIsPolledWhenItSays() async throws {
        try await withRunningServer(configuration: HTTPHandlerConfiguration(retryInterval: .seconds(2))) { url in
            let clock = HastyClock()
            let transport = HTTPClientTransport(url: url, limits: HTTPClientLimits(clock: ClientClock(clock)))
            try await withClient(ValidatedTransport(transport), configuration: Self.handshake) { client in
                let text = try await client.callTool("test_reconnection").text
                #expect(text.contains("came back"))
                #expect(clock.waits.first == .seconds(2))
            }
        }
    }

    /// A call that goes on when the test says so, and then sends three messages.
    private static func gated() -> (server: Server, open: @Sendable () -> Void) {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "gated")) { _, context in
            try await context.progress(1)
            context.closeConnection(retryAfter: .milliseconds(20))
            for await _ in gate { break }
            for step in 2...4 { try await context.progress(Double(step)) }
            return CallToolResult(text: "through")
        }
        let other = ServerTool(Tool(name: "other")) { _, context in
            try await context.progress(100)
            return CallToolResult(text: "other")
        }
        return (
            Server("gated", version: "1") {
                tool
                other
            }, { open.yield() }
        )
    }

    @Test func nothingIsLostWhileNobodyReads() async throws {
        let (server, open) = Self.gated()
        try await withRunningServer(server) { url in
            let seen = Mutex<[Double]>([])
            try await withClient(HTTPClientTransport(url: url), configuration: Self.handshake) { client in
                let result = try await client.callTool("gated") { update in
                    seen.withLock { $0.append(update.progress) }
                    if update.progress == 1 { open() }
                }
                #expect(result.text == "through")
            }
            #expect(seen.withLock(\.self) == [1, 2, 3, 4])
        }
    }

    @Test func aStreamIsReplayedAloneAndOnlyToItsSession() async throws {
        let (server, open) = Self.gated()
        try await withRunningServer(server) { url in
            let (session, stranger) = (try await RawSession(url), try await RawSession(url))
            let (events, last) = try await session.call("gated", id: 1)
            #expect(events.map { $0["params"]?["progress"] } == [1])
            let (others, _) = try await session.call("other", id: 2)
            #expect(others.last?["id"] == 2)
            open()
            let (rest, _) = try await session.events(after: last)
            #expect(rest.map { $0["params"]?["progress"] ?? $0["id"] } == [2, 3, 4, 1])
            let refused = try await stranger.get(after: last)
            #expect(refused.status == .badRequest)
        }
    }

    @Test func aStreamWithAGapIsRefusedAndTheClientSaysSo() async throws {
        let (server, open) = Self.gated()
        let configuration = HTTPHandlerConfiguration(eventStore: MemoryEventStore(maximumEvents: 2))
        try await withRunningServer(server, configuration: configuration) { url in
            let session = try await RawSession(url)
            let (_, last) = try await session.call("gated", id: 1)
            open()
            // The first event has gone by the time that four more have come.
            try await session.waitUntilAnswered(id: 1)
            let refused = try await session.get(after: last)
            #expect(refused.status == .badRequest)
            let text = String(decoding: try await refused.body.collect(upTo: 4096).readableBytesView, as: UTF8.self)
            #expect(text.contains("kept no more"))
        }
    }

    @Test func aSecondStreamIsOpenedAfterTheFirstWasClosed() async throws {
        try await withRunningServer { url in
            let session = try await RawSession(url)
            for id in 1...3 {
                let response = try await session.get(after: nil)
                #expect(response.status == .ok)
                _ = try await session.call("test_trigger_tool_change", id: id)
                #expect(try await session.first(of: response)?["method"] == "notifications/tools/list_changed")
                // The response is let go, and its connection closed, before the stream has ended.
            }
        }
    }

    @Test func aWaitThatIsTooLongIsAnError() async throws {
        let (server, _) = Self.gated()
        try await withRunningServer(server) { url in
            let limits = HTTPClientLimits(maximumRetry: .milliseconds(10))
            try await withClient(HTTPClientTransport(url: url, limits: limits), configuration: Self.handshake) { client in
                let error = try #require(await #expect(throws: TransportError.self) { _ = try await client.callTool("gated") })
                guard case .limit(let reason) = error else {
                    Issue.record("a limit was expected, not \(error)")
                    return
                }
                #expect(reason.contains("0.02 seconds"))
            }
        }
    }

    /// The answer to a call that sends an event and loses its connection.
    private static func lost(_ request: CannedServer.Request, event: String) -> CannedServer.Answer {
        let progress: JSONValue = [
            "jsonrpc": "2.0", "method": "notifications/progress",
            "params": ["progressToken": request.body?["params"]?["_meta"]?["progressToken"] ?? .null, "progress": 1],
        ]
        return .stream(["retry: 2000\nid: \(event)\ndata: \(progress.serializedString)\n\n"])
    }

    @Test func aServerThatDoesNotComeBackIsGivenUp() async throws {
        let server = CannedServer { request in
            switch request.body?["method"]?.string {
            case "initialize": .session(request, id: "one", capabilities: ["tools": [:]])
            case "tools/call": Self.lost(request, event: "1-1")
            case nil where request.method == "GET": CannedServer.Answer(status: request["last-event-id"].isEmpty ? 405 : 503)
            default: CannedServer.Answer(status: 202)
            }
        }
        try await server.run { url in
            let transport = HTTPClientTransport(url: url, limits: HTTPClientLimits(maximumResumptions: 4, clock: ClientClock(HastyClock())))
            try await withClient(transport, configuration: Self.handshake) { client in
                let error = try #require(await #expect(throws: TransportError.self) { _ = try await client.callTool("gated") { _ in } })
                #expect("\(error)".contains("in 4 attempts"))
            }
        }
        #expect(server.requests.count { !$0["last-event-id"].isEmpty } == 4)
    }

    /// In a newer session the same event id means something else.
    @Test func aStreamIsTakenUpInItsOwnSession() async throws {
        let clock = StandingClock()
        let sessions = Mutex(0)
        let server = CannedServer { request in
            let isOfTheFirst = request["mcp-session-id"] == ["session 1"]
            switch request.body?["method"]?.string {
            case "initialize":
                let number = sessions.withLock { sessions in
                    sessions += 1
                    return sessions
                }
                return .session(request, id: "session \(number)", capabilities: ["tools": [:]])
            case "tools/call" where request.body?["params"]?["name"] == "lost": return Self.lost(request, event: "1-1")
            case "tools/call" where isOfTheFirst: return CannedServer.Answer(status: 404)
            case "tools/call":
                let result: JSONValue = ["content": [["type": "text", "text": "of the second"]]]
                return CannedServer.Answer(body: ["jsonrpc": "2.0", "id": request.body?["id"] ?? .null, "result": result])
            case nil where request.method == "GET" && !request["last-event-id"].isEmpty: return CannedServer.Answer(status: isOfTheFirst ? 404 : 500)
            case nil where request.method == "GET": return CannedServer.Answer(status: 405)
            default: return CannedServer.Answer(status: 202)
            }
        }
        try await server.run { url in
            let transport = HTTPClientTransport(url: url, limits: HTTPClientLimits(clock: ClientClock(clock)))
            try await withClient(transport, configuration: Self.handshake) { client in
                let lost = Task { try await client.callTool("lost") { _ in } }
                await clock.waitForSleeper(until: .seconds(2))
                #expect(try await client.callTool("other").text == "of the second")
                clock.advance(by: .seconds(2))
                let error = try #require(await #expect(throws: TransportError.self) { _ = try await lost.value })
                #expect("\(error)".contains("ended the session while the request ran"))
            }
        }
        #expect(server.requests.filter { !$0["last-event-id"].isEmpty }.map { $0["mcp-session-id"] } == [["session 1"]])
    }
}
