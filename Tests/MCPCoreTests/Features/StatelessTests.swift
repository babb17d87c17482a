import MCPCore
import Synchronization
import Testing
import TestSupport

/// What does not depend on the connection that a request comes on (2026-07-28, basic, "Statelessness").
@Suite(.timeLimit(.minutes(1))) struct StatelessTests {
    private static func server(_ configuration: ServerConfiguration = ServerConfiguration()) -> Server {
        Server("stateless", version: "1", configuration: configuration) {
            for name in ["one", "two", "three"] {
                ServerTool(Tool(name: name)) { _, _ in CallToolResult(text: name) }
                ServerPrompt(name) { _, _ in [.user(name)] }
                ServerResource("x://\(name)", name: name) { _ in name }
            }
            ServerTool(Tool(name: "ask")) { _, context in
                let step = try await context.step("step") { "once" }
                let answer = try await context.elicit("sure", Flag.self, "Sure?")
                return CallToolResult(text: "\(step) \(answer.accepted?.yes ?? false)")
            }
        }
    }

    /// The lists of a connection, whatever it, or another one, has asked before.
    @Test(arguments: bothEras) func twoConnectionsSeeTheSameLists(_ revision: ProtocolRevision) async throws {
        let server = Self.server()
        @Sendable func lists(_ client: Client) async throws -> [JSONValue?] {
            var lists: [JSONValue?] = []
            for (method, name) in [("tools/list", "tools"), ("prompts/list", "prompts"), ("resources/list", "resources")] {
                lists.append(try await client.request(method)[name])
            }
            return lists
        }
        try await withFeatures(of: server, revision) { (one: Client) async throws -> Void in
            let first = try await lists(one)
            #expect(first.map { $0?.array?.count } == [4, 3, 3])
            _ = try await one.callTool("two")
            _ = try await one.getPrompt("one")
            _ = try await one.readResource("x://three")
            await #expect(throws: (any Error).self) { _ = try await one.callTool("none") }
            #expect(try await lists(one) == first)
            try await withFeatures(of: server, revision) { (other: Client) async throws -> Void in
                #expect(try await lists(other) == first)
                // What changes, changes for all.
                server.tools.remove("two")
                #expect(try await lists(other) == lists(one))
                #expect(try await lists(other) != first)
            }
        }
    }

    private static func ask(at server: Server, _ further: JSONObject = [:]) async throws -> JSONValue? {
        let (inbound, input) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        let sink = TranscriptSink()
        var params: JSONObject = ["name": "ask", "_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: ["elicitation": ["form": [:]]]]]
        params.merge(further)
        input.yield(.messages([JSONRPCRequest(id: 1, method: "tools/call", params: params).json.serialized()]))
        input.finish()
        // A connection of its own, which ends with the answer.
        try await ServerConnection(server: server, sink: sink).run(inbound)
        sink.end()
        for await message in sink.messages { return try JSONValue(parsing: message) }
        return nil
    }

    private static let answers: JSONValue = ["sure": ["action": "accept", "content": ["yes": true]]]

    @Test func aQuestionIsAnsweredOnAnotherConnection() async throws {
        let server = Self.server()
        let asked = try await Self.ask(at: server)
        #expect(asked?["result"]?["resultType"] == "input_required")
        let state = try #require(asked?["result"]?["requestState"])
        let answered = try await Self.ask(at: server, ["requestState": state, "inputResponses": Self.answers])
        #expect(answered?["result"]?["content"]?[0]?["text"] == "once true")
    }

    /// Keeps journals where several processes find them.
    private final class SharedStore: RequestStateStore {
        private let journals = Mutex<[String: [UInt8]]>([:])
        func save(_ journal: [UInt8], binding: [UInt8]) async throws -> String {
            journals.withLock { journals in
                journals["\(journals.count)"] = journal
                return "\(journals.count - 1)"
            }
        }
        func load(_ state: String, binding: [UInt8]) async throws -> [UInt8] {
            guard let journal = journals.withLock({ $0[state] }) else { throw RequestStateError() }
            return journal
        }
    }

    @Test func aQuestionIsAnsweredAtAnotherServerThatSharesTheStore() async throws {
        let store = SharedStore()
        let state = try #require(try await Self.ask(at: Self.server(ServerConfiguration(requestStates: store)))?["result"]?["requestState"])
        let retry: JSONObject = ["requestState": state, "inputResponses": Self.answers]
        let answered = try await Self.ask(at: Self.server(ServerConfiguration(requestStates: store)), retry)
        #expect(answered?["result"]?["content"]?[0]?["text"] == "once true")
        // Without it, another one says to begin again.
        #expect(try await Self.ask(at: Self.server(), retry)?["error"]?["code"] == -32602)
    }

    /// A cursor stays good when entries come and go.
    @Test(arguments: bothEras) func aCursorStaysGoodWhenTheListChanges(_ revision: ProtocolRevision) async throws {
        let server = Server("paged", version: "1", configuration: ServerConfiguration(pageSize: 3)) {
            for number in 1...9 {
                ServerTool(Tool(name: "n\(number)")) { _, _ in CallToolResult() }
                ServerPrompt("n\(number)") { _, _ in [] }
                ServerResource("x://n\(number)", name: "n\(number)") { _ in "" }
                ServerResourceTemplate("y://n\(number)/{a}", name: "n\(number)") { _, _ in "" }
            }
        }
        func page(_ method: String, _ member: String, _ cursor: JSONValue?) async throws -> (names: [String?], next: JSONValue?) {
            let result = try #require(
                try await ServedRequest(method, cursor.map { ["cursor": $0] } ?? [:], at: server, Peer(revision: revision)).result)
            return (result[member]?.array?.map { $0["name"]?.string } ?? [], result["nextCursor"])
        }
        let lists = [
            ("tools/list", "tools"), ("prompts/list", "prompts"), ("resources/list", "resources"), ("resources/templates/list", "resourceTemplates"),
        ]
        var cursors: [JSONValue] = []
        for (method, member) in lists {
            let first = try await page(method, member, nil)
            #expect(first.names == ["n1", "n2", "n3"])
            cursors.append(try #require(first.next))
        }
        // One that was on the page, the one that the next page begins with, and a new one.
        for number in [3, 4] {
            server.tools.remove("n\(number)")
            server.prompts.remove("n\(number)")
            server.resources.remove(uri: "x://n\(number)")
            server.resources.remove(uriTemplate: "y://n\(number)/{a}")
        }
        try server.tools.add(ServerTool(Tool(name: "n10")) { _, _ in CallToolResult() })
        try server.prompts.add(ServerPrompt("n10") { _, _ in [] })
        try server.resources.add(ServerResource("x://n10", name: "n10") { _ in "" })
        try server.resources.add(ServerResourceTemplate("y://n10/{a}", name: "n10") { _, _ in "" })
        for ((method, member), cursor) in zip(lists, cursors) {
            let second = try await page(method, member, cursor)
            #expect(second.names == ["n5", "n6", "n7"], "\(method)")
            #expect(try await page(method, member, second.next).names == ["n8", "n9", "n10"], "\(method)")
            #expect(try await page(method, member, cursor).names == ["n5", "n6", "n7"], "a cursor may be used again")
        }
    }
}
