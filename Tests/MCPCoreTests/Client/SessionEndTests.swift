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
