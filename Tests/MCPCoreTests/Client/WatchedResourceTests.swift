import MCPCore
import TestSupport
import Testing

/// Resources that listeners of one session watch (2025-11-25, server/resources, "Subscriptions"): the server is told when the last one goes.
@Suite(.timeLimit(.minutes(1))) struct WatchedResourceTests {
    private static let capabilities: JSONValue = ["resources": ["subscribe": true, "listChanged": true]]

    private static func watching(_ transport: ScriptedTransport) -> [String] {
        transport.requests.compactMap { request in
            guard let uri = request.params["uri"]?.string else { return nil }
            return request.method == "resources/subscribe" ? "+\(uri)" : "-\(uri)"
        }
    }

    /// Any number in turn, where a session may watch two at once.
    @Test func whatIsLetGoMakesRoom() async throws {
        let server = Server("watched", version: "1", configuration: ServerConfiguration(maximumResourceSubscriptions: 2)) {
            ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "t") }
            for number in 1...20 { ServerResource("r://\(number)", name: "\(number)") { _ in "\(number)" } }
        }
        try await withClient(ValidatedTransport(.inProcess(server)), configuration: ClientConfiguration(era: .handshake)) { client in
            for number in 1...20 {
                let uri = "r://\(number)"
                let changes = try await client.changes(SubscriptionFilter(resourceSubscriptions: [uri]))
                server.resources.updated(uri)
                var iterator = changes.makeAsyncIterator()
                #expect(try await iterator.next() == .resourceUpdated(uri: uri))
                if number.isMultiple(of: 2) { changes.cancel() }
            }
        }
    }

    @Test func theLastListenerEndsIt() async throws {
        let (client, transport) = try await scriptedClient(capabilities: Self.capabilities)
        let one = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1", "r://2", "r://1"]))
        let two = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
        one.cancel()
        one.cancel()
        // Whoever begins waits until what was let go has gone.
        let three = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://3"]))
        #expect(Self.watching(transport).suffix(2) == ["-r://2", "+r://3"])
        two.cancel()
        let again = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
        #expect(Self.watching(transport).suffix(2) == ["-r://1", "+r://1"])
        withExtendedLifetime((three, again)) {}
        await client.close()
    }

    @Test func whatTheApplicationAskedForItselfIsLeftToIt() async throws {
        let (client, transport) = try await scriptedClient(capabilities: Self.capabilities)
        _ = try await client.request("resources/subscribe", ["uri": "r://1"])
        for _ in 1...2 { try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1", "r://2"])).cancel() }
        _ = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://3"]))
        #expect(!Self.watching(transport).contains("-r://1") && Self.watching(transport).contains("-r://2"))
        await client.close()
    }

    @Test func aResourceThatWasRefusedIsNotGivenBack() async throws {
        let (client, transport) = try await scriptedClient(capabilities: Self.capabilities) { call in
            if call.request.params["uri"] == "r://2" { throw JSONRPCError(.invalidParams, "too many") }
            return [:]
        }
        await #expect(throws: JSONRPCError.self) { _ = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1", "r://2"])) }
        _ = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://3"]))
        #expect(Self.watching(transport).prefix(4) == ["+r://1", "+r://2", "-r://1", "+r://3"])
        await client.close()
    }

    /// The session's subscription is then that of the one who was refused, who has none.
    @Test func whatIsRefusedAfterTheOtherListenerHasGoneIsGivenBack() async throws {
        let (reached, reach) = AsyncStream<Void>.makeStream()
        let (opened, open) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await scriptedClient(capabilities: Self.capabilities) { call in
            guard call.request.method == "resources/subscribe", call.request.id == 3 else { return [:] }
            reach.yield()
            for await _ in opened { break }
            throw JSONRPCError(.invalidParams, "too many")
        }
        let one = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
        let two = Task { try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"])) }
        for await _ in reached { break }
        one.cancel()
        open.yield()
        await #expect(throws: JSONRPCError.self) { _ = try await two.value }
        let again = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
        #expect(Self.watching(transport) == ["+r://1", "+r://1", "-r://1", "+r://1"])
        withExtendedLifetime(again) {}
        await client.close()
    }

    /// The next session is asked for what is listened to, and for nothing else.
    @Test func theNextSessionIsAskedForWhatIsLeft() async throws {
        let (client, transport) = try await scriptedClient(binding: .http, capabilities: Self.capabilities) { call in
            if call.request.method == "ping", call.start == 1, call.request.id == 6 { throw TransportError.sessionEnded }
            return [:]
        }
        let one = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
        let two = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://2"]), options: RequestOptions(headers: [("X-Tenant", "a")]))
        one.cancel()
        let three = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://3"]))
        // Requests 1 to 5: initialize, three subscriptions, and what ends the first.
        try await client.ping()
        #expect(transport.methods.suffix(4) == ["initialize", "resources/subscribe", "resources/subscribe", "ping"])
        #expect(Self.watching(transport).suffix(2) == ["+r://2", "+r://3"])
        #expect(transport.metadata.suffix(4).map { $0.headers.map(\.value) } == [[], ["a"], [], []])
        withExtendedLifetime((two, three)) {}
        await client.close()
    }
}
