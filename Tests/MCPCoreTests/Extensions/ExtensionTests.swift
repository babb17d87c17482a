@testable import MCPCore
import Synchronization
import Testing

/// The framework of extensions (SEP-2133), with one that nobody has published.
@Suite(.timeLimit(.minutes(1))) struct ExtensionTests {
    private final class Echo: ServerExtension {
        let identifier = "com.example/echo"
        let settings: JSONObject = ["loud": true]
        let methods: Set<String> = ["com.example/echo", "com.example/fail"]
        let notifications: Set<String> = ["notifications/com.example/shout"]
        let subscriptionMembers: Set<String> = ["com.example/echoes"]
        let shouts = Mutex<[String]>([])
        let ended = Mutex(0)

        func respond(to call: ExtensionCall) async throws -> JSONObject {
            if call.method == "com.example/fail" { throw JSONRPCError(.init(rawValue: -31000), "It fails.") }
            try await call.notify("notifications/com.example/heard", ["text": call.params["text"] ?? .null])
            return ["text": .string(try call.params.decode("text")), "settings": .object(call.clientSettings)]
        }

        func receive(_ notification: JSONRPCNotification, from peer: Peer) async {
            shouts.withLock { $0.append("\(notification.params["text"]?.string ?? "") in \(peer.revision.rawValue)") }
        }

        func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> ExtensionSubscription {
            let (notifications, continuation) = AsyncStream<JSONRPCNotification>.makeStream()
            continuation.yield(JSONRPCNotification(method: "notifications/com.example/echo", params: wanted))
            continuation.finish()
            return ExtensionSubscription(granted: wanted, notifications: notifications) { [self] in ended.withLock { $0 += 1 } }
        }
    }

    private struct Later: ServerExtension, ClientExtension {
        let identifier = "com.example/later"
        let methods: Set<String> = ["com.example/later"]
        let notifications: Set<String> = []
        let revisions = ProtocolRevision.v2026_07_28 ... .latest
        func respond(to call: ExtensionCall) async throws -> JSONObject { [:] }
    }

    @Test(arguments: bothEras) func itsMethodsAreServedToWhomDeclaresIt(_ revision: ProtocolRevision) async throws {
        let echo = Echo()
        let server = Server("s", version: "1") { echo }
        let heard = Mutex<[String]>([])
        try await withFeatures(of: server, revision) {
            $0.extensions = [DeclaredExtension("com.example/echo", settings: ["quiet": false])]
            $0.onNotification = { notification in heard.withLock { $0.append(notification.method) } }
        } _: { (client: Client) async throws -> Void in
            #expect(client.serverCapabilities.extensions == ["com.example/echo": ["loud": true]])
            var result = try await client.request("com.example/echo", ["text": "hi"])
            result["resultType"] = nil
            result["_meta"] = nil
            #expect(result == ["text": "hi", "settings": ["quiet": false]])
            let failure = await #expect(throws: JSONRPCError.self) { _ = try await client.request("com.example/fail") }
            #expect(failure?.code.rawValue == -31000)
            let malformed = await #expect(throws: JSONRPCError.self) { _ = try await client.request("com.example/echo") }
            #expect(malformed?.code == .invalidParams)
        }
        // What belongs to no request has its own way to its handler, which may be the longer one. The malformed call is heard too.
        #expect(heard.withLock(\.self) == Array(repeating: "notifications/com.example/heard", count: 2))
    }

    @Test(arguments: bothEras) func whoDoesNotDeclareItIsTold(_ revision: ProtocolRevision) async throws {
        let server = Server("s", version: "1") { Echo() }
        try await withFeatures(of: server, revision) {
            $0.extensions = [DeclaredExtension("com.example/other")]
        } _: { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.request("com.example/echo", ["text": "hi"]) }
            #expect(error?.code == (revision.era == .perRequest ? .missingRequiredClientCapability : .invalidRequest))
            #expect(error?.data?["requiredCapabilities"] == ["extensions": ["com.example/echo": [:]]])
        }
    }

    @Test func itExistsOnlyInItsRevisions() async throws {
        let server = Server("s", version: "1") { Later() }
        for revision in bothEras {
            let transport = ScriptedTransport { call in
                #expect(call.request.params["capabilities"]?["extensions"] == nil)
                return ["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "s", "version": "1"]]
            }
            _ = try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake, extensions: [Later()]))
            try await withFeatures(of: server, revision) {
                $0.extensions = [Later()]
            } _: { (client: Client) async throws -> Void in
                #expect((client.serverCapabilities.extensions == nil) == (revision.era == .handshake))
                if revision.era == .perRequest {
                    _ = try await client.request("com.example/later")
                } else {
                    let error = await #expect(throws: JSONRPCError.self) { _ = try await client.request("com.example/later") }
                    #expect(error?.code == .methodNotFound)
                }
            }
        }
    }

    @Test func itTakesNotificationsOfSessions() async throws {
        let echo = Echo()
        let server = Server("s", version: "1") { echo }
        try await withFeatures(of: server, .latestHandshake) {
            $0.extensions = [DeclaredExtension("com.example/echo")]
        } _: { (client: Client) async throws -> Void in
            let shout = JSONRPCNotification(method: "notifications/com.example/shout", params: ["text": "hey"])
            try await client.connection.transport.send(.notification(shout), metadata: ExchangeMetadata(revision: .latestHandshake))
            try await client.ping()
        }
        #expect(echo.shouts.withLock(\.self) == ["hey in 2025-11-25"])
        try await withFeatures(of: server, .latestHandshake) { (client: Client) async throws -> Void in
            let shout = JSONRPCNotification(method: "notifications/com.example/shout", params: ["text": "undeclared"])
            try await client.connection.transport.send(.notification(shout), metadata: ExchangeMetadata(revision: .latestHandshake))
            try await client.ping()
        }
        #expect(echo.shouts.withLock(\.self).count == 1)
    }

    @Test func itHasAPartOfASubscription() async throws {
        let echo = Echo()
        let server = Server("s", version: "1") { echo }
        try await withFeatures(of: server, .latest) {
            $0.extensions = [DeclaredExtension("com.example/echo")]
        } _: { (client: Client) async throws -> Void in
            let (told, tell) = AsyncStream<JSONRPCNotification>.makeStream()
            let subscription = try await client.connection.listen(
                to: ["com.example/echoes": 3], revision: .latest, receive: { tell.yield($0) }, ended: { _ in tell.finish() })
            #expect(subscription.acknowledged == ["com.example/echoes": 3])
            for await notification in told {
                #expect(notification.method == "notifications/com.example/echo" && notification.params["com.example/echoes"] == 3)
                break
            }
            // Its end is not the subscription's.
            server.endSubscriptions()
            await subscription.request.value
            #expect(echo.ended.withLock(\.self) == 1)
        }
    }

    @Test func whatItAddsToANotificationGoesOutWithTheIdOfTheSubscription() async throws {
        struct Marked: ServerExtension {
            let identifier = "com.example/marked"
            let subscriptionMembers: Set<String> = ["com.example/marks"]
            func subscribe(to wanted: JSONObject, for peer: Peer) async throws -> ExtensionSubscription {
                let (notifications, continuation) = AsyncStream<JSONRPCNotification>.makeStream()
                // The id of another subscription is not the extension's to give.
                let meta: JSONValue = ["com.example/mark": 7, MetaKey.subscriptionID: "another"]
                continuation.yield(JSONRPCNotification(method: "notifications/com.example/mark", params: ["_meta": meta, "n": 1]))
                return ExtensionSubscription(granted: wanted, notifications: notifications) { continuation.finish() }
            }
        }
        let server = Server("s", version: "1") { Marked() }
        try await withFeatures(of: server, .latest) {
            $0.extensions = [DeclaredExtension("com.example/marked")]
        } _: { (client: Client) async throws -> Void in
            let (told, tell) = AsyncStream<JSONRPCNotification>.makeStream()
            let subscription = try await client.connection.listen(
                to: ["com.example/marks": 3], revision: .latest, receive: { tell.yield($0) }, ended: { _ in tell.finish() })
            let notification = await told.first { _ in true }
            #expect(notification?.params["_meta"]?["com.example/mark"] == 7)
            let id = notification?.params["_meta"]?[MetaKey.subscriptionID]
            #expect(id != nil && id != "another")
            #expect(notification?.params["n"] == 1)
            server.endSubscriptions()
            await subscription.request.value
        }
    }

    @Test(arguments: [
        "", "echo", "com.example/", "/echo", "com..example/echo", "1com/echo", "com.example/-echo", "com.example/echo/2", "com.exa mple/echo", "com-/x",
    ])
    func anIdentifierHasAPrefixAndAName(_ identifier: String) throws {
        struct Named: ServerExtension { let identifier: String }
        #expect(throws: ServerDefinitionError.self) { try Server("s", version: "1") { Named(identifier: identifier) }.validate() }
        try Server("s", version: "1") { Named(identifier: "io.model-context.example/a.b_c-2") }.validate()
    }

    @Test func faultsAreNamedBeforeAnythingIsServed() throws {
        struct Greedy: ServerExtension {
            let identifier = "com.example/greedy"
            let methods: Set<String> = ["tools/list"]
        }
        let server = Server("s", version: "1") {
            Greedy()
            Greedy()
        }
        let error = #expect(throws: ServerDefinitionError.self) { try server.validate() }
        #expect(error?.faults.count == 3)
    }

    @Test(arguments: bothEras) func aClientAnswersAndListens(_ revision: ProtocolRevision) async throws {
        struct Helper: ClientExtension {
            let identifier = "com.example/helper"
            let methods: Set<String> = ["com.example/help"]
            let notifications: Set<String> = ["notifications/com.example/news"]
            let news: AsyncStream<String>.Continuation
            func answer(_ method: String, _ params: JSONObject) async throws -> JSONObject { ["helped": params["with"] ?? .null] }
            func receive(_ notification: JSONRPCNotification) async { news.yield(notification.method) }
        }
        let (news, publish) = AsyncStream<String>.makeStream()
        let server = Server("s", version: "1") {
            ServerTool(Tool(name: "work")) { _, context in
                try await context.exchange.notify("notifications/com.example/news", [:])
                let help = try await context.peer.backChannel?.request("com.example/help", params: ["with": "this"])
                return CallToolResult(text: help?["helped"]?.string ?? "alone")
            }
        }
        try await withFeatures(of: server, revision) {
            $0.extensions = [Helper(news: publish)]
        } _: { (client: Client) async throws -> Void in
            // The per-request era has no requests of servers.
            #expect(try await client.callTool("work").text == (revision.era == .handshake ? "this" : "alone"))
            for await method in news {
                #expect(method == "notifications/com.example/news")
                break
            }
        }
    }

    @Test func aClientCompletesResultsOfItsTypes() async throws {
        struct Tickets: ClientExtension {
            let identifier = "com.example/tickets"
            let resultTypes: Set<String> = ["ticket"]
            func complete(_ result: JSONObject, of call: ExtendedCall) async throws -> JSONObject {
                try await call.request("com.example/redeem", ["ticket": result["ticket"] ?? .null])
            }
        }
        let transport = ScriptedTransport { call in
            switch call.request.method {
            case "server/discover": ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
            case "tools/call": ["resultType": "ticket", "ticket": "T-1"]
            default: ["resultType": "complete", "content": [["type": "text", "text": call.request.params["ticket"] ?? .null]]]
            }
        }
        let client = try await Client.connect(transport, configuration: ClientConfiguration(extensions: [Tickets()]))
        #expect(try await client.callTool("t").text == "T-1")
        #expect(transport.methods == ["server/discover", "tools/call", "com.example/redeem"])
    }
}
