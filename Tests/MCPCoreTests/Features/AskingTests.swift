import MCPCore
import Synchronization
import Testing
import TestSupport

/// Sampling, roots and pages to visit, from one handler in both eras.
@Suite(.timeLimit(.minutes(1))) struct AskingTests {
    private static let server = Server("features", version: "1") {
        ServerTool(Tool(name: "sample")) { _, context in
            let steps = try await context.step("prepare") { "prepared" }
            let result = try await context.sample("poem", SamplingRequest("Write about \(steps) bread.", maxTokens: 100))
            return CallToolResult(text: "\(result.model): \(result.text)")
        }
        ServerTool(Tool(name: "sample_with_tools")) { _, context in
            let request = SamplingRequest(
                [SamplingMessage(.user, "Weather?")], maxTokens: 50, systemPrompt: "Brief.",
                modelPreferences: ModelPreferences(hints: ["small"], costPriority: 1),
                temperature: 0.5, stopSequences: ["END"], tools: [Tool(name: "weather", inputSchema: ["type": "object"])], toolChoice: .required)
            let result = try await context.sample("weather", request)
            guard case .toolUse(_, let name, let input)? = result.content.last else { return CallToolResult(text: "no tool") }
            return CallToolResult(text: "\(name) \(input["city"]?.string ?? "")")
        }
        ServerTool(Tool(name: "roots")) { _, context in
            CallToolResult(text: try await context.roots().map { "\($0.name ?? "-")=\($0.uri)" }.joined(separator: ","))
        }
        ServerTool(Tool(name: "visit")) { _, context in
            switch try await context.elicit("sign-in", url: "https://example.com/sign-in?for=1", elicitationID: "e-1", "Sign in there.") {
            case .accept: CallToolResult(text: "visited")
            case .decline: CallToolResult(text: "declined")
            case .cancel: CallToolResult(text: "cancelled")
            }
        }
        ServerTool(Tool(name: "locked")) { _, context in
            if context.inputResponses["page"]?["action"] == "accept" { return CallToolResult(text: "unlocked") }
            throw URLElicitationRequired([.init(id: "page", url: "https://example.com/unlock", message: "Unlock it.")])
        }
    }

    @Test(arguments: bothEras) func theClientsModelIsAsked(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) {
            $0.input = ClientInputHandlers(
                sample: { request in
                    if request.tools.isEmpty { return SamplingResult("about \(request.messages.count) message, \(request.maxTokens) tokens", model: "m1") }
                    #expect(request.systemPrompt == "Brief." && request.temperature == 0.5 && request.stopSequences == ["END"])
                    #expect(request.modelPreferences == ModelPreferences(hints: ["small"], costPriority: 1) && request.toolChoice == .required)
                    return SamplingResult(
                        [.text("Let me see."), .toolUse(id: "t1", name: "weather", input: ["city": "Lisbon"])], model: "m1", stopReason: "toolUse")
                }, samplesWithTools: true)
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("sample").text == "m1: about 1 message, 100 tokens")
            #expect(try await client.callTool("sample_with_tools").text == "weather Lisbon")
        }
    }

    @Test(arguments: bothEras) func aClientThatDidNotDeclareIsNotAsked(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept() }, sample: { _ in SamplingResult("x", model: "m") })
        } _: { (client: Client) async throws -> Void in
            for tool in ["sample_with_tools", "roots", "visit", "locked"] {
                let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool(tool) }
                #expect(error?.code == (revision.era == .perRequest ? .missingRequiredClientCapability : .invalidRequest), "\(tool)")
                #expect(error?.data?["requiredCapabilities"]?.object != nil)
            }
        }
    }

    @Test(arguments: bothEras) func rootsAreGiven(_ revision: ProtocolRevision) async throws {
        try await withFeatures(of: Self.server, revision) {
            $0.input = ClientInputHandlers(roots: { [Root("file:///a", name: "A"), Root("file:///b")] })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("roots").text == "A=file:///a,-=file:///b")
        }
    }

    @Test(arguments: bothEras, [ElicitationResult.accept(), .decline, .cancel]) func aPageIsVisitedOrNot(
        _ revision: ProtocolRevision, _ answer: ElicitationResult
    ) async throws {
        let asked = Mutex<[ElicitationRequest]>([])
        try await withFeatures(of: Self.server, revision) {
            $0.input = ClientInputHandlers(
                elicit: { request in
                    asked.withLock { $0.append(request) }
                    return answer
                }, elicitsURLs: true)
        } _: { (client: Client) async throws -> Void in
            let text = try await client.callTool("visit").text
            #expect(text == (answer == .accept() ? "visited" : answer == .decline ? "declined" : "cancelled"))
        }
        let requests = asked.withLock(\.self)
        let request = try #require(requests.first)
        #expect(request.mode == .url("https://example.com/sign-in?for=1"))
        #expect(request.params["elicitationId"]?.string == (revision.era == .handshake ? "e-1" : nil))
    }

    /// A handler that wants input and says neither what nor keeps a state has made a mistake: its client gets no such result.
    @Test(arguments: bothEras) func inputWithoutAQuestionAndWithoutAStateIsAnError(_ revision: ProtocolRevision) async throws {
        let server = Server("asking", version: "1") {
            ServerTool(Tool(name: "t"), outcome: { _, _ in .inputRequired(InputRequired([])) })
            ServerPrompt(Prompt(name: "p"), outcome: { _, _ in .inputRequired(InputRequired([])) })
            ServerResource(Resource(uri: "x://a", name: "a"), outcome: { _ in .inputRequired(InputRequired([])) })
        }
        for (method, params) in [("tools/call", ["name": "t"]), ("prompts/get", ["name": "p"]), ("resources/read", ["uri": "x://a"])] as [(String, JSONObject)]
        {
            let served = try await ServedRequest(method, params, at: server, Peer(revision: revision))
            #expect(served.error == JSONRPCError(.internalError, "The handler asked for input without a question and without a state"))
        }
    }

    @Test func theEndOfAVisitIsToldToTheSessionThatAsked() async throws {
        let completed = Mutex<[String]>([])
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        try await withFeatures(of: Self.server, .latestHandshake) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept() }, elicitsURLs: true)
            $0.onNotification = { notification in
                guard notification.method == "notifications/elicitation/complete" else { return }
                completed.withLock { $0.append(notification.params["elicitationId"]?.string ?? "") }
                signal.yield()
            }
        } _: { (client: Client) async throws -> Void in
            _ = try await client.callTool("visit")
            try await withFeatures(of: Self.server, .latestHandshake) {
                $0.onNotification = { _ in Issue.record("Another session is told") }
            } _: { (other: Client) async throws -> Void in
                Self.server.elicitationCompleted("e-1")
                Self.server.elicitationCompleted("e-1")
                try await other.ping()
            }
            for await _ in signals { break }
        }
        #expect(completed.withLock(\.self) == ["e-1"])
    }

    @Test func whatNeedsAVisitFirstSaysSoInTheWayOfTheEra() async throws {
        try await withFeatures(of: Self.server, .latestHandshake) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept() }, elicitsURLs: true)
        } _: { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("locked") }
            #expect(error?.code == .urlElicitationRequired)
            #expect(error?.data?["elicitations"]?.array?.count == 1)
            #expect(
                error?.data?["elicitations"]?[0]
                    == ["mode": "url", "elicitationId": "page", "url": "https://example.com/unlock", "message": "Unlock it."])
        }
        try await withFeatures(of: Self.server, .latest) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept() }, elicitsURLs: true)
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("locked").text == "unlocked")
        }
    }

    @Test func aHandlerThatSwallowsAQuestionAndSleepsIsEnded() async throws {
        let server = Server("features", version: "1") {
            ServerTool(Tool(name: "stubborn")) { _, context in
                let answer = try? await context.elicit("go", Flag.self, "Go on?")
                if answer == nil { try await Task.sleep(for: .seconds(3600)) }
                return CallToolResult(text: answer == .accept(Flag(yes: true)) ? "went" : "stayed")
            }
        }
        try await withFeatures(of: server, .latest) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept(["yes": true]) })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("stubborn").text == "went")
        }
    }

    /// A handler with questions, steps and a state of its own: it runs again from the top in either era, and nothing is asked or done twice.
    @Test(arguments: bothEras) func bothWaysOfAskingGoTogether(_ revision: ProtocolRevision) async throws {
        let steps = Mutex(0)
        let asked = Mutex<[String]>([])
        let own = InputRequired.Request(
            method: "elicitation/create",
            params: [
                "mode": "form", "message": "Own?",
                "requestedSchema": ["type": "object", "properties": ["yes": ["type": "boolean"]], "required": ["yes"]],
            ])
        let server = Server("features", version: "1") {
            ServerTool(
                Tool(name: "both"),
                outcome: { _, context in
                    let step: Int = try await context.step("count") {
                        steps.withLock { steps in
                            steps += 1
                            return steps
                        }
                    }
                    let first = try await context.elicit("first", Flag.self, "First after \(step)?")
                    switch context.requestState {
                    case nil: return .inputRequired(InputRequired([("own", own)], state: "one"))
                    case "one":
                        let isAccepted = context.inputResponses["own"]?["action"] == "accept"
                        return .inputRequired(InputRequired([("other", own)], state: "two \(isAccepted)"))
                    case let state?:
                        let last = try await context.elicit("last", Flag.self, "Last?")
                        let isAnswered = first == .accept(Flag(yes: true)) && first == last
                        return .complete(CallToolResult(text: "\(state) \(step) \(isAnswered)"))
                    }
                })
        }
        try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(elicit: { request in
                asked.withLock { $0.append(request.message) }
                return .accept(["yes": true])
            })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("both").text == "two true 1 true")
        }
        #expect(asked.withLock(\.self) == ["First after 1?", "Own?", "Own?", "Last?"])
        #expect(steps.withLock(\.self) == 1)
    }

    @Test(arguments: bothEras) func aJournalIsLimitedWhereItIsNeeded(_ revision: ProtocolRevision) async throws {
        let server = Server("features", version: "1", configuration: ServerConfiguration(maximumJournalBytes: 1000)) {
            for isAsking in [false, true] {
                ServerTool(
                    Tool(name: isAsking ? "asks" : "does"),
                    outcome: { _, context in
                        _ = try await context.step("read") { String(repeating: "x", count: 1000) }
                        guard isAsking else { return .complete(CallToolResult(text: "done")) }
                        return .inputRequired(InputRequired([("roots", .init(method: "roots/list", params: [:]))]))
                    })
            }
        }
        try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(roots: { [] })
        } _: { (client: Client) async throws -> Void in
            #expect(try await client.callTool("does").text == "done")
            let error = await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("asks") }
            #expect(error?.code == .internalError && error?.message.contains("journal") == true)
        }
    }

    @Test(arguments: bothEras) func aFormThatIsAcceptedWithWrongContentIsNotSent(_ revision: ProtocolRevision) async throws {
        let server = Server("features", version: "1") {
            ServerTool(Tool(name: "ask")) { _, context in
                CallToolResult(text: "\(try await context.elicit("flag", Flag.self, "Yes?"))")
            }
        }
        try await withFeatures(of: server, revision) {
            $0.input = ClientInputHandlers(elicit: { _ in .accept(["yes": "perhaps"]) })
        } _: { (client: Client) async throws -> Void in
            if revision.era == .perRequest {
                let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("ask") }
                if case .invalidElicitationContent? = error {} else { Issue.record("\(String(describing: error))") }
            } else {
                #expect(try await client.callTool("ask").isError)
            }
        }
    }
}
