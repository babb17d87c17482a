import MCPCore
import Synchronization
import Testing

/// When a server asks its client, and for how long it waits (2025-11-25, basic/lifecycle, "Initialization" and "Timeouts").
@Suite(.timeLimit(.minutes(1))) struct AnswerTimeTests {
    private static func id(_ message: JSONRPCMessage) -> RequestID? { if case .request(let request) = message { request.id } else { nil } }

    /// Sleeps until it is told that the time is over.
    private final class Alarm: Sendable {
        private let (rings, ringing) = AsyncStream.makeStream(of: Void.self)
        let asked = Collected<Duration>()
        func ring() { ringing.yield() }
        var sleep: @Sendable (Duration) async throws -> Void {
            { duration in
                self.asked.add(duration)
                for await _ in self.rings { return }
                throw CancellationError()
            }
        }
    }

    @Test func aRequestWithoutAnAnswerEndsAndTheClientIsTold() async throws {
        let alarm = Alarm()
        let requests = PendingRequests(timeout: .seconds(5), sleep: alarm.sleep)
        let cancelled = Collected<RequestID>()
        let error = await #expect(throws: AnswerTimeout.self) {
            try await requests.request("elicitation/create", params: [:]) { _ in
                alarm.ring()
            } cancelled: {
                cancelled.add($0)
            }
        }
        #expect(error?.description == "The client did not answer elicitation/create within 5.0 seconds")
        #expect(alarm.asked.all == [.seconds(5)])
        #expect(cancelled.all == [1])
        // What comes too late is nobody's.
        #expect(!requests.resolve(JSONRPCResponse(id: 1, [:])))
    }

    @Test func anAnswerInTimeIsTheOutcome() async throws {
        let requests = PendingRequests(timeout: .seconds(5), sleep: Alarm().sleep)
        let result = try await requests.request("m", params: [:]) { message in
            requests.resolve(JSONRPCResponse(id: try #require(Self.id(message)), ["x": 1]))
        } cancelled: { _ in
            Issue.record("nobody cancelled")
        }
        #expect(result == ["x": 1])
    }

    @Test func nothingIsSentBeforeTheClientIsReady() async throws {
        let requests = PendingRequests(isReady: false)
        let sent = Collected<RequestID>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    _ = try await requests.request("m", params: [:]) { message in
                        let id = try #require(Self.id(message))
                        sent.add(id)
                        requests.resolve(JSONRPCResponse(id: id, [:]))
                    } cancelled: { _ in
                    }
                }
            }
            for _ in 0..<100 { await Task.yield() }
            #expect(sent.all.isEmpty)
            // An answer to what was not sent is nobody's.
            #expect(!requests.resolve(JSONRPCResponse(id: 1, [:])))
            requests.ready()
            try await group.waitForAll()
        }
        #expect(Set(sent.all).count == 10)
    }

    @Test func whatIsHeldCanBeGivenUp() async throws {
        let alarm = Alarm()
        func ask(_ requests: PendingRequests) -> Task<JSONObject, any Error> {
            Task {
                try await requests.request("m", params: [:]) { _ in
                    Issue.record("it was sent")
                } cancelled: { _ in
                    Issue.record("what was not sent is cancelled")
                }
            }
        }
        let late = ask(PendingRequests(isReady: false, timeout: .seconds(1), sleep: alarm.sleep))
        alarm.ring()
        await #expect(throws: AnswerTimeout.self) { try await late.value }
        let cancelled = ask(PendingRequests(isReady: false))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let closing = PendingRequests(isReady: false)
        let closed = ask(closing)
        closing.close(TransportError.closed("gone"))
        await #expect(throws: TransportError.closed("gone")) { try await closed.value }
    }

    // MARK: A server

    private static let asking = ServerTool(Tool(name: "ask")) { _, context in
        CallToolResult(text: try await context.elicit("sure", Flag.self, "Sure?") == .accept(Flag(yes: true)) ? "sure" : "unsure")
    }

    /// A connection with its input and its output.
    private static func connected(_ server: Server) -> (sink: TranscriptSink, send: @Sendable (String) -> Void, serving: Task<Void, any Error>) {
        let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        let sink = TranscriptSink()
        let connection = ServerConnection(server: server, sink: sink)
        return (sink, { input.yield(.messages([Array($0.utf8)])) }, Task { try await connection.run(inbound) })
    }

    private static let initialize =
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"elicitation":{}},"clientInfo":{"name":"n","version":"1"}}}"#
    private static let initialized = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
    private static let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask"}}"#
    private static let ping = #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#

    @Test func aHandlerAsksOnlyOnceTheClientIsReady() async throws {
        let (sink, send, serving) = Self.connected(Server("asking", version: "1") { Self.asking })
        defer { serving.cancel() }
        var messages = sink.messages.makeAsyncIterator()
        func next() async throws -> JSONValue { try JSONValue(parsing: try #require(await messages.next())) }
        send(Self.initialize)
        #expect(try await next()["id"] == 0)
        send(Self.call)
        // The call is under way, and a ping is answered; the question is not asked.
        send(Self.ping)
        #expect(try await next()["id"] == 2)
        send(Self.initialized)
        let question = try await next()
        #expect(question["method"] == "elicitation/create")
        send(#"{"jsonrpc":"2.0","id":\#(try #require(question["id"]).serializedString),"result":{"action":"accept","content":{"yes":true}}}"#)
        #expect(try await next()["result"]?["content"]?[0]?["text"] == "sure")
    }

    @Test func aClientThatDoesNotAnswerEndsTheQuestionAndNotTheServer() async throws {
        let alarm = Alarm()
        var environment = ServerEnvironment.system
        environment.sleep = alarm.sleep
        let configuration = ServerConfiguration(answerTimeout: .seconds(60), environment: environment)
        let (sink, send, serving) = Self.connected(Server("asking", version: "1", configuration: configuration) { Self.asking })
        defer { serving.cancel() }
        var messages = sink.messages.makeAsyncIterator()
        func next() async throws -> JSONValue { try JSONValue(parsing: try #require(await messages.next())) }
        for message in [Self.initialize, Self.initialized, Self.call] { send(message) }
        #expect(try await next()["id"] == 0)
        let question = try await next()
        #expect(question["method"] == "elicitation/create")
        alarm.ring()
        let cancellation = try await next()
        #expect(cancellation["method"] == "notifications/cancelled")
        #expect(cancellation["params"]?["requestId"] == question["id"])
        let result = try await next()
        #expect(result["result"]?["isError"] == true)
        #expect(result["result"]?["content"]?[0]?["text"] == "The client did not answer elicitation/create within 60.0 seconds")
        #expect(alarm.asked.all == [.seconds(60)])
        send(Self.ping)
        #expect(try await next()["id"] == 2)
    }

    @Test func theDefaultIsAnHour() { #expect(ServerConfiguration().answerTimeout == .seconds(3600)) }

    @Test func aRequestThatCannotBeSentInTimeEndsToo() async throws {
        let alarm = Alarm()
        let requests = PendingRequests(timeout: .seconds(5), sleep: alarm.sleep)
        await #expect(throws: AnswerTimeout.self) {
            try await requests.request("m", params: [:]) { _ in
                alarm.ring()
                // The client reads nothing.
                try await Task.sleep(for: .seconds(3600))
            } cancelled: { _ in
                Issue.record("what was not sent is not taken back")
            }
        }
    }

    @Test func nobodyWaitsForAClientToBeToldOfTheEnd() async throws {
        let alarm = Alarm()
        let requests = PendingRequests(timeout: .seconds(5), sleep: alarm.sleep)
        await #expect(throws: AnswerTimeout.self) {
            try await requests.request("m", params: [:]) { _ in
                alarm.ring()
            } cancelled: { _ in
                try? await Task.sleep(for: .seconds(3600))
            }
        }
    }
}
