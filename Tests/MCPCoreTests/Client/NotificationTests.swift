import MCPCore
import Synchronization
import Testing

/// Notifications of a server as sequences.
@Suite(.timeLimit(.minutes(1))) struct NotificationTests {
    private static let eras: [EraSelection] = [.handshake, .pinned(.v2026_07_28)]

    private static let server = Server("notes", version: "1", configuration: ServerConfiguration(offersLogging: true)) {
        ServerTool(Tool(name: "log")) { _, context in
            for number in 1...3 { try await context.log(.warning, .integer(Int64(number)), logger: "test") }
            try await context.log(.debug, "not wanted")
            return CallToolResult(text: "logged")
        }
    }

    @Test(arguments: eras) func logMessagesComeInOrderToEachListener(_ era: EraSelection) async throws {
        let told = Mutex<[String]>([])
        let (handedOn, count) = AsyncStream.makeStream(of: Void.self)
        let configuration = ClientConfiguration(
            era: era, logLevel: .info,
            onNotification: { notification in
                told.withLock { $0.append(notification.method) }
                count.yield()
            })
        try await withClient(.inProcess(Self.server), configuration: configuration) { client in
            let (one, two, all) = (client.logMessages(), client.logMessages(limit: 2), client.notifications())
            _ = try await client.callTool("log")
            // In the handshake era they belong to no request, and may be handed on later than its response.
            for await _ in handedOn.prefix(3) {}
            await client.close()
            var messages: [LogMessage] = []
            for await message in one { messages.append(message) }
            #expect(messages == (1...3).map { LogMessage(.warning, logger: "test", data: .integer($0)) })
            var late: [JSONValue] = []
            for await message in two { late.append(message.data) }
            #expect(late == [2, 3], "of a slow listener the oldest are dropped")
            var methods: [String] = []
            for await notification in all { methods.append(notification.method) }
            #expect(methods == told.withLock(\.self))
        }
    }

    @Test func aListenerThatComesAfterTheEndEndsAtOnce() async throws {
        let client = try await Client.connect(.inProcess(Self.server))
        await client.close()
        for await _ in client.notifications() { Issue.record("nothing can come") }
    }

    @Test func aPageThatWasVisitedIsTold() async throws {
        let server = Server("pages", version: "1") {
            ServerTool(Tool(name: "locked")) { _, _ in
                throw URLElicitationRequired([.init(id: "p1", url: "https://example.com/unlock", message: "Unlock it")])
            }
        }
        let configuration = ClientConfiguration(era: .handshake, input: ClientInputHandlers(elicit: { _ in .decline }, elicitsURLs: true))
        try await withClient(.inProcess(server), configuration: configuration) { client in
            var completed = client.completedElicitations().makeAsyncIterator()
            let error = try #require(await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("locked") })
            let required = try #require(URLElicitationRequired(error))
            #expect(required.pages == [.init(id: "p1", url: "https://example.com/unlock", message: "Unlock it")])
            server.elicitationCompleted("p1")
            #expect(await completed.next() == "p1")
        }
    }

    @Test(arguments: eras) func aChangeOfTheRootsIsTold(_ era: EraSelection) async throws {
        let ignored = Mutex<[String]>([])
        let server = Server(
            "roots", version: "1", configuration: ServerConfiguration(diagnostics: { diagnostic in ignored.withLock { $0.append("\(diagnostic)") } }))
        let configuration = ClientConfiguration(era: era, input: ClientInputHandlers(roots: { [] }))
        try await withClient(.inProcess(server), configuration: configuration) { client in
            try await client.rootsListChanged()
            try await client.ping()
        }
        #expect(ignored.withLock { $0.count { $0.contains("notifications/roots/list_changed") } } == (era == .handshake ? 1 : 0))
    }

    @Test func anErrorWithAnAddressThatIsNoPageGivesNone() {
        func error(_ url: String) -> JSONRPCError {
            JSONRPCError(.urlElicitationRequired, "visit", data: ["elicitations": [["elicitationId": "p", "url": .string(url), "message": "m"]]])
        }
        #expect(URLElicitationRequired(error("https://example.com/")) != nil)
        #expect(URLElicitationRequired(error("javascript:alert(1)")) == nil)
        #expect(URLElicitationRequired(JSONRPCError(.internalError, "other")) == nil)
    }
}
