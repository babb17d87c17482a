import Testing

@testable import MCPCore

/// Token buckets, their table, and what a server does with them.
@Suite(.timeLimit(.minutes(1))) struct RateLimitTests {
    private static let limit = RateLimit(perSecond: 2, burst: 3)

    @Test func aBucketIsEmptiedAtOnceAndFillsWithTime() {
        var bucket = TokenBucket(Self.limit, at: 1000)
        for _ in 0..<3 { #expect(bucket.take(at: 1000) == nil) }
        #expect(bucket.take(at: 1000) == 500)
        #expect(bucket.take(at: 1499) == 1)
        #expect(bucket.take(at: 1500) == nil)
        #expect(bucket.take(at: 1500) == 500)
        #expect(!bucket.isFull(at: 2500))
        #expect(bucket.isFull(at: 3000))
        // No more than the burst, however long the pause.
        for _ in 0..<3 { #expect(bucket.take(at: 1_000_000) == nil) }
        #expect(bucket.take(at: 1_000_000) != nil)
    }

    @Test func aClockThatIsSetBackTakesAndGivesNothing() {
        var bucket = TokenBucket(Self.limit, at: 10_000)
        for _ in 0..<3 { #expect(bucket.take(at: 10_000) == nil) }
        #expect(bucket.take(at: 0) == 500)
        #expect(bucket.take(at: 500) == nil)
    }

    @Test(arguments: [RateLimit(perSecond: 0, burst: 1), RateLimit(perSecond: -1, burst: 0), RateLimit(perSecond: 1e-300, burst: -5)])
    func aLimitWithoutARateEndsAfterItsBurst(_ limit: RateLimit) {
        var bucket = TokenBucket(limit, at: 0)
        #expect(bucket.take(at: 0) == nil)
        #expect(bucket.take(at: 1_000_000) == 86_400_000)
    }

    @Test func callersDoNotTakeFromOneAnother() {
        let (one, other) = (ConnectionID(), ConnectionID())
        var table = RateTable(RateLimit(perSecond: 1, burst: 1))
        for caller in [Caller.connection(one), .connection(other), .principal("ada"), .principal("eve"), .anyone] {
            #expect(table.take(for: caller, at: 0) == .granted)
            #expect(table.take(for: caller, at: 0) == .refused(milliseconds: 1000, isFirst: true))
            #expect(table.take(for: caller, at: 0) == .refused(milliseconds: 1000, isFirst: false))
        }
        #expect(table.take(for: .anyone, at: 1000) == .granted)
        #expect(table.take(for: .anyone, at: 1000) == .refused(milliseconds: 1000, isFirst: true))
    }

    @Test func aPrincipalIsOneCallerOnAllItsConnections() {
        let ada = Principal(id: "ada", scopes: ["a"])
        #expect(Caller(Peer(revision: .latest, principal: ada, connection: ConnectionID())) == .principal("ada"))
        let connection = ConnectionID()
        #expect(Caller(Peer(revision: .latestHandshake, connection: connection)) == .connection(connection))
        #expect(Caller(Peer(revision: .latest)) == .anyone)
    }

    @Test func theTableIsBounded() {
        var table = RateTable(RateLimit(perSecond: 0.001, burst: 2), maximumCallers: 100)
        for number in 0..<1000 {
            #expect(table.take(for: .principal("\(number)"), at: Int64(number)) == .granted)
            #expect(table.count <= 100)
        }
        // The newest are still known: the third call of one is refused.
        #expect(table.take(for: .principal("999"), at: 1000) == .granted)
        #expect(table.take(for: .principal("999"), at: 1000) != .granted)
        // After a long pause all are full, and forgotten before anybody else is.
        #expect(table.take(for: .principal("new"), at: 10_000_000) == .granted)
        for number in 0..<200 { _ = table.take(for: .principal("later \(number)"), at: 10_000_000) }
        #expect(table.count <= 101)
    }

    private static func server(_ limits: RateLimits, _ clock: StoppedClock, told: Collected<String> = Collected()) -> Server {
        Server(
            "limited", version: "1",
            configuration: ServerConfiguration(
                offersLogging: true, diagnostics: { told.add($0.description) }, rateLimits: limits, environment: clock.environment)
        ) {
            ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "served") }
            ServerTool(Tool(name: "talk", inputSchema: ["type": "object", "properties": ["times": ["type": "integer"]]])) { arguments, context in
                for number in 0..<(try arguments.decode("times", as: Int.self)) { try await context.log(.info, .integer(Int64(number))) }
                return CallToolResult(text: "said")
            }
            ServerPrompt("p", arguments: [PromptArgument("a")], completions: ["a": .values(["one"])]) { _, _ in [.user("p")] }
        }
    }

    private static let complete: JSONObject = ["ref": ["type": "ref/prompt", "name": "p"], "argument": ["name": "a", "value": "o"]]

    @Test(arguments: bothEras) func callsBeyondTheRateAreRefusedUntilThereIsRoom(_ revision: ProtocolRevision) async throws {
        let (clock, told) = (StoppedClock(), Collected<String>())
        let server = Self.server(RateLimits(calls: RateLimit(perSecond: 2, burst: 3)), clock, told: told)
        let (ada, eve) = (Peer(revision: revision, principal: Principal(id: "ada")), Peer(revision: revision, principal: Principal(id: "eve")))
        for _ in 0..<3 { #expect(try await ServedRequest("tools/call", ["name": "t"], at: server, ada).text == "served") }
        for _ in 0..<2 {
            let refused = try await ServedRequest("tools/call", ["name": "t"], at: server, ada).error
            #expect(refused?.code == .internalError)
            #expect(refused?.message == "The server is busy: more tool calls than the 2 a second that it serves; send it again in 500 ms")
            #expect(refused?.data?["retryAfterMs"] == 500)
        }
        #expect(told.all == ["Too many tool calls of ada: more than 2 a second"])
        #expect(try await ServedRequest("tools/call", ["name": "t"], at: server, eve).text == "served")
        #expect(try await ServedRequest("tools/list", at: server, ada).result?["tools"] != nil, "lists are not calls")
        clock.advance(milliseconds: 500)
        #expect(try await ServedRequest("tools/call", ["name": "t"], at: server, ada).text == "served")
    }

    @Test(arguments: bothEras) func completionsBeyondTheRateAreRefused(_ revision: ProtocolRevision) async throws {
        let clock = StoppedClock()
        let server = Self.server(RateLimits(completions: RateLimit(perSecond: 1, burst: 2)), clock)
        let peer = Peer(revision: revision, connection: ConnectionID())
        for _ in 0..<2 { #expect(try await ServedRequest("completion/complete", Self.complete, at: server, peer).result?["completion"]?["values"] == ["one"]) }
        #expect(try await ServedRequest("completion/complete", Self.complete, at: server, peer).error?.code == .internalError)
        clock.advance(milliseconds: 1000)
        #expect(try await ServedRequest("completion/complete", Self.complete, at: server, peer).error == nil)
    }

    @Test(arguments: bothEras) func logMessagesBeyondTheRateAreDropped(_ revision: ProtocolRevision) async throws {
        let (clock, told) = (StoppedClock(), Collected<String>())
        let server = Self.server(RateLimits(logMessages: RateLimit(perSecond: 10, burst: 5)), clock, told: told)
        let peer = Peer(revision: revision, logLevel: .debug, connection: ConnectionID())
        func said(_ times: Int64, by peer: Peer) async throws -> [JSONValue?] {
            let served = try await ServedRequest("tools/call", ["name": "talk", "arguments": ["times": .integer(times)]], at: server, peer)
            #expect(served.text == "said")
            return served.notifications.map { $0.params["data"] }
        }
        #expect(try await said(100, by: peer) == [0, 1, 2, 3, 4])
        #expect(try await said(3, by: peer).isEmpty)
        #expect(told.all == ["Too many log messages: more than 10 a second"])
        #expect(try await said(1, by: Peer(revision: revision, logLevel: .debug, connection: ConnectionID())) == [0])
        clock.advance(milliseconds: 100)
        #expect(try await said(3, by: peer) == [0])
    }

    /// The defaults of docs/limits.md.
    @Test func defaults() async throws {
        let limits = RateLimits()
        #expect(limits.calls == nil)
        #expect(limits.completions == RateLimit(perSecond: 50, burst: 100))
        #expect(limits.logMessages == RateLimit(perSecond: 50, burst: 200))
        #expect(limits.progress == RateLimit(perSecond: 50, burst: 100))
        #expect(ServerConfiguration().rateLimits == limits)
        let server = Self.server(limits, StoppedClock())
        for _ in 0..<300 { #expect(try await ServedRequest("tools/call", ["name": "t"], at: server, Peer(revision: .latest)).text == "served") }
        let all = try await ServedRequest("tools/call", ["name": "talk", "arguments": ["times": 300]], at: server, Peer(revision: .latest, logLevel: .info))
        #expect(all.notifications.count == 200)
    }
}
