import ConformanceFixtures
import MCPCore
import MCPHTTPClient
import Synchronization
import TestSupport
import Testing

/// What the stream of a session survives (handshake era): events that are no messages, refusals that pass, silence.
@Suite(.timeLimit(.minutes(2))) struct StandaloneStreamTests {
    private static let handshake = ClientConfiguration(era: .handshake)
    private static let change = #"data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"# + "\n\n"
    private static let wanted = SubscriptionFilter(toolsListChanged: true)

    /// A server with sessions whose GET is answered by `streams`, which is given how often it was asked, from 1.
    private static func server(_ streams: @escaping @Sendable (Int) -> CannedServer.Answer) -> CannedServer {
        let gets = Counter()
        return CannedServer { request in
            switch (request.method, request.body?["method"]?.string) {
            case ("POST", "initialize"): .session(request, id: "s", capabilities: ["tools": ["listChanged": true]])
            case ("POST", "notifications/initialized"): .init(status: 202)
            case ("GET", _): streams(gets.next())
            case ("DELETE", _): .init()
            default: .init(body: ["jsonrpc": "2.0", "id": request.body?["id"] ?? .null, "result": [:]])
            }
        }
    }

    private static func gets(_ server: CannedServer) -> [CannedServer.Request] { server.requests.filter { $0.method == "GET" } }

    /// The HTML Living Standard leaves types of events to servers; only `message` carries messages.
    @Test func whatIsNoMessageIsSkipped() async throws {
        let told = Mutex<[String]>([])
        let event = #"event: heartbeat"# + "\n" + #"data: {"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"# + "\n\n"
        let (parts, part) = AsyncStream.makeStream(of: String.self)
        let server = Self.server { _ in .init(events: parts) }
        try await server.run { url in
            let configuration = ClientConfiguration(era: .handshake, diagnostics: { diagnostic in told.withLock { $0.append(diagnostic.description) } })
            try await withClient(HTTPClientTransport(url: url), configuration: configuration) { client in
                let wanted = SubscriptionFilter(toolsListChanged: true, promptsListChanged: true)
                var changes = try await client.changes(wanted).makeAsyncIterator()
                // What comes before somebody listens is told to nobody.
                for text in [event, "data: {}\n\n", "data: {\n\n", Self.change] { part.yield(text) }
                #expect(try await changes.next() == .toolsListChanged)
            }
        }
        #expect(Self.gets(server).count == 1)
        let diagnostics = told.withLock(\.self)
        #expect(diagnostics.count { $0.contains("type heartbeat") } == 1)
        #expect(diagnostics.count { $0.contains("is skipped") } == 2)
    }

    /// What the server sends before its stream is open is lost. One that does not open it is not waited for for long.
    @Test(arguments: [true, false]) func whoeverListensWaitsUntilTheStreamIsOpen(isOpened: Bool) async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let server = Self.server { _ in
            var answer = CannedServer.Answer.stream([Self.change], isHeldOpen: true)
            answer.gate = gate
            return answer
        }
        let clock = StandingClock()
        try await server.run { url in
            let transport = HTTPClientTransport(url: url, limits: HTTPClientLimits(clock: ClientClock(clock)))
            try await withClient(transport, configuration: Self.handshake) { client in
                let listening = Task { try await client.changes(Self.wanted) }
                await clock.waitForSleeper(until: .seconds(2))
                if isOpened { open.yield() } else { clock.advance(by: .seconds(2)) }
                var changes = try await listening.value.makeAsyncIterator()
                if isOpened { #expect(try await changes.next() == .toolsListChanged) }
                open.yield()
            }
        }
    }

    /// An authorization that comes later brings the stream later.
    @Test func aStreamThatWasRefusedIsOpenedWhenTheSessionServes() async throws {
        let server = Self.server { $0 == 1 ? .init(status: 403) : .stream([Self.change], isHeldOpen: true) }
        try await server.run { url in
            try await withClient(HTTPClientTransport(url: url), configuration: Self.handshake) { client in
                var changes = try await client.changes(Self.wanted).makeAsyncIterator()
                while Self.gets(server).count < 2 { try await client.ping() }
                #expect(try await changes.next() == .toolsListChanged)
            }
        }
    }

    @Test func aServerThatGoesOnRefusingIsLeftAlone() async throws {
        let given = Counter()
        let server = Self.server { _ in .init(status: 403) }
        try await server.run { url in
            let (over, end) = AsyncStream.makeStream(of: Void.self)
            let configuration = ClientConfiguration(
                era: .handshake,
                diagnostics: { diagnostic in
                    _ = given.next()
                    if "\(diagnostic)".contains("from now on") { end.yield() }
                })
            let transport = HTTPClientTransport(url: url, limits: HTTPClientLimits(maximumResumptions: 3))
            try await withClient(transport, configuration: configuration) { client in
                while given.count < 4 { try await client.ping() }
                for await _ in over { break }
                for _ in 1...20 { try await client.ping() }
            }
        }
        #expect(Self.gets(server).count == 4)
    }

    /// A connection whose other end has gone without a word.
    @Test func aSilentStreamIsOpenedAgain() async throws {
        let clock = StandingClock()
        let server = Self.server { .stream($0 == 1 ? [] : [Self.change], isHeldOpen: true) }
        try await server.run { url in
            let limits = HTTPClientLimits(maximumSilence: .seconds(40), clock: ClientClock(clock))
            try await withClient(HTTPClientTransport(url: url, limits: limits), configuration: Self.handshake) { client in
                var changes = try await client.changes(Self.wanted).makeAsyncIterator()
                // It is looked at four times within the limit; then there is the pause before a stream is taken up again.
                for (at, step) in [(10, 10), (20, 10), (30, 10), (40, 10), (41, 1)] {
                    await clock.waitForSleeper(until: .seconds(at))
                    #expect(Self.gets(server).count == 1)
                    clock.advance(by: .seconds(step))
                }
                #expect(try await changes.next() == .toolsListChanged)
            }
        }
        #expect(Self.gets(server).count == 2)
    }
}

/// Event streams that answer requests.
@Suite(.timeLimit(.minutes(2))) struct AnswerStreamTests {
    private static func answer(_ request: CannedServer.Request) -> String {
        let response: JSONValue = ["jsonrpc": "2.0", "id": request.body?["id"] ?? .null, "result": ["content": [["type": "text", "text": "done"]]]]
        return "data: \(response.serializedString)\n\n"
    }

    private static func server(
        _ call: @escaping @Sendable (CannedServer.Request) -> CannedServer.Answer,
        get: @escaping @Sendable (CannedServer.Request) -> CannedServer.Answer = { _ in .init(status: 405) }
    ) -> CannedServer {
        CannedServer { request in
            switch (request.method, request.body?["method"]?.string) {
            case ("POST", "initialize"): .session(request, id: "s", capabilities: ["tools": [:]])
            case ("POST", "notifications/initialized"): .init(status: 202)
            case ("GET", _): get(request)
            case ("DELETE", _): .init()
            default: call(request)
            }
        }
    }

    @Test func whatIsNoMessageIsSkipped() async throws {
        let server = Self.server { request in .stream(["event: heartbeat\ndata: {}\n\n", "data: {}\n\n", Self.answer(request)]) }
        try await server.run { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .handshake)) { client in
                let text = try await client.callTool("t").text
                #expect(text == "done")
            }
        }
    }

    /// Where the response itself is what cannot be read, the call says so.
    @Test func aStreamWithoutAMessageIsMalformed() async throws {
        let server = Self.server { _ in .stream(["data: {\n\n"]) }
        try await server.run { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .handshake)) { client in
                let error = await #expect(throws: TransportError.self) { _ = try await client.callTool("t") }
                guard case .malformed? = error else { return #expect(Bool(false), "\(String(describing: error))") }
            }
        }
    }

    @Test func theRestIsAskedForWithTheHeadersOfTheCall() async throws {
        let calls = Mutex<CannedServer.Request?>(nil)
        let server = Self.server { request in
            calls.withLock { $0 = request }
            return .stream(["id: 1\nretry: 1\ndata: \n\n"])
        } get: { request in
            guard request["last-event-id"] == ["1"], let call = calls.withLock(\.self) else { return .init(status: 405) }
            return .stream([Self.answer(call)])
        }
        try await server.run { url in
            let transport = HTTPClientTransport(url: url, headers: [("X-Tenant", "of all")])
            try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
                let options = RequestOptions(headers: [("X-Tenant", "a"), ("Accept", "text/plain"), ("X-Trace", "7")])
                let text = try await client.callTool("t", options: options).text
                #expect(text == "done")
            }
        }
        let get = try #require(server.requests.last { $0.method == "GET" && !$0["last-event-id"].isEmpty })
        #expect(get["x-tenant"] == ["a"] && get["x-trace"] == ["7"] && get["accept"] == ["text/event-stream"])
    }

    /// A subscription of 2026-07-28 has no time-out of its own, and nothing that could be taken up again: who listens is told.
    @Test func aSilentSubscriptionEnds() async throws {
        let clock = StandingClock()
        let server = CannedServer { request in
            let id = request.body?["id"] ?? .null
            guard request.body?["method"] == "subscriptions/listen" else {
                let result: JSONValue = ["resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": ["listChanged": true]]]
                return .init(body: ["jsonrpc": "2.0", "id": id, "result": result])
            }
            let acknowledged: JSONValue = [
                "jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged",
                "params": ["_meta": [MetaKey.subscriptionID: id], "notifications": ["toolsListChanged": true]],
            ]
            return .stream(["data: \(acknowledged.serializedString)\n\n"], isHeldOpen: true)
        }
        try await server.run { url in
            let limits = HTTPClientLimits(maximumSilence: .seconds(40), clock: ClientClock(clock))
            try await withClient(HTTPClientTransport(url: url, limits: limits)) { client in
                let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                let isOver = Mutex(false)
                let listening = Task {
                    defer { isOver.withLock { $0 = true } }
                    var iterator = changes.makeAsyncIterator()
                    return try await iterator.next()
                }
                while !isOver.withLock(\.self) {
                    clock.advance(by: .seconds(10))
                    await Task.yield()
                }
                let error = await #expect(throws: TransportError.self) { _ = try await listening.value }
                #expect("\(String(describing: error))".contains("nothing on its event stream for 40"))
            }
        }
    }
}
