import MCPCore
import Synchronization
import Testing
import TestSupport

/// Several subscriptions of one client on one channel (2026-07-28, basic/patterns/subscriptions, "Receiving Notifications"; basic/transports/stdio).
@Suite(.timeLimit(.minutes(1))) struct SubscriptionChannelTests {
    private static func server() -> Server {
        Server("watched", version: "1") {
            ServerTool(Tool(name: "t")) { _, _ in CallToolResult(text: "t") }
            ServerResource("r://1", name: "one") { _ in "1" }
            ServerResource("r://2", name: "two") { _ in "2" }
        }
    }

    @Test func eachHearsWhatIsItsOwn() async throws {
        let server = Self.server()
        let tape = MessageTape(.inProcess(server))
        try await withClient(ValidatedTransport(tape), configuration: ClientConfiguration(era: .pinned(.latest))) { client in
            let one = try await client.changes(SubscriptionFilter(resourceSubscriptions: ["r://1"]))
            let two = try await client.changes(SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: ["r://1", "r://2"]))
            var (first, second) = (one.makeAsyncIterator(), two.makeAsyncIterator())
            server.resources.updated("r://2")
            #expect(try await second.next() == .resourceUpdated(uri: "r://2"))
            server.resources.updated("r://1")
            // Had the first taken what was meant for the other one, it would come before this.
            #expect(try await first.next() == .resourceUpdated(uri: "r://1"))
            #expect(try await second.next() == .resourceUpdated(uri: "r://1"))
            one.cancel()
            server.resources.updated("r://1")
            #expect(try await second.next() == .resourceUpdated(uri: "r://1"))
            #expect(try await first.next() == nil)
        }
        // Each notification came under the id of the request that opened its subscription.
        let opened = tape.requests.filter { $0.method == "subscriptions/listen" }.map(\.id)
        #expect(opened.count == 2 && Set(opened).count == 2)
        let ids = tape.received(in: "subscriptions/listen").compactMap { $0.params["_meta"]?[MetaKey.subscriptionID] }
        #expect(Set(ids) == Set(opened.map(\.json)))
    }

    /// What is correlated is the id, and not what the notification tells: the same change under two ids goes to two listeners.
    @Test func theIdDecidesWhoseANotificationIs() async throws {
        let connector = ScriptedChannel()
        let client = try await Client.connect(
            StreamClientTransport(connector), configuration: ClientConfiguration(era: .pinned(.latest)))
        let one = try await client.changes(SubscriptionFilter(toolsListChanged: true, promptsListChanged: true))
        let two = try await client.changes(SubscriptionFilter(toolsListChanged: true, promptsListChanged: true))
        let ids = connector.subscriptions
        connector.tell("notifications/tools/list_changed", ids[1])
        connector.tell("notifications/prompts/list_changed", ids[0])
        // Of none that is open: nobody's.
        connector.tell("notifications/tools/list_changed", 999)
        var (first, second) = (one.makeAsyncIterator(), two.makeAsyncIterator())
        #expect(try await first.next() == .promptsListChanged)
        #expect(try await second.next() == .toolsListChanged)
        connector.tell("notifications/prompts/list_changed", ids[1])
        connector.tell("notifications/tools/list_changed", ids[0])
        #expect(try await first.next() == .toolsListChanged)
        #expect(try await second.next() == .promptsListChanged)
        await client.close()
    }

    /// A server of the per-request era that acknowledges subscriptions, and tells what the test says.
    private final class ScriptedChannel: StreamConnector, MessageSink {
        private struct State {
            var subscriptions: [JSONValue] = []
        }
        let serverIdentity: String? = nil
        private let state = Mutex(State())
        private let (frames, out) = AsyncThrowingStream<InboundFrames, any Error>.makeStream()

        /// The ids of the subscriptions, in the order in which they were opened.
        var subscriptions: [JSONValue] { state.withLock(\.subscriptions) }

        func open() async throws -> StreamChannel {
            StreamChannel(inbound: frames, sink: self, reasonForEnd: { "closed" }, close: { [out] in out.finish() })
        }

        func write(_ message: [UInt8]) async throws {
            let message = try JSONValue(parsing: message)
            guard let id = message["id"] else { return }
            switch message["method"]?.string {
            case "server/discover":
                let result: JSONValue = ["resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
                send(["jsonrpc": "2.0", "id": id, "result": result])
            case "subscriptions/listen":
                state.withLock { $0.subscriptions.append(id) }
                tell("notifications/subscriptions/acknowledged", id, ["notifications": message["params"]?["notifications"] ?? [:]])
            default: break
            }
        }

        func write(contentsOf messages: [[UInt8]]) async throws { for message in messages { try await write(message) } }

        func tell(_ method: String, _ id: JSONValue, _ params: JSONObject = [:]) {
            var params = params
            params["_meta"] = [MetaKey.subscriptionID: id]
            send(["jsonrpc": "2.0", "method": .string(method), "params": .object(params)])
        }

        private func send(_ message: JSONValue) { out.yield(.messages([message.serialized()])) }
    }
}
