import MCPCore
import Synchronization
import Testing
import TestSupport

/// What a server refuses to ask, because no client may be asked it: a fault of the handler, found before anything is sent.
@Suite(.timeLimit(.minutes(1))) struct QuestionRuleTests {
    private static let uses = SamplingMessage(.assistant, [.toolUse(id: "1", name: "weather", input: [:]), .toolUse(id: "2", name: "weather", input: [:])])
    private static func results(_ ids: String...) -> SamplingMessage {
        SamplingMessage(.user, ids.map { .toolResult(toolUseID: $0, CallToolResult(text: "sun")) })
    }

    /// What is asked, and a word of what the operator is told.
    private static let sampling: [(String, [SamplingMessage])] = [
        ("missing", [SamplingMessage(.user, "Weather?"), uses]),
        ("missing", [SamplingMessage(.user, "Weather?"), uses, results("1")]),
        ("mixed", [uses, SamplingMessage(.user, results("1", "2").content + [.text("There.")])]),
        ("without a tool use", [results("1")]),
    ]

    /// A tool that asks, in both forms: with the context, and with a return value of its own.
    private static func server(_ question: Question<SamplingResult>, _ params: JSONObject) -> Server {
        Server("asking", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                _ = try await context.ask(question)
                return CallToolResult(text: "asked")
            }
            ServerTool(
                Tool(name: "plain"),
                outcome: { _, context in
                    if !context.inputResponses.isEmpty { return .complete(CallToolResult(text: "asked")) }
                    return .inputRequired(InputRequired([("q", .init(method: "sampling/createMessage", params: params))]))
                })
        }
    }

    private static func ask(_ request: SamplingRequest, _ tool: String, _ revision: ProtocolRevision, context: Bool = false) async throws -> CallToolResult {
        try await withFeatures(of: server(.sample("m", request), try JSONObject(json: request.json)), revision) {
            $0.input = ClientInputHandlers(
                sample: { _ in SamplingResult("said", model: "m") }, samplesWithTools: true, samplesWithContext: context)
        } _: { (client: Client) async throws -> CallToolResult in
            try await client.callTool(tool)
        }
    }

    @Test(arguments: bothEras, sampling) func resultsOfToolsFollowTheirUses(_ revision: ProtocolRevision, _ rule: (String, [SamplingMessage])) async throws {
        for tool in ["ask", "plain"] {
            let error = await #expect(throws: JSONRPCError.self, "\(tool)") {
                _ = try await Self.ask(SamplingRequest(rule.1, maxTokens: 10), tool, revision)
            }
            #expect(error?.code == .internalError && error?.message.contains(rule.0) == true, "\(tool): \(String(describing: error))")
        }
    }

    @Test(arguments: bothEras) func messagesThatFitEachOtherAreSent(_ revision: ProtocolRevision) async throws {
        let request = SamplingRequest([SamplingMessage(.user, "Weather?"), Self.uses, Self.results("2", "1")], maxTokens: 10)
        for tool in ["ask", "plain"] { #expect(try await Self.ask(request, tool, revision).text == "asked") }
    }

    @Test(arguments: bothEras) func contextIsAskedOfClientsThatHaveDeclaredIt(_ revision: ProtocolRevision) async throws {
        for context in [SamplingRequest.IncludedContext.thisServer, .allServers] {
            var request = SamplingRequest("Weather?", maxTokens: 10)
            request.includeContext = context
            for tool in ["ask", "plain"] {
                let error = await #expect(throws: JSONRPCError.self) { _ = try await Self.ask(request, tool, revision) }
                #expect(error?.code == (revision.era == .perRequest ? .missingRequiredClientCapability : .invalidRequest))
                #expect(error?.data?["requiredCapabilities"]?["sampling"]?["context"] != nil)
                #expect(try await Self.ask(request, tool, revision, context: true).text == "asked")
            }
        }
    }

    @Test func aMalformedAnswerOfTheModelIsNone() async throws {
        let answered = Mutex(false)
        let server = Server("asking", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                _ = try await context.sample("m", SamplingRequest("Weather?", maxTokens: 10))
                answered.withLock { $0 = true }
                return CallToolResult(text: "asked")
            }
        }
        for answer in [["role": "assistant"], ["role": "assistant", "content": ["type": "text"], "model": "m"], ["model": "m"]] as [JSONObject] {
            let result = try await ScriptedAnswers().call(server, "ask", answer: answer)
            // It is asked again, as where there was no answer.
            #expect(result["resultType"] == "input_required")
        }
        #expect(answered.withLock { !$0 })
    }

    /// A client of the per-request era that answers a question with what it is given.
    private struct ScriptedAnswers {
        func call(_ server: Server, _ tool: String, answer: JSONObject) async throws -> JSONObject {
            let meta: JSONObject = [
                MetaKey.protocolVersion: "2026-07-28", MetaKey.clientInfo: ["name": "c", "version": "1"],
                MetaKey.clientCapabilities: ["sampling": [:]],
            ]
            let transport = InProcessTransport(server)
            let tape = StreamClientTransport(transport)
            try await tape.start(receive: { _ in }, report: { _ in })
            func send(_ id: RequestID, _ params: JSONObject) async throws -> JSONObject {
                var params = params
                params["_meta"] = .object(meta)
                params["name"] = .string(tool)
                let request = JSONRPCRequest(id: id, method: "tools/call", params: params)
                return try await tape.exchange(request, metadata: ExchangeMetadata(revision: .latest), receive: { _ in }).result.get()
            }
            let first = try await send(1, [:])
            let second = try await send(2, ["inputResponses": ["m": .object(answer)], "requestState": first["requestState"] ?? .null])
            await tape.close()
            return second
        }
    }

    @Test(arguments: bothEras, ["javascript:alert(1)", "sign in there", "https://", "file:///etc/passwd"])
    func whatIsNoPageIsNotSent(_ revision: ProtocolRevision, _ url: String) async throws {
        let server = Server("pages", version: "1") {
            ServerTool(Tool(name: "visit")) { _, context in
                _ = try await context.elicit("page", url: url, "Go there.")
                return CallToolResult(text: "visited")
            }
            ServerTool(Tool(name: "locked")) { _, context in
                if context.inputResponses["page"] != nil { return CallToolResult(text: "unlocked") }
                throw URLElicitationRequired([.init(id: "page", url: url, message: "Unlock it.")])
            }
            ServerTool(
                Tool(name: "plain"),
                outcome: { _, context in
                    if !context.inputResponses.isEmpty { return .complete(CallToolResult(text: "visited")) }
                    let params: JSONObject = ["mode": "url", "message": "Go there.", "url": .string(url)]
                    return .inputRequired(InputRequired([("page", .init(method: "elicitation/create", params: params))]))
                })
        }
        try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(
                elicit: { _ in
                    Issue.record("The user is asked")
                    return .accept()
                }, elicitsURLs: true)
        } _: { (client: Client) async throws -> Void in
            for tool in ["visit", "locked", "plain"] {
                let error = await #expect(throws: JSONRPCError.self, "\(tool)") { _ = try await client.callTool(tool) }
                #expect(error?.code == .internalError && error?.message.contains("URL") == true, "\(tool)")
            }
        }
    }

    /// What the client has declared makes no difference where its revision has no such thing.
    @Test(arguments: [ProtocolRevision.v2025_03_26, .v2025_06_18])
    func clientsOfOlderRevisionsAreToldThatTheirsHasNoPages(_ revision: ProtocolRevision) async throws {
        let server = Server("pages", version: "1") {
            ServerTool(Tool(name: "visit")) { _, context in
                _ = try await context.elicit("page", url: "https://example.com/", "Go there.")
                return CallToolResult(text: "visited")
            }
            ServerTool(Tool(name: "locked")) { _, _ in
                throw URLElicitationRequired([.init(id: "page", url: "https://example.com/", message: "Unlock it.")])
            }
        }
        for declared in [ClientCapabilities.Elicitation(form: true), .init(form: true, url: true)] {
            for tool in ["visit", "locked"] {
                let peer = Peer(revision: revision, capabilities: ClientCapabilities(elicitation: declared))
                let error = try #require(try await ServedRequest("tools/call", ["name": .string(tool)], at: server, peer).error, "\(tool)")
                #expect(error.code == .invalidRequest, "\(tool)")
                for word in ["page", "2025-11-25", revision.rawValue] { #expect(error.message.contains(word), "\(tool): \(error)") }
                #expect(!error.message.contains("declared"), "\(tool): \(error)")
            }
        }
    }

    @Test(arguments: bothEras) func pagesOfWhichThereIsNoneAreAFaultOfTheHandler(_ revision: ProtocolRevision) async throws {
        let server = Server("pages", version: "1") { ServerTool(Tool(name: "locked")) { _, _ in throw URLElicitationRequired([]) } }
        let peer = Peer(revision: revision, capabilities: ClientCapabilities(elicitation: .init(form: true, url: true)))
        let served = try await ServedRequest("tools/call", ["name": "locked"], at: server, peer)
        #expect(served.error?.code == .internalError)
    }
}
