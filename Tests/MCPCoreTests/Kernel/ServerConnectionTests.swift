import ConformanceFixtures
import MCPCore
import Synchronization
import Testing
import TestSupport

/// What a transcript cannot show of a connection: limits, queues, ends.
@Suite(.timeLimit(.minutes(1))) struct ServerConnectionTests {
    /// A connection with its input and its output.
    private struct Line {
        let sink = TranscriptSink()
        let input: AsyncThrowingStream<InboundFrames, any Error>.Continuation
        let serving: Task<Void, any Error>

        init(_ server: Server, sink given: (any MessageSink)? = nil) {
            let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
            self.input = input
            let connection = ServerConnection(server: server, sink: given ?? sink)
            serving = Task { [sink] in
                defer { sink.end() }
                try await connection.run(inbound)
            }
        }

        func send(_ messages: String...) { input.yield(.messages(messages.map { Array($0.utf8) })) }

        /// What still comes until the end.
        func rest() async throws -> [JSONValue] {
            var messages: [JSONValue] = []
            for await message in sink.messages { messages.append(try JSONValue(parsing: message)) }
            return messages
        }
    }

    private static let initialize =
        #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"n","version":"1"}}}"#

    private static func configuration(_ clock: StandingClock) -> ServerConfiguration {
        let system = ServerEnvironment.system
        return ServerConfiguration(
            environment: ServerEnvironment(now: system.now, randomBytes: system.randomBytes) {
                try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil)
            })
    }

    private static func echo(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"message":"\#(id)"}}}"#
    }

    private static func sleep(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"sleep","arguments":{"milliseconds":60000}}}"#
    }

    private static func cancel(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
    }

    private static func listen(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"subscriptions/listen","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},"notifications":{"toolsListChanged":true}}}"#
    }

    /// The one who brings the answer of the batch cannot wait for room, since it has been cancelled.
    @Test func aBatchIsAnsweredWhereItsLastRequestIsTakenBackWhileTheClientDoesNotRead() async throws {
        let outbound = InboundQueue(limit: 1000)
        let (hasBegun, begun) = AsyncStream.makeStream(of: Void.self)
        // The second of the batch begins when the first has ended, and so ends last.
        let server = FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 1))
        try server.tools.add(
            ServerTool(Tool(name: "held")) { _, _ in
                begun.finish()
                try await Task.sleep(for: .seconds(60))
                return CallToolResult(text: "")
            })
        let line = Line(server, sink: outbound.sink)
        var answers = outbound.makeAsyncIterator()
        line.send(Self.initialize)
        _ = try await answers.next()
        #expect(await outbound.push(.messages([[UInt8](repeating: 32, count: 1000)])))
        #expect(!outbound.hasRoom)
        line.send("[\(Self.echo(1)),\(#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"held"}}"#)]")
        for await _ in hasBegun {}
        line.send(Self.cancel(2))
        line.input.finish()
        try await line.serving.value
        outbound.finish()
        _ = try await answers.next()
        guard case .messages(let messages)? = try await answers.next() else {
            Issue.record("the batch is not answered")
            return
        }
        #expect(try messages.map { try JSONValue(parsing: $0)[0]?["id"] } == [1])
    }

    @Test func everythingAskedBeforeTheEndOfInputIsAnswered() async throws {
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 3)))
        line.send(Self.initialize)
        for id in 1...200 { line.send(Self.echo(id)) }
        line.input.finish()
        let ids = try await line.rest().compactMap { $0["id"]?.integer }
        #expect(ids.sorted() == Array(0...200))
        try await line.serving.value
    }

    @Test func aSubscriptionThatWaitedUntilTheEndOfInputEnds() async throws {
        for _ in 0..<50 {
            let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 1)))
            line.send(Self.listen(1), Self.listen(2), Self.listen(3))
            line.input.finish()
            let results = try await line.rest().filter { $0["result"] != nil }
            #expect(results.compactMap { $0["id"]?.integer } == [1, 2, 3])
        }
    }

    @Test func aQueuedRequestCanBeCancelledAndItsBatchIsAnswered() async throws {
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 1)))
        line.send(Self.initialize, Self.sleep(1))
        line.send("[\(Self.echo(2)),{},\(Self.echo(3))]")
        line.send(Self.cancel(2), Self.cancel(3))
        var messages = line.sink.messages.makeAsyncIterator()
        _ = await messages.next()
        let batch = try JSONValue(parsing: try #require(await messages.next()))
        #expect(batch.array?.count == 1)
        #expect(batch[0]?["error"]?["code"] == -32600)
        line.send(Self.cancel(1))
        line.input.finish()
        #expect(await messages.next() == nil)
    }

    /// A client that sends faster than handlers finish: what waits is bounded by number, with what runs by bytes, and the rest is told so.
    @Test(arguments: [(requests: 2, bytes: 1 << 20), (requests: 100, bytes: 350)])
    func whatWouldWaitBeyondTheLimitsIsRefused(limits: (requests: Int, bytes: Int)) async throws {
        let line = Line(
            FixtureServer.make(
                configuration: ServerConfiguration(
                    maximumConcurrentRequests: 1, maximumWaitingRequests: limits.requests, maximumBytesUnderWay: limits.bytes)))
        line.send(Self.initialize, Self.sleep(1))
        // 105 bytes run; these have 96 each, so that two of them wait in either case.
        for id in 2...6 { line.send(Self.echo(id)) }
        var messages = line.sink.messages.makeAsyncIterator()
        _ = await messages.next()
        for id in 4...6 {
            let refusal = try JSONValue(parsing: try #require(await messages.next()))
            #expect(refusal["id"] == .integer(Int64(id)))
            #expect(refusal["error"]?["message"]?.string?.contains("busy") == true)
        }
        // What has been let go makes room.
        line.send(Self.cancel(2), Self.echo(7), Self.cancel(1))
        line.input.finish()
        var served: [Int64] = []
        while let message = await messages.next() { if let id = try JSONValue(parsing: message)["id"]?.integer { served.append(id) } }
        #expect(served.sorted() == [3, 7])
    }

    @Test func whatRunsCountsTowardsTheBytes() async throws {
        let length = Self.sleep(1).utf8.count
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumBytesUnderWay: 3 * length + 10)))
        line.send(Self.initialize, Self.sleep(1), Self.sleep(2), Self.sleep(3), Self.echo(4))
        var messages = line.sink.messages.makeAsyncIterator()
        _ = await messages.next()
        let refusal = try JSONValue(parsing: try #require(await messages.next()))
        #expect(refusal["id"] == 4)
        #expect(refusal["error"]?["message"]?.string?.contains("busy") == true)
        line.send(Self.cancel(1), Self.cancel(2), Self.cancel(3))
        line.input.finish()
        #expect(await messages.next() == nil)
        try await line.serving.value
    }

    /// A message may be longer than all may be together: it is served, and one at a time.
    @Test func aMessageThatIsLongerThanTheLimitIsServedOneAtATime() async throws {
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumBytesUnderWay: 50)))
        line.send(Self.initialize, Self.sleep(1), Self.echo(2))
        var messages = line.sink.messages.makeAsyncIterator()
        _ = await messages.next()
        let refusal = try JSONValue(parsing: try #require(await messages.next()))
        #expect(refusal["id"] == 2 && refusal["error"] != nil)
        line.send(Self.cancel(1))
        line.input.finish()
        try await line.serving.value

        let next = Line(FixtureServer.make(configuration: ServerConfiguration(maximumBytesUnderWay: 50)))
        next.send(Self.initialize, Self.echo(1))
        next.input.finish()
        #expect(try await next.rest().last?["result"]?["content"]?[0]?["text"] != nil)
    }

    @Test func whatWaitsIsServedInOrderAndAnIdIsFreeOnceItsRequestHasLeft() async throws {
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 1)))
        line.send(Self.initialize, Self.sleep(1))
        for id in 2...200 { line.send(Self.echo(id)) }
        line.send(Self.echo(7), Self.echo(1))
        for id in stride(from: 2, through: 200, by: 2) { line.send(Self.cancel(id)) }
        line.send(Self.echo(2))
        line.send(Self.cancel(1))
        line.input.finish()
        let messages = try await line.rest()
        #expect(messages.filter { $0["error"] != nil }.map { $0["id"] } == [7, 1])
        let served = messages.filter { $0["result"] != nil }.compactMap { $0["id"]?.integer }
        #expect(served == [0] + stride(from: 3, through: 199, by: 2) + [2])
    }

    @Test func theReasonOfACancellationIsToldToTheOperator() async throws {
        let told = Collected<String>()
        let line = Line(FixtureServer.make(configuration: ServerConfiguration(maximumConcurrentRequests: 1, diagnostics: { told.add($0.description) })))
        line.send(Self.initialize, Self.sleep(1), Self.sleep(2), Self.sleep(3))
        func cancel(_ id: Int, _ reason: String) -> String {
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id),"reason":\#(reason)}}"#
        }
        let long = String(repeating: "x", count: 1000)
        line.send(cancel(9, #""nobody asked""#), cancel(3, #""too slow""#), cancel(2, #""\#(long)""#), cancel(1, "7"), Self.cancel(1))
        line.input.finish()
        try await line.serving.value
        let reasons = told.all.filter { $0.hasPrefix("The client has cancelled") }
        #expect(
            reasons.prefix(3) == [
                "The client has cancelled request 3: too slow", "The client has cancelled request 2: \(long.prefix(128))…",
                "The client has cancelled request 1: it gives no reason",
            ])
        #expect(!told.all.contains { $0.contains("nobody asked") })
    }

    @Test func aMessageThatIsTooLongIsAnsweredAndTheNextOneServed() async throws {
        let line = Line(FixtureServer.make())
        line.input.yield(.tooLong(limit: 10))
        line.send(Self.initialize)
        line.input.finish()
        let messages = try await line.rest()
        #expect(messages.count == 2)
        #expect(messages.first?["error"]?["message"] == "Invalid request: the message is longer than 10 bytes")
        #expect(messages.last?["id"] == 0)
    }

    @Test func aClientThatIsGoneCancelsWhatIsUnderWay() async throws {
        struct Broken: MessageSink {
            func write(_ message: [UInt8]) async throws { throw TransportError.closed("gone") }
        }
        let line = Line(FixtureServer.make(), sink: Broken())
        // The subscription cannot be acknowledged, nor `initialize` be answered; the sleeper would run for a minute.
        line.send(Self.listen(1), Self.initialize, Self.sleep(2), Self.listen(3))
        line.input.finish()
        try await line.serving.value
    }

    @Test func anAnswerThatIsTakenBackWhileItWaitsIsNotTheEnd() async throws {
        /// Takes the answer to request 1 for as long as nobody cancels it.
        struct Slow: MessageSink {
            let sink: TranscriptSink
            let reached: AsyncStream<Void>.Continuation
            func write(_ message: [UInt8]) async throws {
                guard String(decoding: message, as: UTF8.self).contains(#""id":1,"#) else { return try await sink.write(message) }
                reached.yield()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let sink = TranscriptSink()
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let line = Line(FixtureServer.make(), sink: Slow(sink: sink, reached: reach))
        line.send(Self.initialize, Self.echo(1))
        for await _ in reached { break }
        line.send(Self.cancel(1), Self.echo(2))
        line.input.finish()
        try await line.serving.value
        sink.end()
        var ids: [JSONValue?] = []
        for await message in sink.messages { ids.append(try JSONValue(parsing: message)["id"]) }
        #expect(ids == [0, 2])
    }

    @Test func cancellingTheTaskCancelsWhatIsUnderWay() async throws {
        let line = Line(FixtureServer.make())
        line.send(Self.initialize, Self.sleep(1), Self.listen(2))
        var messages = line.sink.messages.makeAsyncIterator()
        _ = await messages.next()
        _ = await messages.next()
        line.serving.cancel()
        _ = await line.serving.result
    }

    /// A server that is told to end says so to those who listen (2026-07-28, basic/patterns/subscriptions, "Graceful Closure").
    @Test func cancellingTheTaskEndsSubscriptionsWithTheirResponses() async throws {
        for _ in 0..<20 {
            // Nothing is cut because its time is over.
            let line = Line(FixtureServer.make(configuration: Self.configuration(StandingClock())))
            line.send(Self.initialize, Self.listen(1), Self.listen(2), Self.sleep(3))
            var messages = line.sink.messages.makeAsyncIterator()
            for _ in 0..<3 { _ = await messages.next() }
            line.serving.cancel()
            var responses: [Int64] = []
            var cancellations: [Int64] = []
            while let text = await messages.next() {
                let message = try JSONValue(parsing: text)
                if message["result"]?["_meta"]?[MetaKey.subscriptionID] != nil { responses.append(try #require(message["id"]?.integer)) }
                if message["method"] == "notifications/cancelled" { cancellations.append(try #require(message["params"]?["requestId"]?.integer)) }
            }
            #expect(responses.sorted() == [1, 2])
            #expect(cancellations.sorted() == [1, 2])
        }
    }

    /// A client that reads nothing does not hold the end up for longer than a second.
    @Test func aSubscriptionWhoseResponseNobodyTakesIsCut() async throws {
        struct Stuck: MessageSink {
            let sink: TranscriptSink
            let reached: AsyncStream<Void>.Continuation
            func write(_ message: [UInt8]) async throws {
                guard String(decoding: message, as: UTF8.self).contains("notifications/cancelled") else { return try await sink.write(message) }
                reached.yield()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let clock = StandingClock()
        let sink = TranscriptSink()
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let line = Line(FixtureServer.make(configuration: Self.configuration(clock)), sink: Stuck(sink: sink, reached: reach))
        line.send(Self.listen(1))
        var messages = sink.messages.makeAsyncIterator()
        _ = await messages.next()
        line.serving.cancel()
        for await _ in reached { break }
        await clock.waitForSleeper(until: .seconds(1))
        clock.advance(by: .seconds(1))
        _ = await line.serving.result
    }

    @Test func anInputThatFailsEndsTheConnectionWithItsError() async throws {
        let line = Line(FixtureServer.make())
        line.send(Self.initialize, Self.sleep(1))
        line.input.finish(throwing: TransportError.malformed("noise"))
        await #expect(throws: TransportError.malformed("noise")) { try await line.serving.value }
    }
}
