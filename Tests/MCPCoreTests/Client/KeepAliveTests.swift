import MCPCore
import Synchronization
import TestSupport
import Testing

/// Pings that a client sends by itself (2025-11-25, basic/utilities/ping).
@Suite(.timeLimit(.minutes(1))) struct KeepAliveTests {
    private static let policy = KeepAlive(interval: .seconds(20), timeout: .seconds(5), maximumMisses: 2)
    /// So long that what watches over other requests wakes at no time that a test waits for.
    private static let long = Duration.seconds(600)

    /// Waits for each of those times in turn, and lets them come.
    private func pass(_ clock: StandingClock, _ times: [Int], from start: Int = 0) async {
        var now = start
        for time in times {
            await clock.waitForSleeper(until: .seconds(time))
            clock.advance(by: .seconds(time - now))
            now = time
        }
    }

    @Test func anIdleSessionIsSilentUnlessItIsToldOtherwise() async throws {
        let clock = StandingClock()
        let (client, transport) = try await scriptedClient(configuration: ClientConfiguration(clock: ClientClock(clock)))
        clock.advance(by: .seconds(36_000))
        _ = try await client.request("com.example/own")
        #expect(transport.methods == ["initialize", "com.example/own"])
        await client.close()
    }

    @Test func theServerIsPingedAtTheIntervalThatIsSet() async throws {
        let clock = StandingClock()
        let (pings, ping) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await scriptedClient(
            configuration: ClientConfiguration(requestTimeout: Self.long, keepAlive: Self.policy, clock: ClientClock(clock)),
            script: { call in
                if call.request.method == "ping" { ping.yield() }
                return [:]
            })
        var iterator = pings.makeAsyncIterator()
        await pass(clock, [20])
        _ = await iterator.next()
        await clock.waitForSleeper(until: .seconds(40))
        #expect(transport.methods == ["initialize", "ping"])
        clock.advance(by: .seconds(20))
        _ = await iterator.next()
        await clock.waitForSleeper(until: .seconds(60))
        #expect(transport.methods == ["initialize", "ping", "ping"])
        await client.close()
    }

    @Test func thePerRequestEraIsNotPinged() async throws {
        let clock = StandingClock()
        let (client, transport) = try await scriptedClient(
            .latest, configuration: ClientConfiguration(keepAlive: Self.policy, clock: ClientClock(clock)))
        clock.advance(by: .seconds(36_000))
        _ = try await client.request("com.example/own")
        #expect(transport.methods == ["server/discover", "com.example/own"])
        await client.close()
    }

    @Test func aServerThatRefusesPingsIsThere() async throws {
        let clock = StandingClock()
        let diagnostics = Collected<ClientDiagnostic>()
        let (client, transport) = try await scriptedClient(
            configuration: ClientConfiguration(
                requestTimeout: Self.long, keepAlive: Self.policy, diagnostics: diagnostics.add, clock: ClientClock(clock)),
            script: { _ in throw JSONRPCError(.methodNotFound, "no ping") })
        await pass(clock, [20, 40, 60])
        await clock.waitForSleeper(until: .seconds(80))
        #expect(transport.methods == ["initialize", "ping", "ping", "ping"])
        #expect(diagnostics.all.isEmpty && !transport.isClosed)
        await client.close()
    }

    /// A server that answers `initialize` and calls of `wait`, and never a ping.
    private final class Deaf: StreamConnector {
        let serverIdentity: String? = nil
        private let count = Mutex(0)
        var opened: Int { count.withLock(\.self) }

        func open() async throws -> StreamChannel {
            count.withLock { $0 += 1 }
            let server = Server("deaf", version: "1") {
                ServerTool(Tool(name: "wait")) { _, _ in
                    _ = try await silence()
                    return CallToolResult(text: "waited")
                }
            }
            var channel = try await InProcessTransport(server).open()
            channel.sink = WithoutPings(base: channel.sink)
            return channel
        }

        private struct WithoutPings: MessageSink {
            let base: any MessageSink
            func write(_ message: [UInt8]) async throws {
                if try JSONValue(parsing: message)["method"] == "ping" { return }
                try await base.write(message)
            }
        }
    }

    @Test func missedPingsAreLoggedAndEndTheConnection() async throws {
        let (clock, connector, diagnostics) = (StandingClock(), Deaf(), Collected<ClientDiagnostic>())
        let client = try await Client.connect(
            StreamClientTransport(connector),
            configuration: ClientConfiguration(era: .handshake, keepAlive: Self.policy, diagnostics: diagnostics.add, clock: ClientClock(clock)))
        let call = Task { try await client.callTool("wait") }
        await clock.waitForSleeper(until: .seconds(60))
        // A ping at 20 misses until 25, the next one at 45 until 50.
        await pass(clock, [20, 25, 45, 50])
        let end = await client.waitUntilEnd()
        #expect(end?.description.contains("did not answer a ping") == true)
        // What was under way fails as where the server has gone.
        await #expect(throws: TransportError.self) { _ = try await call.value }
        await #expect(throws: TransportError.self) { _ = try await client.callTool("wait") }
        let misses = diagnostics.all.compactMap { if case .pingFailed(_, let misses) = $0 { misses } else { nil } }
        #expect(misses == [1, 2])
        #expect(connector.opened == 1)
        await client.close()
    }

    @Test func aServerThatMissesPingsIsStartedAgainWhereThePolicySaysSo() async throws {
        let (clock, connector) = (StandingClock(), Deaf())
        let client = try await Client.connect(
            StreamClientTransport(connector),
            configuration: ClientConfiguration(
                era: .handshake, restart: RestartPolicy(shortestPause: .seconds(1)), keepAlive: KeepAlive(interval: .seconds(20), timeout: .seconds(5)),
                clock: ClientClock(clock)))
        await pass(clock, [20, 25, 26])
        #expect(try await client.listTools().map(\.name) == ["wait"])
        #expect(connector.opened == 2)
        await client.close()
    }

    /// Nobody answers while the server is being started again, and that is no fault of the one that comes.
    @Test func aPingThatFallsIntoARestartIsNoMiss() async throws {
        let (clock, connector, diagnostics) = (StandingClock(), Deaf(), Collected<ClientDiagnostic>())
        let client = try await Client.connect(
            StreamClientTransport(connector),
            configuration: ClientConfiguration(
                era: .handshake, restart: RestartPolicy(shortestPause: .seconds(40), longestPause: .seconds(60)),
                keepAlive: KeepAlive(interval: .seconds(20), timeout: .seconds(5)), diagnostics: diagnostics.add, clock: ClientClock(clock)))
        // A ping at 20 misses until 25; the server comes again at 65. The ping at 45 is given up at 50.
        await pass(clock, [20, 25])
        // Both count from 25: the next ping, and the restart, which another task begins.
        await clock.waitForSleeper(until: .seconds(65))
        await pass(clock, [45, 50, 65], from: 25)
        #expect(try await client.listTools().map(\.name) == ["wait"])
        let misses = diagnostics.all.compactMap { if case .pingFailed(_, let misses) = $0 { misses } else { nil } }
        #expect(misses == [1])
        #expect(connector.opened == 2)
        await client.close()
    }

    @Test func overHTTPAMissOpensANewSession() async throws {
        let clock = StandingClock()
        let pings = Mutex(0)
        let (client, transport) = try await scriptedClient(
            binding: .http,
            configuration: ClientConfiguration(
                requestTimeout: Self.long, keepAlive: KeepAlive(interval: .seconds(20), timeout: .seconds(5)), clock: ClientClock(clock)),
            script: { call in
                let isFirst = pings.withLock { pings in
                    pings += 1
                    return pings == 1
                }
                return isFirst ? try await silence() : [:]
            })
        await pass(clock, [20, 25, 45])
        await clock.waitForSleeper(until: .seconds(65))
        #expect(transport.methods == ["initialize", "ping", "initialize", "ping"])
        await client.close()
    }
}
