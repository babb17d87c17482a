import ConformanceFixtures
import MCPCore
import MCPHTTP
import MCPHTTPClient
import MCPHTTPServer
import Synchronization
import TestSupport
import Testing

/// Our client and our server over real sockets, in both eras.
@Suite struct ClientServerTests {
    static let eras: [EraSelection] = [.handshake, .pinned(.v2026_07_28)]

    private static func configuration(_ era: EraSelection, elicit: ClientInputHandlers.Elicit? = nil) -> ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.era = era
        configuration.input.elicit = elicit
        return configuration
    }

    @Test func theProbeFindsTheNewestEra() async throws {
        try await withRunningServer { url in
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url))) { client in
                #expect(client.revision == .v2026_07_28)
                #expect(client.serverInfo?.name == "conformance-server")
            }
        }
    }

    @Test(arguments: eras) func toolsAreListedAndCalled(era: EraSelection) async throws {
        try await withRunningServer { url in
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(era)) { client in
                #expect(try await client.listTools().contains { $0.name == "echo" })
                #expect(try await client.callTool("echo", ["message": "grüß dich"]).text == "grüß dich")
                let numbers: [Int] = try await client.call("count_to", ["limit": 3])
                #expect(numbers == [1, 2, 3])
                #expect(try await client.callTool("test_error_handling").isError)
            }
        }
    }

    @Test(arguments: eras) func progressArrivesBeforeTheResult(era: EraSelection) async throws {
        try await withRunningServer { url in
            let seen = Mutex<[Double]>([])
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(era)) { client in
                let result = try await client.callTool("test_tool_with_progress") { update in seen.withLock { $0.append(update.progress) } }
                #expect(result.text == "Done.")
                #expect(seen.withLock(\.self) == [0, 50, 100])
            }
        }
    }

    /// 2026-07-28, server/utilities/logging, "Per-request log level".
    @Test func logMessagesComeOnTheStreamOfTheirRequestAlone() async throws {
        let server = Server("talking", version: "1", configuration: ServerConfiguration(offersLogging: true)) {
            ServerTool(Tool(name: "talk")) { _, context in
                for level in [LoggingLevel.debug, .warning, .error] { try await context.log(level, "said") }
                return CallToolResult(text: "said")
            }
        }
        try await withRunningServer(server) { url in
            let tape = MessageTape(HTTPClientTransport(url: url))
            let configuration = ClientConfiguration(era: .pinned(.v2026_07_28), logLevel: .warning)
            try await withClient(ValidatedTransport(tape), configuration: configuration) { client in
                let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                _ = try await client.callTool("talk")
                changes.cancel()
            }
            #expect(tape.received(in: "tools/call").map(\.method) == ["notifications/message", "notifications/message"])
            #expect(tape.received(in: "subscriptions/listen").map(\.method) == ["notifications/subscriptions/acknowledged"])
            #expect(tape.general.isEmpty)
        }
    }

    @Test(arguments: eras) func aHandlerAsksTwiceAndItsStepRunsOnce(era: EraSelection) async throws {
        let steps = Counter()
        try await withRunningServer(FixtureServer.make(steps: steps)) { url in
            let configuration = Self.configuration(era) { request in
                request.message.hasPrefix("Who") ? .accept(["name": "Ada"]) : .accept(["confirm": true])
            }
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: configuration) { client in
                let result = try await client.callTool("ask_twice", ["event": "Gala"])
                #expect(result.text == "Ticket 1 to Gala is Ada's.")
            }
        }
        #expect(steps.count == 1)
    }

    @Test(arguments: eras) func questionsOfOneRoundAreAnsweredTogether(era: EraSelection) async throws {
        try await withRunningServer { url in
            let configuration = Self.configuration(era) { request in
                request.message.contains("name") ? .accept(["name": "Ada"]) : .accept(["color": "blue"])
            }
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: configuration) { client in
                for tool in ["ask_batch", "ask_concurrently"] {
                    let result = try await client.callTool(tool)
                    #expect(result.text == "Ada likes blue best.")
                }
            }
        }
    }

    @Test(arguments: eras) func aChangeIsTold(era: EraSelection) async throws {
        try await withRunningServer { url in
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(era)) { client in
                let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true))
                _ = try await client.callTool("test_trigger_tool_change")
                var iterator = changes.makeAsyncIterator()
                #expect(try await iterator.next() == .toolsListChanged)
                #expect(try await client.listTools().contains { $0.name == "test_dynamic_tool" })
            }
        }
    }

    /// A tool that says when it begins and when it is cancelled.
    private static func cancellable() -> (server: Server, began: AsyncStream<Void>, cancelled: AsyncStream<Void>) {
        let (began, begin) = AsyncStream.makeStream(of: Void.self)
        let (cancelled, cancel) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "wait")) { _, _ in
            begin.yield()
            do { try await Task.sleep(for: .seconds(600)) } catch {
                cancel.yield()
                throw error
            }
            return CallToolResult(text: "waited")
        }
        return (Server("waiting", version: "1") { tool }, began, cancelled)
    }

    @Test(arguments: eras) func cancellingTheCallCancelsTheHandler(era: EraSelection) async throws {
        let (server, began, cancelled) = Self.cancellable()
        try await withRunningServer(server) { url in
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(era)) { client in
                let call = Task { try await client.callTool("wait") }
                for await _ in began { break }
                call.cancel()
                for await _ in cancelled { break }
                await #expect(throws: CancellationError.self) { try await call.value }
            }
        }
    }

    @Test func manyClientsWithTheSameRequestIDsGetTheirOwnAnswers() async throws {
        try await withRunningServer { url in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(.pinned(.v2026_07_28))) {
                            client in
                            for round in 0..<20 {
                                let message = "\(number)-\(round)"
                                let result = try await client.callTool("echo", ["message": .string(message)])
                                #expect(result.text == message)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func aBodyOverTheLimitIsRefusedAndTheServerGoesOn() async throws {
        try await withRunningServer(configuration: HTTPHandlerConfiguration(maximumBodyBytes: 10_000)) { url in
            try await withClient(ValidatedTransport(HTTPClientTransport(url: url)), configuration: Self.configuration(.pinned(.v2026_07_28))) { client in
                let long = JSONValue.string(String(repeating: "x", count: 20_000))
                await #expect(throws: (any Error).self) { try await client.callTool("echo", ["message": long]) }
                let result = try await client.callTool("echo", ["message": "short"])
                #expect(result.text == "short")
            }
        }
    }

    @Test func aBusyPortIsNamed() async throws {
        try await withRunningServer { url in
            let port = try #require(url.split(separator: ":").last?.split(separator: "/").first.flatMap { Int($0) })
            let error = await #expect(throws: ListeningError.self) {
                try await Server("second", version: "1").serve(.http(port: port))
            }
            #expect(error?.description.contains("Port \(port) on 127.0.0.1 is in use") == true)
        }
    }

    @Test func aServerThatIsNotThereIsNamed() async throws {
        let error = await #expect(throws: (any Error).self) { try await withClient(.http("http://127.0.0.1:9/mcp")) { _ in } }
        #expect("\(error ?? CancellationError())".contains("127.0.0.1:9"))
    }
}
