import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import NIOPosix
import Testing

/// Where handlers run: those that end at once on the event loops, all others on the pool.
@Suite(.timeLimit(.minutes(1))) struct EventLoopHandlerTests {
    /// Says where it runs.
    private static let place = ServerTool(Tool(name: "place")) { _, _ in CallToolResult(text: here) }
    /// Says where it began and where it went on.
    private static let places = ServerTool(Tool(name: "places")) { _, _ in
        let before = here
        await Task.yield()
        return CallToolResult(text: "\(before), \(here)")
    }

    private static var here: String { MultiThreadedEventLoopGroup.currentEventLoop == nil ? "pool" : "event loop" }

    private static func server(_ extensions: [any ServerExtension] = []) -> Server {
        Server("place", version: "1") {
            place
            places
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

    @Test(arguments: ClientServerTests.eras) func aHandlerThatEndsAtOnceRunsOnTheEventLoop(era: EraSelection) async throws {
        #expect(try await Self.last(era, Self.patient) == "event loop")
    }

    @Test(arguments: ClientServerTests.eras) func itGoesOnThereWhenItHasWaited(era: EraSelection) async throws {
        #expect(try await Self.last(era, Self.patient, "places") == "event loop, event loop")
    }

    @Test(arguments: ClientServerTests.eras) func oneThatTakesLongerRunsOnThePool(era: EraSelection) async throws {
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .nanoseconds(1))) == "pool")
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .nanoseconds(1)), "places") == "pool, pool")
    }

    @Test(arguments: ClientServerTests.eras) func noneRunsThereWhereTheSettingForbidsIt(era: EraSelection) async throws {
        #expect(try await Self.last(era, HTTPHandlerConfiguration(eventLoopTime: .zero)) == "pool")
    }

    /// What goes on behind an answer is not what was measured.
    @Test func noneRunsThereWhereCallsMayBecomeTasks() async throws {
        #expect(try await Self.last(.pinned(.v2026_07_28), Self.patient, server: Self.server([TasksExtension()])) == "pool")
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
