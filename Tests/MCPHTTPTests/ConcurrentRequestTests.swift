import ConformanceFixtures
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPHTTPClient

/// Many requests of one client at once, and what must not wait behind them.
@Suite(.timeLimit(.minutes(1))) struct ConcurrentRequestTests {
    /// Lets those that come through once all of them are there.
    private final class Gathering: Sendable {
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let count: Int

        init(_ count: Int) { self.count = count }

        func wait() async {
            await withCheckedContinuation { continuation in
                let complete = waiting.withLock { waiting in
                    waiting.append(continuation)
                    return waiting.count == count ? waiting : []
                }
                for continuation in complete { continuation.resume() }
            }
        }
    }

    private static func configuration(_ era: EraSelection, clock: ClientClock = .continuous) -> ClientConfiguration {
        ClientConfiguration(
            era: era, input: ClientInputHandlers(elicit: { $0.message.hasPrefix("Who") ? .accept(["name": "Ada"]) : .accept(["confirm": true]) }),
            elicitationLimit: nil, clock: clock)
    }

    private static func transport(_ url: String, atOnce: Int) -> HTTPClientTransport {
        HTTPClientTransport(url: url, limits: HTTPClientLimits(maximumConcurrentRequests: atOnce))
    }

    /// Until so many requests wait for their turn.
    private static func wait(for count: Int, _ transport: HTTPClientTransport) async {
        while transport.turns.waitingCount < count { await Task.yield() }
    }

    /// More than fit into the pool that there once was: those on top failed after the time that a connection may take.
    @Test(arguments: ClientServerTests.eras) func eightyCallsMayWaitForEachOther(era: EraSelection) async throws {
        let gathering = Gathering(80)
        let tool = ServerTool(Tool(name: "gather")) { _, _ in
            await gathering.wait()
            return CallToolResult(text: "all are here")
        }
        try await withRunningServer(Server("gathering", version: "1") { tool }) { url in
            try await withClient(HTTPClientTransport(url: url), configuration: Self.configuration(era)) { client in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<80 { group.addTask { try await client.callTool("gather").text } }
                    for try await text in group { #expect(text == "all are here") }
                }
            }
        }
    }

    /// Each call ends only with the answers to its questions, and the first one holds all the room that there is for calls.
    @Test(arguments: ClientServerTests.eras) func answersDoNotWaitBehindCalls(era: EraSelection) async throws {
        try await withRunningServer { url in
            try await withClient(Self.transport(url, atOnce: 1), configuration: Self.configuration(era)) { client in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<5 { group.addTask { try await client.callTool("ask_twice", ["event": "Gala"]).text } }
                    for try await text in group { #expect(text.hasSuffix("to Gala is Ada's.")) }
                }
            }
        }
    }

    /// Whoever follows many tasks has an open subscription for each.
    @Test func callsDoNotWaitBehindSubscriptions() async throws {
        try await withRunningServer { url in
            try await withClient(Self.transport(url, atOnce: 1), configuration: Self.configuration(.pinned(.v2026_07_28))) { client in
                let first = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                let second = try await client.changes(SubscriptionFilter(promptsListChanged: true))
                #expect(try await client.callTool("echo", ["message": "at once"]).text == "at once")
                first.cancel()
                second.cancel()
            }
        }
    }

    @Test func aCallBehindACallWaitsAsLongAsItMay() async throws {
        let clock = StandingClock()
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let wait = ServerTool(Tool(name: "wait")) { _, _ in
            begin.yield()
            for await _ in gate { break }
            return CallToolResult(text: "waited")
        }
        let quick = ServerTool(Tool(name: "quick")) { _, _ in CallToolResult(text: "its turn") }
        let server = Server("waiting", version: "1") {
            wait
            quick
        }
        try await withRunningServer(server) { url in
            let transport = Self.transport(url, atOnce: 1)
            try await withClient(transport, configuration: Self.configuration(.pinned(.v2026_07_28), clock: ClientClock(clock))) { client in
                _ = try await client.listTools()
                let first = Task { try await client.callTool("wait", options: RequestOptions(timeout: .seconds(600))) }
                for await _ in began { break }
                let late = Task { try await client.callTool("quick") }
                await Self.wait(for: 1, transport)
                clock.advance(by: .seconds(60))
                let error = await #expect(throws: ClientError.self) { _ = try await late.value }
                guard case .timedOut(method: "tools/call", after: .seconds(60))? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                let cancelled = Task { try await client.callTool("quick") }
                await Self.wait(for: 1, transport)
                cancelled.cancel()
                await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
                // Those that were given up have left the queue.
                let call = Task { try await client.callTool("quick").text }
                await Self.wait(for: 1, transport)
                open.yield()
                #expect(try await call.value == "its turn")
                #expect(try await first.value.text == "waited")
            }
        }
    }

    @Test func aPingDoesNotWaitBehindCallsAndClosingEndsTheWaiting() async throws {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "wait")) { _, _ in
            begin.yield()
            try await Task.sleep(for: .seconds(600))
            return CallToolResult(text: "waited")
        }
        try await withRunningServer(Server("waiting", version: "1") { tool }) { url in
            let transport = Self.transport(url, atOnce: 1)
            let client = try await Client.connect(transport, configuration: Self.configuration(.handshake))
            let running = Task { try await client.callTool("wait") }
            for await _ in began { break }
            try await client.ping()
            let waiting = Task { try await client.callTool("wait") }
            await Self.wait(for: 1, transport)
            await client.close()
            await #expect(throws: TransportError.closed("the client has been closed")) { _ = try await waiting.value }
            await #expect(throws: (any Error).self) { _ = try await running.value }
        }
    }
}
