import ConformanceFixtures
import MCPCore
import TestSupport
import Testing

/// The HTTP headers of a call travel with everything that is sent on its behalf: a gateway may route by them.
@Suite(.timeLimit(.minutes(1))) struct CallHeaderTests {
    private static let options = RequestOptions(headers: [("X-Tenant", "a")])

    private static func tenants(_ metadata: some Sequence<ExchangeMetadata>) -> [String] { metadata.map { $0.headers.map(\.value).joined() } }

    @Test func theListsThatACallTakesHaveThem() async throws {
        let calls = Counter()
        let (client, transport) = try await scriptedClient(.latest, binding: .http) { call in
            guard call.request.method == "tools/call" else { return ["tools": [], "resultType": "complete"] }
            // A refusal of what has not run, by its status.
            if calls.next() == 1 { throw TransportError.httpStatus(400, body: "", error: JSONRPCError(.headerMismatch, "no")) }
            throw JSONRPCError(.invalidParams, "no")
        }
        await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("t", options: Self.options) }
        await #expect(throws: ClientError.self) { _ = try await client.callTool("t", options: Self.options) }
        #expect(transport.methods.dropFirst() == ["tools/list", "tools/call", "tools/list", "tools/call", "tools/call", "tools/list"])
        #expect(Self.tenants(transport.metadata.dropFirst()) == Array(repeating: "a", count: 6))
    }

    /// The answers to what a server asks on the stream of a call, whoever answers, and the end of the call.
    @Test(arguments: [true, false]) func answersAndTheCancellationHaveThem(hasHandler: Bool) async throws {
        let (running, started) = AsyncStream<Void>.makeStream()
        let input = hasHandler ? ClientInputHandlers(elicit: { _ in .decline }) : ClientInputHandlers()
        let (client, transport) = try await scriptedClient(binding: .http, configuration: ClientConfiguration(input: input)) { call in
            let question = JSONRPCRequest(id: "q", method: "elicitation/create", params: ["message": "Who?", "requestedSchema": ["type": "object"]])
            await call.emit(.request(question))
            await call.emit(.request(JSONRPCRequest(id: "p", method: "ping")))
            started.yield()
            return try await silence()
        }
        let call = Task { try await client.callTool("ask", options: Self.options) }
        for await _ in running { break }
        _ = await transport.sent(count: 3)
        call.cancel()
        let sent = await transport.sent(count: 4)
        #expect(sent.last.map { if case .notification(let last) = $0 { last.method == "notifications/cancelled" } else { false } } == true)
        #expect(Self.tenants(transport.sentMetadata) == ["", "a", "a", "a"])
        await client.close()
    }

    @Test func subscriptionsHaveThem() async throws {
        let (old, watched) = try await scriptedClient(capabilities: ["resources": ["subscribe": true]])
        try await old.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]), options: Self.options).cancel()
        _ = try await old.changes(SubscriptionFilter(resourceSubscriptions: ["r://2"]))
        #expect(watched.methods.prefix(4) == ["initialize", "resources/subscribe", "resources/unsubscribe", "resources/subscribe"])
        #expect(Self.tenants(watched.metadata.prefix(4)) == ["", "a", "a", ""])
        await old.close()

        let (client, transport) = try await scriptedClient(.latest, binding: .http, configuration: ClientConfiguration(extensions: [ClientTasksExtension()])) {
            call in
            guard call.request.method == "subscriptions/listen" else { return ["resultType": "complete"] }
            let asked = call.request.params["notifications"] ?? [:]
            await call.emit(.notification(JSONRPCNotification(method: "notifications/subscriptions/acknowledged", params: ["notifications": asked])))
            return try await silence()
        }
        let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true), options: Self.options)
        _ = try await client.tasks.changes(of: ["t"], options: Self.options)
        try await client.tasks.update("t", [:], options: Self.options)
        try await client.tasks.cancel("t", options: Self.options)
        await #expect(throws: ClientError.self) { _ = try await client.tasks.get("t", options: Self.options) }
        #expect(transport.methods.dropFirst() == ["subscriptions/listen", "subscriptions/listen", "tasks/update", "tasks/cancel", "tasks/get"])
        #expect(Self.tenants(transport.metadata.dropFirst()) == Array(repeating: "a", count: 5))
        changes.cancel()
        await client.close()
    }
}
