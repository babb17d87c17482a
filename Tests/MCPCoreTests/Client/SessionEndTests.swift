import MCPCore
import TestSupport
import Testing

/// A server that has ended the session says so to whatever it is sent next (2025-11-25, basic/transports, "Session Management"): also to a message that has no answer.
@Suite(.timeLimit(.minutes(1))) struct SessionEndTests {
    private static func methods(_ messages: [JSONRPCMessage]) -> [String] {
        messages.map { if case .notification(let notification) = $0 { notification.method } else { "answer" } }
    }

    @Test func aNotificationOpensANewSessionAndIsRepeated() async throws {
        let input = ClientInputHandlers(roots: { [] })
        let (client, transport) = try await scriptedClient(binding: .http, configuration: ClientConfiguration(input: input))
        transport.failSends([.sessionEnded])
        try await client.rootsListChanged()
        #expect(transport.methods == ["initialize", "initialize"])
        #expect(Self.methods(transport.sent) == ["notifications/initialized", "notifications/initialized", "notifications/roots/list_changed"])
        // Once: a server that ends each session is not asked in a loop.
        transport.failSends([.sessionEnded, .unreachable("gone")])
        await #expect(throws: ClientError.self) { try await client.rootsListChanged() }
        await client.close()
    }

    @Test func anAnswerOpensANewSession() async throws {
        let (client, transport) = try await scriptedClient(binding: .http)
        transport.failSends([.sessionEnded])
        await transport.emit(.request(JSONRPCRequest(id: "p", method: "ping")))
        #expect(Self.methods(await transport.sent(count: 2)) == ["notifications/initialized", "notifications/initialized"])
        // The question has ended with its session.
        try await client.ping()
        #expect(transport.methods == ["initialize", "initialize", "ping"] && transport.sent.count == 2)
        await client.close()
    }

    /// A server that takes the POST and says nothing: over HTTP nothing else would end it.
    @Test func whatHasNoAnswerHasTheTimeOfARequest() async throws {
        let clock = StandingClock()
        let input = ClientInputHandlers(roots: { [] })
        let (client, transport) = try await scriptedClient(binding: .http, configuration: ClientConfiguration(input: input, clock: ClientClock(clock)))
        var tries = transport.holdSends().makeAsyncIterator()
        let notification = Task { try await client.rootsListChanged() }
        await tries.next()
        clock.advance(by: .seconds(60))
        let error = await #expect(throws: ClientError.self) { try await notification.value }
        guard case .timedOut(method: "notifications/roots/list_changed", after: .seconds(60))? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await client.close()
    }

    @Test func anOpeningThatIsNotTakenEnds() async throws {
        let clock = StandingClock()
        let transport = ScriptedTransport(.http) { _ in
            ["protocolVersion": "2025-11-25", "capabilities": [:], "serverInfo": ["name": "mute", "version": "1"]]
        }
        var tries = transport.holdSends().makeAsyncIterator()
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake, clock: ClientClock(clock))) }
        await tries.next()
        clock.advance(by: .seconds(60))
        await #expect(throws: ClientError.self) { _ = try await connecting.value }
    }

    /// The session is there all the same.
    @Test func whatTheNewSessionRefusesDoesNotEndIt() async throws {
        let (client, transport) = try await scriptedClient(binding: .http, capabilities: ["logging": [:]]) { call in
            switch (call.request.method, call.request.id) {
            case ("ping", 3): throw TransportError.sessionEnded
            case ("logging/setLevel", 5): throw TransportError.httpStatus(400, body: "", error: JSONRPCError(.invalidParams, "no"))
            default: [:]
            }
        }
        try await client.setLogLevel(.info)
        try await client.ping()
        #expect(transport.methods == ["initialize", "logging/setLevel", "ping", "initialize", "logging/setLevel", "ping"])
        await client.close()
    }

    @Test func aCancellationOpensANewSession() async throws {
        let (running, started) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await scriptedClient(binding: .http) { call in
            guard call.request.method == "tools/call" else { return [:] }
            started.yield()
            return try await silence()
        }
        let call = Task { try await client.callTool("t") }
        for await _ in running { break }
        transport.failSends([.sessionEnded])
        call.cancel()
        #expect(Self.methods(await transport.sent(count: 2)) == ["notifications/initialized", "notifications/initialized"])
        try await client.ping()
        #expect(transport.methods == ["initialize", "tools/call", "initialize", "ping"] && transport.sent.count == 2)
        await client.close()
    }
}
