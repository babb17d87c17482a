import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import NIOPosix
import Testing

/// Where handlers run: those that end at once on the event loops, all others on the pool.
@Suite(.timeLimit(.minutes(1))) struct EventLoopHandlerTests {
    // Before 6.3 a task cannot say what its executor is, so that the handlers of a session begin elsewhere.
    #if compiler(>=6.3)
    private static let eras = ClientServerTests.eras
    #else
    private static let eras: [EraSelection] = [.pinned(.v2026_07_28)]
    #endif

    /// Says where it runs.
    private static let place = ServerTool(Tool(name: "place")) { _, _ in CallToolResult(text: here) }
    /// Says where it began and where it went on.
    private static let places = ServerTool(Tool(name: "places")) { _, _ in
        let before = here
        await Task.yield()
        return CallToolResult(text: "\(before), \(here)")
    }

    /// Waits until the moment is over that a request may stay on its event loop.
    private static let patience = ServerTool(Tool(name: "patience")) { _, _ in
        let before = here
        while here == "event loop" { await Task.yield() }
        return CallToolResult(text: "\(before), \(here)")
    }

    private static var here: String { MultiThreadedEventLoopGroup.currentEventLoop == nil ? "pool" : "event loop" }

    private static func server(_ extensions: [any ServerExtension] = []) -> Server {
        Server("place", version: "1") {
            place
            places
            patience
            extensions
        }
    }

    /// What the last of many calls says.
    private static func last(
        _ era: EraSelection, _ configuration: HTTPHandlerConfiguration, _ tool: String = "place", server: Server = server()
    ) async throws -> String? {
        try await withRunningServer(server, configuration: configuration) { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: era)) { client in
                for _ in 0..<40 { _ = try await client.callTool(tool) }
                return try await client.callTool(tool).text
            }
        }
    }

    /// Whatever a handler takes on a busy machine, it ends at once here.
    private static let patient = HTTPHandlerConfiguration(eventLoopTime: .seconds(60))

    @Test(arguments: eras) func aHandlerThatEndsAtOnceRunsOnTheEventLoop(era: EraSelection) async throws {
        #expect(try await Self.last(era, Self.patient) == "event loop")
    }

    @Test(arguments: eras) func itGoesOnThereWhenItHasWaited(era: EraSelection) async throws {
        #expect(try await Self.last(era, Self.patient, "places") == "event loop, event loop")
    }

    @Test(arguments: eras) func oneThatTakesLongerRunsOnThePool(era: EraSelection) async throws {
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .nanoseconds(1))) == "pool")
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .nanoseconds(1)), "places") == "pool, pool")
    }

    @Test(arguments: eras) func noneRunsThereWhereTheSettingForbidsIt(era: EraSelection) async throws {
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .zero)) == "pool")
    }

    /// What goes on behind an answer is not what was measured.
    @Test func noneRunsThereWhereCallsMayBecomeTasks() async throws {
        #expect(try await Self.last(.pinned(.v2026_07_28), Self.patient, server: Self.server([TasksExtension()])) == "pool")
    }

    /// One that yields again and again would keep the event loop from reading; what waits for its event loop would wait for ever.
    @Test func whatIsStillToBeRunAfterAMomentRunsOnThePool() async throws {
        let moment = HTTPHandlerConfiguration(eventLoopTime: .milliseconds(100))
        try await withRunningServer(Self.server(), configuration: moment) { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .pinned(.v2026_07_28))) { client in
                var answers: Set<String> = []
                // On a very busy machine more than 32 may be needed until it is known.
                let clock = ContinuousClock()
                let end = clock.now + .seconds(50)
                while !answers.contains("event loop, pool"), clock.now < end { answers.insert(try await client.callTool("patience").text) }
                #expect(answers == ["pool, pool", "event loop, pool"])
            }
        }
    }

    /// Nothing is learned from the calls of a batch, and many may come at once.
    @Test func theCallsOfABatchRunOnThePool() async throws {
        try await withRunningServer(Self.server(), configuration: Self.patient) { url in
            let both = ("accept", "application/json, text/event-stream")
            let opening: JSONValue = ["protocolVersion": "2025-03-26", "capabilities": [:], "clientInfo": ["name": "c", "version": "1"]]
            let opened = try await rawRequest("POST", url, headers: [both], body: ["jsonrpc": "2.0", "id": 0, "method": "initialize", "params": opening])
            let headers = [both, ("mcp-session-id", try #require(opened.headers.first(name: "mcp-session-id")))]
            let initialized: JSONValue = ["jsonrpc": "2.0", "method": "notifications/initialized"]
            _ = try await rawRequest("POST", url, headers: headers, body: initialized)
            func call(_ id: Int64) -> JSONValue { ["jsonrpc": "2.0", "id": .integer(id), "method": "tools/call", "params": ["name": "place"]] }
            var last = ""
            for id in 1...40 {
                let answer = try await rawRequest("POST", url, headers: headers, body: call(Int64(id)))
                last = String(buffer: try await answer.body.collect(upTo: 1 << 20))
            }
            #expect(last.contains("event loop"))
            let batch = try await rawRequest("POST", url, headers: headers, body: .array([call(41), call(42)]))
            let text = String(buffer: try await batch.body.collect(upTo: 1 << 20))
            #expect(text.contains(#""id":41"#) && text.contains(#""id":42"#) && text.contains("pool") && !text.contains("event loop"))
        }
    }

    @Test func theFirstCallsRunOnThePool() async throws {
        try await withRunningServer(Self.server(), configuration: Self.patient) { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .pinned(.v2026_07_28))) { client in
                for _ in 0..<32 {
                    let answer = try await client.callTool("place").text
                    #expect(answer == "pool")
                }
            }
        }
    }

    /// A body that takes long to parse is parsed on the pool, and its handler runs there too.
    @Test func aLongCallRunsOnThePool() async throws {
        try await withRunningServer(Self.server(), configuration: Self.patient) { url in
            try await withClient(HTTPClientTransport(url: url), configuration: ClientConfiguration(era: .pinned(.v2026_07_28))) { client in
                for _ in 0..<40 { _ = try await client.callTool("place") }
                let long = try await client.callTool("place", ["padding": .string(String(repeating: "x", count: 20_000))]).text
                #expect(long == "pool")
                let short = try await client.callTool("place").text
                #expect(short == "event loop")
            }
        }
    }
}
