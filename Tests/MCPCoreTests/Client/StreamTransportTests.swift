import MCPCore
import TestSupport
import Testing

/// A client on a shared channel whose other end is the test.
@Suite(.timeLimit(.minutes(1))) struct StreamTransportTests {
    private struct Line: StreamConnector, MessageSink {
        let serverIdentity: String? = nil
        let sent: AsyncStream<JSONValue>
        private let sender: AsyncStream<JSONValue>.Continuation
        private let inbound: AsyncThrowingStream<InboundFrames, any Error>
        private let receiver: AsyncThrowingStream<InboundFrames, any Error>.Continuation

        init() {
            (sent, sender) = AsyncStream.makeStream(of: JSONValue.self)
            (inbound, receiver) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        }

        func write(_ message: [UInt8]) async throws { sender.yield(try JSONValue(parsing: message)) }
        func answer(_ message: JSONValue) { receiver.yield(.messages([message.serialized()])) }

        func open() async throws -> StreamChannel {
            StreamChannel(inbound: inbound, sink: self, reasonForEnd: { "closed" }, close: { [receiver] in receiver.finish() })
        }
    }

    @Test func aTransportThatWasClosedIsNotStartedAgain() async throws {
        let line = Line()
        let transport = StreamClientTransport(line)
        try await transport.start(receive: { _ in }, report: { _ in })
        await transport.close()
        let error = await #expect(throws: TransportError.self) { try await transport.start(receive: { _ in }, report: { _ in }) }
        #expect(error == .closed("the client has been closed"))
        #expect(!transport.isConnected)
    }

    private static let unreadable: JSONValue = ["jsonrpc": "2.0", "id": nil, "error": ["code": -32600, "message": "what?"]]

    @Test func aLateErrorWithoutAnIDIsTheProbesAndNotThatOfInitialize() async throws {
        let (line, clock) = (Line(), StandingClock())
        let transport = StreamClientTransport(line)
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(clock: ClientClock(clock))) }
        var sent = line.sent.makeAsyncIterator()
        #expect(await sent.next()?["method"] == "server/discover")
        await clock.waitForSleeper(until: .seconds(10))
        clock.advance(by: .seconds(10))
        let initialize = try #require(await sent.next())
        #expect(initialize["method"] == "initialize")
        line.answer(Self.unreadable)
        line.answer([
            "jsonrpc": "2.0", "id": initialize["id"] ?? nil,
            "result": ["protocolVersion": "2025-06-18", "capabilities": [:], "serverInfo": ["name": "slow", "version": "1"]],
        ])
        let client = try await connecting.value
        #expect(client.revision == .v2025_06_18)
        #expect(await sent.next()?["method"] == "notifications/initialized")
        // The probe has been answered now: the next such error is that of the only request under way.
        let ping = Task { try await client.ping() }
        #expect(await sent.next()?["method"] == "ping")
        line.answer(Self.unreadable)
        await #expect(throws: JSONRPCError.self) { try await ping.value }
        await client.close()
    }

    /// A server waits for the answer to what it asks, also where there is no room for the question.
    @Test func aRequestForWhichThereIsNoRoomIsRefused() async throws {
        let line = Line()
        let (busy, isBusy) = AsyncStream<Void>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        var configuration = ClientConfiguration(era: .handshake)
        configuration.onNotification = { _ in
            isBusy.yield()
            for await _ in gate { break }
        }
        let connecting = Task { [configuration] in try await Client.connect(StreamClientTransport(line), configuration: configuration) }
        var sent = line.sent.makeAsyncIterator()
        let initialize = try #require(await sent.next())
        line.answer([
            "jsonrpc": "2.0", "id": initialize["id"] ?? nil,
            "result": ["protocolVersion": "2025-11-25", "capabilities": [:], "serverInfo": ["name": "floods", "version": "1"]],
        ])
        let client = try await connecting.value
        #expect(await sent.next()?["method"] == "notifications/initialized")
        line.answer(["jsonrpc": "2.0", "method": "notifications/message", "params": ["level": "info", "data": "slow to take"]])
        for await _ in busy { break }
        // As many as may wait, and one more.
        for id in 0...1024 { line.answer(["jsonrpc": "2.0", "id": .integer(Int64(id)), "method": "ping"]) }
        let refusal = try #require(await sent.next())
        #expect(refusal["id"] == 1024)
        #expect(refusal["error"]?["code"] == -32603)
        #expect(refusal["error"]?["message"]?.string?.contains("busy") == true)
        // The others have their answers once there is time.
        open.yield()
        var answered: Set<Int64> = []
        while answered.count < 1024, let id = await sent.next()?["id"]?.integer { answered.insert(id) }
        #expect(answered == Set(0..<1024))
        await client.close()
    }
}
