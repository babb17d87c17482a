import MCPCore
import Testing
import TestSupport

/// `subscriptions/listen` (2026-07-28, basic/patterns/subscriptions).
@Suite(.timeLimit(.minutes(1))) struct SubscriptionTests {
    private static let wanted = SubscriptionFilter(
        toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ["x://a"])

    /// A client learns what of its wishes the server grants, and hears of that alone.
    @Test func aServerGrantsWhatItHas() async throws {
        let server = Server("partial", version: "1") { ServerTool(Tool(name: "t")) { _, _ in CallToolResult() } }
        try await withFeatures(of: server, .latest) { (client: Client) async throws -> Void in
            let changes = try await client.changes(Self.wanted)
            #expect(changes.acknowledged == SubscriptionFilter(toolsListChanged: true))
            var iterator = changes.makeAsyncIterator()
            // Not granted, and therefore not told, even though there is something to tell by now.
            try server.prompts.add(ServerPrompt("p") { _, _ in [] })
            try server.resources.add(ServerResource("x://a", name: "a") { _ in "" })
            server.resources.updated("x://a")
            server.tools.remove("t")
            #expect(try await iterator.next() == .toolsListChanged)
            let all = try await client.changes(Self.wanted)
            #expect(all.acknowledged == Self.wanted)
            server.endSubscriptions()
            #expect(try await iterator.next() == nil)
        }
    }

    private static func listen(_ id: Int, _ filter: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"subscriptions/listen","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}},"notifications":{\#(filter)}}}"#
    }
    private static let talk =
        #"{"jsonrpc":"2.0","id":"talk","method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"debug"},"name":"talk"}}"#

    private static func connected(_ server: Server) -> (sink: TranscriptSink, input: AsyncThrowingStream<InboundFrames, any Error>.Continuation) {
        let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        let sink = TranscriptSink()
        let connection = ServerConnection(server: server, sink: sink)
        // Ends with its input.
        Task { try await connection.run(inbound) }
        return (sink, input)
    }

    private static let server: @Sendable () -> Server = {
        Server("talking", version: "1", configuration: ServerConfiguration(offersLogging: true)) {
            ServerTool(Tool(name: "talk")) { _, context in
                for level in LoggingLevel.allCases { try await context.log(level, "said") }
                return CallToolResult(text: "said")
            }
        }
    }

    /// Messages of a call are the call's: they carry no id of a subscription that is open beside it.
    @Test func logMessagesAreNotOfASubscription() async throws {
        let (sink, input) = Self.connected(Self.server())
        var messages = sink.messages.makeAsyncIterator()
        func next() async throws -> JSONValue { try JSONValue(parsing: try #require(await messages.next())) }
        input.yield(.messages([Array(Self.listen(1, #""toolsListChanged":true"#).utf8)]))
        #expect(try await next()["method"] == "notifications/subscriptions/acknowledged")
        input.yield(.messages([Array(Self.talk.utf8)]))
        for _ in LoggingLevel.allCases {
            let message = try await next()
            #expect(message["method"] == "notifications/message")
            #expect(message["params"]?["_meta"]?[MetaKey.subscriptionID] == nil)
        }
        #expect(try await next()["id"] == "talk")
        input.finish()
    }

    /// A server that ends a subscription says so in both ways that the specification names: a cancellation, and the response.
    @Test func theServerTellsThatItEndsASubscription() async throws {
        let server = Self.server()
        let (sink, input) = Self.connected(server)
        var messages = sink.messages.makeAsyncIterator()
        func next() async throws -> JSONValue { try JSONValue(parsing: try #require(await messages.next())) }
        for id in [1, 2] {
            input.yield(.messages([Array(Self.listen(id, #""toolsListChanged":true"#).utf8)]))
            #expect(try await next()["method"] == "notifications/subscriptions/acknowledged")
        }
        // The client's own end is not told back.
        input.yield(.messages([Array(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#.utf8)]))
        input.yield(.messages([Array(Self.talk.utf8)]))
        while try await next()["id"] != "talk" {}
        server.endSubscriptions()
        var schema = MessageSchema(revision: "2026-07-28")
        let cancellation = try await next()
        #expect(cancellation["method"] == "notifications/cancelled")
        #expect(cancellation["params"]?["requestId"] == 1)
        #expect(cancellation["params"]?["_meta"]?[MetaKey.subscriptionID] == 1)
        if SpecificationSchema.isExpected { #expect(try schema.check(cancellation, from: .server).isEmpty) }
        let end = try await next()
        #expect(end["id"] == 1)
        #expect(end["result"]?["_meta"]?[MetaKey.subscriptionID] == 1)
        input.finish()
        sink.end()
        #expect(await messages.next() == nil)
    }
}
