import MCPCore
import Synchronization
import Testing

/// Multi round-trip requests (2026-07-28, basic/patterns/mrtr).
@Suite(.timeLimit(.minutes(1))) struct InputRoundTests {
    private static let question: JSONValue = [
        "method": "elicitation/create",
        "params": ["mode": "form", "message": "Who?", "requestedSchema": ["type": "object", "properties": ["name": ["type": "string"]]]],
    ]
    private let answering = ClientInputHandlers(elicit: { _ in .accept(["name": "Ada"]) })

    private func client(
        _ input: ClientInputHandlers, rounds: Int = 10, _ script: @escaping ScriptedTransport.Script
    ) async throws -> (Client, ScriptedTransport) {
        let transport = ScriptedTransport { call in
            if call.request.method == "server/discover" { return ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]] }
            return try await script(call)
        }
        let configuration = ClientConfiguration(input: input, maximumInputRounds: rounds)
        return (try await Client.connect(transport, configuration: configuration), transport)
    }

    @Test func theRetryCarriesAnswersAndTheStateAsItCame() async throws {
        let state = "opaque \u{0} e\u{301} \"\\/ \u{1F600}"
        let (client, transport) = try await client(answering) { call in
            if call.request.params["inputResponses"] != nil { return ["resultType": "complete", "content": []] }
            return ["resultType": "input_required", "inputRequests": ["who": Self.question], "requestState": .string(state)]
        }
        _ = try await client.callTool("greet", ["loud": true])
        let calls = transport.requests.filter { $0.method == "tools/call" }
        #expect(calls.count == 2)
        #expect(calls[0].id != calls[1].id)
        #expect(calls[0].params["inputResponses"] == nil && calls[0].params["requestState"] == nil)
        #expect(calls[1].params["inputResponses"] == ["who": ["action": "accept", "content": ["name": "Ada"]]])
        #expect(calls[1].params["requestState"]?.string.map { Array($0.utf8) } == Array(state.utf8))
        #expect(calls[1].params["name"] == "greet" && calls[1].params["arguments"] == ["loud": true])
        #expect(calls[0].params["_meta"]?[MetaKey.clientCapabilities] == ["elicitation": ["form": [:]]])
    }

    @Test func aFormBeginsWithItsDefaults() throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": ["name": ["type": "string", "default": "Ada"], "age": ["type": "integer"], "wants": ["type": "boolean", "default": false]],
        ]
        let form = try ElicitationRequest(params: ["message": "Who?", "requestedSchema": schema])
        #expect(form.defaults == ["name": "Ada", "wants": false])
        #expect(try ElicitationRequest(params: ["mode": "url", "message": "There", "url": "https://example.com"]).defaults == [:])
    }

    @Test func aStateThatIsGoneIsNotSentAgain() async throws {
        let rounds = Mutex(0)
        let (client, transport) = try await client(answering) { _ in
            switch rounds.withLock({
                $0 += 1; return $0
            }) {
            case 1: ["resultType": "input_required", "inputRequests": ["a": Self.question], "requestState": "one"]
            case 2: ["resultType": "input_required", "inputRequests": ["b": Self.question]]
            case 3: ["resultType": "input_required", "requestState": "three"]
            default: ["content": []]
            }
        }
        _ = try await client.callTool("t")
        let calls = transport.requests.dropFirst()
        #expect(calls.map { $0.params["requestState"] } == [nil, "one", nil, "three"])
        #expect(calls.map { $0.params["inputResponses"]?.object?.keys } == [nil, ["a"], ["b"], nil])
    }

    @Test func nothingLeaksIntoOtherCalls() async throws {
        let (asked, ask) = AsyncStream<Void>.makeStream()
        let (answers, answer) = AsyncStream<Void>.makeStream()
        let input = ClientInputHandlers(elicit: { _ in
            ask.yield()
            for await _ in answers { break }
            return .decline
        })
        let (client, transport) = try await client(input) { call in
            if call.request.params["name"] == "asks", call.request.params["requestState"] == nil {
                return ["resultType": "input_required", "inputRequests": ["q": Self.question], "requestState": "s"]
            }
            return ["content": []]
        }
        async let asking = client.callTool("asks")
        for await _ in asked { break }
        _ = try await client.callTool("other")
        answer.yield()
        _ = try await asking
        let other = transport.requests.filter { $0.params["name"] == "other" }
        #expect(other.count == 1)
        #expect(other[0].params["requestState"] == nil && other[0].params["inputResponses"] == nil)
        #expect(transport.requests.last?.params["inputResponses"] == ["q": ["action": "decline"]])
    }

    @Test func questionsOfARoundAreAskedAtOnce() async throws {
        let waiting = Mutex(0)
        let (both, proceed) = AsyncStream<Void>.makeStream()
        let input = ClientInputHandlers(elicit: { _ in
            if waiting.withLock({
                $0 += 1; return $0
            }) == 2 {
                proceed.finish()
            }
            for await _ in both {}
            return .cancel
        })
        let (client, transport) = try await client(input) { call in
            if call.request.params["inputResponses"] != nil { return ["content": []] }
            return ["resultType": "input_required", "inputRequests": ["z": Self.question, "a": Self.question]]
        }
        _ = try await client.callTool("t")
        #expect(transport.requests.last?.params["inputResponses"]?.object?.keys == ["z", "a"])
    }

    @Test func roundsAreBounded() async throws {
        let (client, transport) = try await client(answering, rounds: 3) { _ in
            ["resultType": "input_required", "inputRequests": ["a": Self.question]]
        }
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("t") }
        guard case .tooManyInputRounds(3)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.requests.count == 1 + 4)
    }

    static let invalid: [(String, JSONObject)] = [
        ("unknown type", ["resultType": "later", "content": []]),
        ("neither requests nor state", ["resultType": "input_required"]),
        ("requests are no object", ["resultType": "input_required", "inputRequests": []]),
        ("state is no string", ["resultType": "input_required", "requestState": 5]),
        ("type is no string", ["resultType": 5]),
    ]

    @Test(arguments: invalid) func invalidResultsAreErrors(_ name: String, _ result: JSONObject) async throws {
        let (client, _) = try await client(answering) { _ in result }
        let error = await #expect(throws: ClientError.self, "\(name)") { _ = try await client.callTool("t") }
        guard case .invalidResult(method: "tools/call", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func inputIsNotAllowedElsewhere() async throws {
        let (client, _) = try await client(answering) { _ in ["resultType": "input_required", "requestState": "s"] }
        let error = await #expect(throws: ClientError.self) { _ = try await client.listTools() }
        guard case .invalidResult(method: "tools/list", _)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func whatWasNotDeclaredIsNotAnswered() async throws {
        let (client, transport) = try await client(ClientInputHandlers()) { _ in
            ["resultType": "input_required", "inputRequests": ["a": Self.question]]
        }
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("t") }
        guard case .cannotAnswer? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.methods.count == 2)
    }
}
