import MCPCore
import Synchronization
import TestSupport
import Testing

/// A server on a stream that goes by itself is started again, as the policy says.
@Suite(.timeLimit(.minutes(1))) struct RestartTests {
    static let eras: [EraSelection] = [.handshake, .pinned(.v2026_07_28)]

    /// Servers in this process that can be made to go, and to fail to start.
    private final class Servers: StreamConnector {
        private struct State {
            var opened = 0
            var failures = 0
            var channel: StreamChannel?
            var began: [CheckedContinuation<Void, Never>] = []
            var calls = 0
        }
        private let state = Mutex(State())
        let serverIdentity: String? = nil

        var opened: Int { state.withLock { $0.opened } }
        var calls: Int { state.withLock { $0.calls } }

        func failNext(_ count: Int) { state.withLock { $0.failures = count } }
        func kill() async { await state.withLock { $0.channel }?.close() }

        func open() async throws -> StreamChannel {
            let isFailing = state.withLock { state in
                guard state.failures > 0 else { return false }
                state.failures -= 1
                return true
            }
            if isFailing { throw TransportError.unreachable("no such program") }
            let number = state.withLock { state in
                state.opened += 1
                return state.opened
            }
            let channel = try await InProcessTransport(server(number)).open()
            state.withLock { $0.channel = channel }
            return channel
        }

        /// Waits until `wait` runs.
        func waitForCall() async {
            await withCheckedContinuation { continuation in
                let runs = state.withLock { state in
                    if state.calls > 0 { return true }
                    state.began.append(continuation)
                    return false
                }
                if runs { continuation.resume() }
            }
        }

        private func server(_ number: Int) -> Server {
            Server("server", version: "1", configuration: ServerConfiguration(offersLogging: true)) {
                ServerTool(Tool(name: "number")) { _, _ in CallToolResult(text: "\(number)") }
                ServerTool(Tool(name: "level")) { _, context in CallToolResult(text: context.peer.logLevel?.rawValue ?? "none") }
                ServerTool(Tool(name: "wait")) { [self] _, _ in
                    let began = state.withLock { state in
                        state.calls += 1
                        defer { state.began = [] }
                        return state.began
                    }
                    for continuation in began { continuation.resume() }
                    try await Task.sleep(for: .seconds(600))
                    return CallToolResult(text: "waited")
                }
                ServerResource(Resource(uri: "test://watched", name: "watched")) { _ in
                    ReadResourceResult([ResourceContents(uri: "test://watched", text: "\(number)")], cache: CacheHint(ttlMilliseconds: 3_600_000))
                }
            }
        }
    }

    private func withClient(
        _ era: EraSelection, policy: RestartPolicy? = RestartPolicy(maximumRestarts: 3, shortestPause: .seconds(1), longestPause: .seconds(3)),
        cache: ResponseCache? = nil, _ body: (Client, Servers, StandingClock) async throws -> Void
    ) async throws {
        let (servers, clock) = (Servers(), StandingClock())
        let configuration = ClientConfiguration(era: era, responseCache: cache, restart: policy, clock: ClientClock(clock))
        let client = try await Client.connect(StreamClientTransport(servers), configuration: configuration)
        do { try await body(client, servers, clock) } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    @Test(arguments: eras) func aServerThatGoesWhileNothingRunsIsStartedAgain(_ era: EraSelection) async throws {
        try await withClient(era) { client, servers, clock in
            let before = try await client.callTool("number").text
            #expect(before == "1")
            await servers.kill()
            // Nobody has asked for anything.
            await clock.waitForSleeper(until: .seconds(1))
            let call = Task { try await client.callTool("number").text }
            clock.advance(by: .seconds(1))
            #expect(try await call.value == "2")
            #expect(servers.opened == 2)
        }
    }

    @Test(arguments: eras) func aCallUnderWayFailsAndIsNotRepeated(_ era: EraSelection) async throws {
        try await withClient(era) { client, servers, clock in
            let call = Task { try await client.callTool("wait") }
            await servers.waitForCall()
            await servers.kill()
            let error = try #require(await #expect(throws: TransportError.self) { _ = try await call.value })
            guard case .closed = error else {
                Issue.record("the connection was closed, not \(error)")
                return
            }
            await clock.waitForSleeper(until: .seconds(1))
            clock.advance(by: .seconds(1))
            let number = try await client.callTool("number").text
            #expect(number == "2")
            #expect(servers.calls == 1)
        }
    }

    @Test func whatMayHaveChangedIsNotTakenFromTheCache() async throws {
        try await withClient(.pinned(.latest), cache: ResponseCache()) { client, servers, clock in
            var changes = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["test://watched"])).makeAsyncIterator()
            func read() async throws -> ResourceContents? { try await client.readResource("test://watched").contents.first }
            #expect(try await read() == ResourceContents(uri: "test://watched", text: "1"))
            await servers.kill()
            await clock.waitForSleeper(until: .seconds(1))
            clock.advance(by: .seconds(1))
            #expect(try await changes.next() == .resourceUpdated(uri: "test://watched"))
            #expect(try await read() == ResourceContents(uri: "test://watched", text: "2"))
        }
    }

    @Test(arguments: eras) func whatTheServerWasToldIsToldAgain(_ era: EraSelection) async throws {
        try await withClient(era) { client, servers, clock in
            try await client.setLogLevel(.error)
            let filter = SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: ["test://watched"])
            var changes = try await client.changes(filter).makeAsyncIterator()
            await servers.kill()
            await clock.waitForSleeper(until: .seconds(1))
            clock.advance(by: .seconds(1))
            // What changed while there was no server was told to nobody, so that all of it counts as changed.
            #expect(try await changes.next() == .toolsListChanged)
            #expect(try await changes.next() == .resourceUpdated(uri: "test://watched"))
            let level = try await client.callTool("level").text
            #expect(level == "error")
        }
    }

    @Test(arguments: eras) func afterTheLastTryTheConnectionIsOver(_ era: EraSelection) async throws {
        try await withClient(era) { client, servers, clock in
            var changes = try await client.changes(SubscriptionFilter(toolsListChanged: true)).makeAsyncIterator()
            servers.failNext(3)
            await servers.kill()
            // Each pause is twice as long as the one before, up to the longest.
            var time = Duration.zero
            for pause in [1, 2, 3] {
                time += .seconds(pause)
                await clock.waitForSleeper(until: time)
                clock.advance(by: .seconds(pause))
            }
            let end = await client.waitUntilEnd()
            #expect("\(String(describing: end))".contains("failed 3 times") && "\(String(describing: end))".contains("no such program"))
            await #expect(throws: TransportError.self) { _ = try await client.callTool("number") }
            await #expect(throws: TransportError.self) { _ = try await changes.next() }
            #expect(servers.opened == 1)
        }
    }

    @Test func aServerThatRanLongBeginsAnew() async throws {
        try await withClient(.handshake) { client, servers, clock in
            servers.failNext(2)
            await servers.kill()
            for time in [1, 3, 6] {
                await clock.waitForSleeper(until: .seconds(time))
                clock.advance(by: .seconds(time == 1 ? 1 : time - (time == 3 ? 1 : 3)))
            }
            let second = try await client.callTool("number").text
            #expect(second == "2")
            clock.advance(by: .seconds(60))
            await servers.kill()
            // The shortest pause again, and all tries.
            await clock.waitForSleeper(until: .seconds(67))
            clock.advance(by: .seconds(1))
            let third = try await client.callTool("number").text
            #expect(third == "3")
        }
    }

    @Test func aServerThatKeepsGoingIsGivenUpThoughItStarts() async throws {
        try await withClient(.handshake) { client, servers, clock in
            var time = Duration.zero
            for pause in [1, 2, 3] {
                await servers.kill()
                time += .seconds(pause)
                await clock.waitForSleeper(until: time)
                clock.advance(by: .seconds(pause))
                _ = try await client.callTool("number")
            }
            await servers.kill()
            #expect(await client.waitUntilEnd() != nil)
            #expect(servers.opened == 4)
        }
    }

    @Test func withoutAPolicyTheConnectionEnds() async throws {
        try await withClient(.handshake, policy: nil) { client, servers, _ in
            await servers.kill()
            #expect(await client.waitUntilEnd() != nil)
            await #expect(throws: TransportError.self) { _ = try await client.callTool("number") }
            #expect(servers.opened == 1)
        }
    }

    @Test func aClientThatIsClosedMeanwhileStartsNothing() async throws {
        let (servers, clock) = (Servers(), StandingClock())
        let configuration = ClientConfiguration(era: .handshake, restart: RestartPolicy(shortestPause: .seconds(1)), clock: ClientClock(clock))
        let client = try await Client.connect(StreamClientTransport(servers), configuration: configuration)
        await servers.kill()
        await clock.waitForSleeper(until: .seconds(1))
        await client.close()
        clock.advance(by: .seconds(10))
        #expect(await client.waitUntilEnd() == nil)
        #expect(servers.opened == 1)
    }
}
