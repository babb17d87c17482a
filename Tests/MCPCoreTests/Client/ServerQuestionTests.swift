import MCPCore
import Synchronization
import Testing
import TestSupport

/// What a client answers to questions that a server must not ask, or asks too often (client/elicitation, client/sampling, client/roots).
@Suite(.timeLimit(.minutes(1))) struct ServerQuestionTests {
    private static let form: JSONObject = ["message": "Hm?", "requestedSchema": ["type": "object"]]
    private static let page: JSONObject = ["mode": "url", "message": "There", "url": "https://example.com", "elicitationId": "p"]

    private func client(_ input: ClientInputHandlers) async throws -> (Client, ScriptedTransport) {
        try await scriptedClient(configuration: ClientConfiguration(input: input))
    }

    // MARK: Elicitation

    @Test func aModeThatWasNotDeclaredIsInvalidParams() async throws {
        let (client, transport) = try await client(ClientInputHandlers(elicit: { _ in .accept() }))
        let refused = await transport.refusal(of: "elicitation/create", Self.page)
        #expect(refused?.code == .invalidParams && refused?.message.contains("`url`") == true)
        #expect(await transport.refusal(of: "elicitation/create", Self.form.merging(["mode": "telepathy"]))?.code == .invalidParams)
        #expect(await transport.refusal(of: "elicitation/create", Self.form) == nil)
        await client.close()
        // Without elicitation there is no such method.
        let (none, other) = try await self.client(ClientInputHandlers())
        #expect(await other.refusal(of: "elicitation/create", Self.form)?.code == .methodNotFound)
        await none.close()
    }

    /// 2025-11-25, client/elicitation, "Completion Notifications for URL Mode Elicitation".
    @Test func theEndOfAPageIsHandedOnOnceAndOnlyWhereItWasAskedFor() async throws {
        let heard = Collected<String>()
        let (calls, called) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await scriptedClient(
            configuration: ClientConfiguration(
                input: ClientInputHandlers(elicit: { _ in .accept() }, elicitsURLs: true),
                onNotification: { notification in
                    heard.add(notification.params["elicitationId"]?.string ?? "")
                    called.yield()
                }),
            script: { _ in
                throw JSONRPCError(
                    .urlElicitationRequired, "visit",
                    data: ["elicitations": [["mode": "url", "elicitationId": "error", "url": "https://example.com", "message": "m"]]])
            })
        func complete(_ id: String) async {
            await transport.emit(.notification(JSONRPCNotification(method: "notifications/elicitation/complete", params: ["elicitationId": .string(id)])))
        }
        await complete("nobody's")
        #expect(await transport.refusal(of: "elicitation/create", Self.page) == nil)
        await complete("p")
        await complete("p")
        await #expect(throws: JSONRPCError.self) { _ = try await client.callTool("locked") }
        await complete("error")
        await complete("error")
        #expect(heard.all == ["p", "error"])
        // One that overtakes its question waits for it.
        await complete("early")
        #expect(heard.all == ["p", "error"])
        #expect(await transport.refusal(of: "elicitation/create", Self.page.merging(["elicitationId": "early"])) == nil)
        var iterator = calls.makeAsyncIterator()
        for _ in 1...3 { _ = await iterator.next() }
        #expect(heard.all == ["p", "error", "early"])
        await client.close()
    }

    @Test func questionsAreLimited() async throws {
        let clock = StandingClock()
        let diagnostics = Collected<ClientDiagnostic>()
        let limit = AskingLimit(count: 2, interval: .seconds(10))
        let (client, transport) = try await scriptedClient(
            configuration: ClientConfiguration(
                input: ClientInputHandlers(elicit: { _ in .decline }, sample: { _ in SamplingResult("x", model: "m") }), elicitationLimit: limit,
                samplingLimit: limit, diagnostics: diagnostics.add, clock: ClientClock(clock)))
        let prompt: JSONObject = ["messages": [["role": "user", "content": ["type": "text", "text": "x"]]], "maxTokens": 1]
        for (method, params) in [("elicitation/create", Self.form), ("sampling/createMessage", prompt)] {
            #expect(await transport.refusal(of: method, params) == nil)
            #expect(await transport.refusal(of: method, params) == nil)
            let refused = await transport.refusal(of: method, params)
            #expect(refused?.code == .internalError && refused?.message.contains("busy") == true)
        }
        #expect(diagnostics.all.count == 2 && diagnostics.all.allSatisfy { $0.description.contains("more than 2 times") })
        clock.advance(by: .seconds(10))
        #expect(await transport.refusal(of: "elicitation/create", Self.form) == nil)
        await client.close()
    }

    @Test func questionsOfRoundsAreLimitedToo() async throws {
        let limit = AskingLimit(count: 1, interval: .seconds(10))
        let (client, transport) = try await scriptedClient(
            .latest,
            configuration: ClientConfiguration(
                input: ClientInputHandlers(elicit: { _ in .decline }), elicitationLimit: limit, clock: ClientClock(StandingClock())),
            script: { _ in
                let question: JSONValue = ["method": "elicitation/create", "params": .object(Self.form)]
                return ["resultType": "input_required", "inputRequests": ["a": question]]
            })
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("t") }
        guard case .askedTooOften(method: "elicitation/create", limit)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(transport.methods == ["server/discover", "tools/call", "tools/call"])
    }

    @Test func theDefaultLimitIsThatOfTheDocumentation() {
        #expect(ClientConfiguration().elicitationLimit == AskingLimit(count: 60, interval: .seconds(60)))
        #expect(ClientConfiguration().samplingLimit == AskingLimit(count: 60, interval: .seconds(60)))
    }

    // MARK: Roots

    @Test func rootsThatAreNoFilesAreNotSent() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let (client, transport) = try await scriptedClient(
            configuration: ClientConfiguration(
                input: ClientInputHandlers(roots: { [Root("file:///a"), Root("https://example.com/secret")] }), diagnostics: diagnostics.add))
        let refused = await transport.refusal(of: "roots/list")
        #expect(refused?.code == .internalError && refused?.message.contains("secret") == false)
        #expect(diagnostics.all.first?.description.contains("https://example.com/secret is no file: URI") == true)
        await client.close()
        let (asked, _) = try await scriptedClient(
            .latest, configuration: ClientConfiguration(input: ClientInputHandlers(roots: { [Root("ftp://example.com/a")] })),
            script: { _ in ["resultType": "input_required", "inputRequests": ["r": ["method": "roots/list"]]] })
        let error = await #expect(throws: ClientError.self) { _ = try await asked.callTool("t") }
        guard case .invalidRoot(uri: "ftp://example.com/a")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func rootsThatCannotBeGivenAreErrors() async throws {
        struct Broken: Error {}
        let (without, transport) = try await client(ClientInputHandlers())
        #expect(await transport.refusal(of: "roots/list")?.code == .methodNotFound)
        await without.close()
        let (failing, other) = try await client(ClientInputHandlers(roots: { throw Broken() }))
        let refused = await other.refusal(of: "roots/list")
        #expect(refused?.code == .internalError && refused?.message.contains("Broken") == false)
        await failing.close()
    }

    // MARK: Sampling

    private static func prompt(_ messages: JSONValue) -> JSONObject { ["messages": messages, "maxTokens": 10, "tools": [], "toolChoice": ["mode": "auto"]] }
    private static let question: JSONValue = ["role": "user", "content": ["type": "text", "text": "Weather?"]]
    private static let uses: JSONValue = [
        "role": "assistant",
        "content": [
            ["type": "tool_use", "id": "1", "name": "weather", "input": ["city": "Paris"]],
            ["type": "tool_use", "id": "2", "name": "weather", "input": ["city": "London"]],
        ],
    ]
    private static func result(_ id: String) -> JSONValue { ["type": "tool_result", "toolUseId": .string(id), "content": []] }
    private static func results(_ content: JSONValue...) -> JSONValue { ["role": "user", "content": .array(content)] }

    /// Conversations that a model cannot be given, with a word of the refusal.
    private static let broken: [(JSONValue, String)] = [
        ([question, uses], "missing"),
        ([question, uses, question], "missing"),
        ([question, uses, results(result("1"))], "missing"),
        ([question, uses, results(result("1"), result("1"))], "missing"),
        ([question, uses, results(result("1"), result("2"), ["type": "text", "text": "There."])], "mixed"),
        ([question, results(result("1"))], "without a tool use"),
        ([question, ["role": "user", "content": [["type": "tool_use", "id": "1", "name": "n", "input": [:]]]], results(result("1"))], "assistant's"),
        ([["role": "user", "content": ["type": "text"]]], "text"),
        ([["role": "owner", "content": ["type": "text", "text": "x"]]], "role"),
    ]

    @Test(arguments: broken) func messagesThatDoNotFitEachOtherAreRefused(_ messages: JSONValue, _ word: String) async throws {
        let (client, transport) = try await client(
            ClientInputHandlers(
                sample: { _ in
                    Issue.record("The model is asked")
                    return SamplingResult("x", model: "m")
                }, samplesWithTools: true))
        let refused = await transport.refusal(of: "sampling/createMessage", Self.prompt(messages))
        #expect(refused?.code == .invalidParams)
        #expect(refused?.message.contains(word) == true, "\(String(describing: refused))")
        await client.close()
    }

    @Test func messagesThatFitEachOtherAreAnswered() async throws {
        let (client, transport) = try await client(
            ClientInputHandlers(sample: { SamplingResult("\($0.messages.count)", model: "m") }, samplesWithTools: true))
        for messages in [
            [Self.question, Self.uses, Self.results(Self.result("2"), Self.result("1"))],
            [Self.question, Self.uses, Self.results(Self.result("1"), Self.result("2")), Self.question], [Self.question],
        ] as [JSONValue] {
            #expect(await transport.refusal(of: "sampling/createMessage", Self.prompt(messages)) == nil)
        }
        await client.close()
    }

    @Test func toolsForAClientWithoutThemAreRefused() async throws {
        let (client, transport) = try await client(ClientInputHandlers(sample: { _ in SamplingResult("x", model: "m") }))
        #expect(await transport.refusal(of: "sampling/createMessage", Self.prompt([Self.question]))?.code == .methodNotFound)
        await client.close()
    }

    @Test func aUserWhoRefusesIsToldWithTheCodeForIt() async throws {
        let (client, transport) = try await client(ClientInputHandlers(sample: { _ in throw SamplingRefused() }, samplesWithTools: true))
        let refused = await transport.refusal(of: "sampling/createMessage", Self.prompt([Self.question]))
        #expect(refused == JSONRPCError(JSONRPCError.Code(rawValue: -1), "User rejected sampling request"))
        await client.close()
        let (asked, _) = try await scriptedClient(
            .latest, configuration: ClientConfiguration(input: ClientInputHandlers(sample: { _ in throw SamplingRefused() }, samplesWithTools: true)),
            script: { _ in
                let question: JSONValue = ["method": "sampling/createMessage", "params": .object(Self.prompt([Self.question]))]
                return ["resultType": "input_required", "inputRequests": ["m": question]]
            })
        await #expect(throws: SamplingRefused.self) { _ = try await asked.callTool("t") }
    }

    @Test(arguments: [false, true]) func contextOfServersIsAskedOfWhoAddsItAlone(_ addsContext: Bool) async throws {
        let told = Collected<SamplingRequest.IncludedContext?>()
        let input = ClientInputHandlers(
            sample: { request in
                told.add(request.includeContext)
                return SamplingResult("x", model: "m")
            }, samplesWithContext: addsContext)
        let (client, transport) = try await client(input)
        let declared = transport.requests.first?.params["capabilities"]?["sampling"]
        #expect(declared == (addsContext ? ["context": [:]] : [:]))
        let params: JSONObject = ["messages": [Self.question], "maxTokens": 1, "includeContext": "allServers"]
        #expect(await transport.refusal(of: "sampling/createMessage", params) == nil)
        #expect(told.all == [addsContext ? .allServers : nil])
        await client.close()
    }
}

extension JSONObject {
    fileprivate func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        merged.merge(other)
        return merged
    }
}
