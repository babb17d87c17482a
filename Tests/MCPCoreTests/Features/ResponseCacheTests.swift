import MCPCore
import Synchronization
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct ResponseCacheTests {
    /// A server that counts how often its resource is read, and its clock.
    private final class Stage: Sendable {
        let reads = Mutex(0)
        /// Called while the resource is being read.
        let whileReading = Mutex<(@Sendable () -> Void)?>(nil)
        let time = ManualClock()
        let cache: ResponseCache

        init() { cache = ResponseCache(clock: ClientClock(time)) }

        func server(ttl: Int, scope: CacheScope = .private) -> Server {
            Server("cached", version: "1", configuration: ServerConfiguration(listTTLMilliseconds: ttl)) {
                ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "t") }
                ServerResourceTemplate(ResourceTemplate(uriTemplate: "r://{id}", name: "r")) { [self] uri, _, _ in
                    let count = reads.withLock { reads in
                        reads += 1
                        return reads
                    }
                    let action = whileReading.withLock { $0 }
                    action?()
                    return ReadResourceResult(
                        [ResourceContents(uri: uri, text: "\(count)")], cache: CacheHint(ttlMilliseconds: ttl, scope: scope))
                }
            }
        }

        func read(_ client: Client, _ uri: String = "r://1", bypass: Bool = false) async throws -> String {
            let contents = try await client.readResource(uri, options: RequestOptions(isCacheBypassed: bypass)).contents
            guard case .text(let text)? = contents.first?.body else { return "" }
            return text
        }
    }

    private struct ManualClock: Clock {
        struct Instant: InstantProtocol {
            var offset = Duration.zero
            func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
            func duration(to other: Instant) -> Duration { other.offset - offset }
            static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
        }
        private final class Time: Sendable { let value = Mutex(Instant()) }
        private let time = Time()
        var now: Instant { time.value.withLock(\.self) }
        var minimumResolution: Duration { .nanoseconds(1) }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
        func advance(_ duration: Duration) { time.value.withLock { $0 = $0.advanced(by: duration) } }
    }

    @Test func aFreshResultIsNotAskedForAgainAndAStaleOneIs() async throws {
        let stage = Stage()
        try await withFeatures(of: stage.server(ttl: 1000), .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            #expect(try await stage.read(client) == "1")
            stage.time.advance(.milliseconds(999))
            #expect(try await stage.read(client) == "1")
            #expect(try await stage.read(client, "r://2") == "2")
            #expect(try await stage.read(client, bypass: true) == "3")
            #expect(try await stage.read(client) == "3")
            stage.time.advance(.milliseconds(1000))
            #expect(try await stage.read(client) == "4")
        }
    }

    /// What the server makes of it is its own affair.
    @Test func aRequestWithMetaOfItsOwnIsNotKept() async throws {
        let stage = Stage()
        try await withFeatures(of: stage.server(ttl: 1000), .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            for _ in 0..<2 { _ = try await client.request("resources/read", ["uri": "r://1", "_meta": ["example.com/user": "a"]]) }
            #expect(stage.reads.withLock(\.self) == 2)
        }
    }

    @Test func withoutATimeNothingIsKept() async throws {
        let stage = Stage()
        try await withFeatures(of: stage.server(ttl: 0), .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            #expect(try await stage.read(client) == "1")
            #expect(try await stage.read(client) == "2")
            #expect(stage.cache.count == 0)
        }
    }

    @Test func aChangeThatIsToldMakesStale() async throws {
        let stage = Stage()
        let server = stage.server(ttl: 1_000_000)
        try await withFeatures(of: server, .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: ["r://1"]))
            var iterator = changes.makeAsyncIterator()
            #expect(try await stage.read(client) == "1")
            #expect(try await stage.read(client, "r://2") == "2")
            #expect(try await client.listTools().count == 1)
            server.resources.updated("r://1")
            #expect(try await iterator.next() == .resourceUpdated(uri: "r://1"))
            #expect(try await stage.read(client) == "3")
            #expect(try await stage.read(client, "r://2") == "2")
            try server.tools.add(ServerTool(Tool(name: "u")) { _, _ in CallToolResult(text: "u") })
            #expect(try await iterator.next() == .toolsListChanged)
            #expect(try await client.listTools().count == 2)
        }
    }

    @Test func anUnknownToolIsLookedForAtTheServer() async throws {
        let stage = Stage()
        let server = stage.server(ttl: 1_000_000)
        try await withFeatures(of: server, .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.listTools().count == 1)
            try server.tools.add(ServerTool(Tool(name: "late")) { _, _ -> CallToolResult in throw JSONRPCError(.invalidParams, "own refusal") })
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("late") }
            #expect(error?.message == "own refusal")
        }
    }

    @Test(arguments: [CacheScope.private, .public]) func privateResultsStayWithTheirContext(_ scope: CacheScope) async throws {
        let stage = Stage()
        let server = stage.server(ttl: 1_000_000, scope: scope)
        /// One transport identity for all clients, as over HTTP.
        func read(as user: String?) async throws -> String {
            let configuration = ClientConfiguration(era: .pinned(.latest), responseCache: stage.cache, authorizationContext: user)
            return try await withClient(Named(.inProcess(server)), configuration: configuration) { try await stage.read($0) }
        }
        #expect(try await read(as: "mia") == "1")
        #expect(try await read(as: "mia") == "1")
        #expect(try await read(as: "noa") == (scope == .public ? "1" : "2"))
        #expect(try await read(as: nil) == (scope == .public ? "1" : "3"))
        #expect(try await read(as: nil) == (scope == .public ? "1" : "4"))
    }

    // MARK: Credentials that change

    /// Who is signed in.
    private final class Account: Sendable {
        private let name: Mutex<String?>
        init(_ name: String?) { self.name = Mutex(name) }
        var context: String? {
            get { name.withLock(\.self) }
            set { name.withLock { $0 = newValue } }
        }
    }

    /// A client of one transport on which people sign in and out.
    private func withAccount(
        _ account: Account, _ stage: Stage, scope: CacheScope = .private, sharers: String? = nil, _ body: (Client) async throws -> Void
    ) async throws {
        let configuration = ClientConfiguration(era: .pinned(.latest), responseCache: stage.cache, authorizationContext: sharers)
        let transport = Named(.inProcess(stage.server(ttl: 1_000_000, scope: scope)), account: account)
        try await withClient(transport, configuration: configuration, body)
    }

    /// Also where the application has named the sharers: it did so before somebody else signed in.
    @Test(arguments: [nil, "a team"]) func whoSignsInAfterwardsIsNotGivenWhatWasPrivate(_ sharers: String?) async throws {
        let (stage, account) = (Stage(), Account("Alice"))
        try await withAccount(account, stage, sharers: sharers) { (client: Client) async throws -> Void in
            #expect(try await stage.read(client) == "1")
            #expect(try await stage.read(client) == "1")
            account.context = "nobody"
            #expect(try await stage.read(client) == "2")
            account.context = "Bob"
            #expect(try await stage.read(client) == "3")
            #expect(try await stage.read(client) == "3")
        }
    }

    @Test(arguments: [CacheScope.private, .public]) func aResultThatComesWhileSomebodySignsInIsNobodys(_ scope: CacheScope) async throws {
        let (stage, account) = (Stage(), Account("Alice"))
        try await withAccount(account, stage, scope: scope) { (client: Client) async throws -> Void in
            stage.whileReading.withLock { $0 = { account.context = "Bob" } }
            #expect(try await stage.read(client) == "1")
            stage.whileReading.withLock { $0 = nil }
            // What is public is everybody's.
            #expect(try await stage.read(client) == (scope == .public ? "1" : "2"))
            account.context = "Alice"
            #expect(try await stage.read(client) == (scope == .public ? "1" : "3"))
        }
    }

    @Test(arguments: [CacheScope.private, .public]) func withoutAContextNothingPrivateIsKept(_ scope: CacheScope) async throws {
        let stage = Stage()
        try await withAccount(Account(nil), stage, scope: scope) { (client: Client) async throws -> Void in
            #expect(try await stage.read(client) == "1")
            #expect(try await stage.read(client) == (scope == .public ? "1" : "2"))
            #expect(stage.cache.count == (scope == .public ? 1 : 0))
        }
    }

    // MARK: What does not come from the cache, or into it

    @Test func aResultThatWasAskedForBeforeEverythingWasForgottenIsNotKept() async throws {
        let stage = Stage()
        try await withFeatures(of: stage.server(ttl: 1_000_000), .latest) {
            $0.responseCache = stage.cache
        } _: { (client: Client) async throws -> Void in
            stage.whileReading.withLock { $0 = { stage.cache.removeAll() } }
            #expect(try await stage.read(client) == "1")
            #expect(stage.cache.count == 0)
            stage.whileReading.withLock { $0 = nil }
            #expect(try await stage.read(client) == "2")
            #expect(try await stage.read(client) == "2")
        }
    }

    @Test func aPingIsAnsweredByTheServer() async throws {
        let stage = Stage()
        let tape = MessageTape(.inProcess(stage.server(ttl: 1_000_000)))
        try await withClient(tape, configuration: ClientConfiguration(era: .pinned(.latest), responseCache: stage.cache)) { client in
            for _ in 0..<3 { try await client.ping() }
        }
        // The first one is the client's own, when it connects.
        #expect(tape.requests.map(\.method) == Array(repeating: "server/discover", count: 4))
    }

    @Test func whatAnswersHaveGoneIntoIsNotKept() async throws {
        let stage = Stage()
        let server = Server("asking", version: "1") {
            ServerResource(Resource(uri: "a://b", name: "b")) { context in
                _ = try await context.elicit("yes", Flag.self, "Yes?")
                return ReadResourceResult([ResourceContents(uri: "a://b", text: "x")], cache: CacheHint(ttlMilliseconds: 1_000_000))
            }
        }
        let asked = Counted()
        try await withFeatures(of: server, .latest) {
            $0.responseCache = stage.cache
            $0.input = ClientInputHandlers(
                elicit: { _ in
                    asked.value.withLock { $0 += 1 }
                    return .accept(["yes": true])
                })
        } _: { (client: Client) async throws -> Void in
            _ = try await client.readResource("a://b")
            _ = try await client.readResource("a://b")
        }
        #expect(asked.value.withLock(\.self) == 2)
    }

    @Test func itsSizeIsBounded() async throws {
        let stage = Stage()
        let cache = ResponseCache(maximumBytes: 2000, clock: ClientClock(stage.time))
        try await withFeatures(of: stage.server(ttl: 1_000_000), .latest) {
            $0.responseCache = cache
        } _: { (client: Client) async throws -> Void in
            for id in 0..<100 { _ = try await stage.read(client, "r://\(id)") }
            #expect(cache.count > 0 && cache.count < 20)
            #expect(try await stage.read(client, "r://99") == "100")
            #expect(try await stage.read(client, "r://0") == "101")
        }
    }

    private final class Counted: Sendable { let value = Mutex(0) }

    /// A transport that says whose server it reaches.
    private struct Named<Base: ClientTransport>: ClientTransport {
        let base: Base
        let account: Account
        init(_ base: Base, account: Account = Account("")) {
            self.base = base
            self.account = account
        }
        var authorizationContext: String? { account.context }
        var binding: TransportBinding { base.binding }
        var serverIdentity: String? { "one server" }
        func start(receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void) async throws {
            try await base.start(receive: receive, report: report)
        }
        func exchange(
            _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
        ) async throws -> JSONRPCResponse { try await base.exchange(request, metadata: metadata, receive: receive) }
        func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws { try await base.send(message, metadata: metadata) }
        func handshakeCompleted(revision: ProtocolRevision) async throws { try await base.handshakeCompleted(revision: revision) }
        func waitUntilListening() async { await base.waitUntilListening() }
        func waitUntilEnd() async -> TransportError? { await base.waitUntilEnd() }
        func abandon(_ error: TransportError) async { await base.abandon(error) }
        func close() async { await base.close() }
    }
}
