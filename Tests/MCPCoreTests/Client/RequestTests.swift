import MCPCore
import Synchronization
import TestSupport
import Testing

/// Time-outs, cancellation, progress, headers, lists and requests of the server.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    private func client(
        revision: ProtocolRevision = .v2026_07_28, binding: TransportBinding = .stream, configuration: ClientConfiguration = ClientConfiguration(),
        script: @escaping ScriptedTransport.Script
    ) async throws -> (Client, ScriptedTransport) {
        let transport = ScriptedTransport(binding) { call in
            switch call.request.method {
            case "server/discover": ["supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]]]
            case "initialize": ["protocolVersion": .string(revision.rawValue), "capabilities": ["tools": [:]], "serverInfo": ["name": "s", "version": "1"]]
            default: try await script(call)
            }
        }
        var configuration = configuration
        configuration.era = .pinned(revision)
        return (try await Client.connect(transport, configuration: configuration), transport)
    }

    @Test func aRequestTimesOutAndTheServerIsTold() async throws {
        let clock = StandingClock()
        let (running, started) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await client(configuration: ClientConfiguration(clock: ClientClock(clock))) { call in
            if call.request.method == "tools/call" { started.yield() }
            return try await silence()
        }
        let call = Task { try await client.callTool("t") }
        for await _ in running { break }
        clock.advance(by: .seconds(60))
        let error = await #expect(throws: ClientError.self) { _ = try await call.value }
        guard case .timedOut(method: "tools/call", after: .seconds(60))? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        let id = transport.requests.last?.id
        let sent = await transport.sent(count: 1)
        guard case .notification(let notification) = sent[0] else { return #expect(Bool(false), "\(sent)") }
        #expect(notification.method == "notifications/cancelled")
        #expect(notification.params["requestId"] == id?.json)
    }

    @Test func progressRenewsTheTimeUpToTheMaximum() async throws {
        let clock = StandingClock()
        let configuration = ClientConfiguration(requestTimeout: .seconds(60), maximumRequestTime: .seconds(90), clock: ClientClock(clock))
        let (client, _) = try await client(configuration: configuration) { call in
            guard call.request.method == "tools/call" else { return [:] }
            clock.advance(by: .seconds(50))
            let token = call.request.params["_meta"]?[MetaKey.progressToken] ?? nil
            await call.emit(.notification(JSONRPCNotification(method: "notifications/progress", params: ["progressToken": token, "progress": 1])))
            clock.advance(by: .seconds(10))
            // Not 110: the maximum is 90.
            await clock.waitForSleeper(until: .seconds(90))
            clock.advance(by: .seconds(30))
            return try await silence()
        }
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("t", progress: { #expect($0.progress == 1) }) }
        guard case .timedOut(_, after: .seconds(90))? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    /// Progress extends a time-out also where nobody listens to it, if the call says how far.
    @Test func aCallThatMayTakeLongerAsksForProgress() async throws {
        let (client, transport) = try await client { _ in ["content": [], "tools": []] }
        for options in [
            RequestOptions(), RequestOptions(timeout: .seconds(5), maximumTime: .seconds(5)), RequestOptions(timeout: .seconds(5), maximumTime: .seconds(50)),
        ] { _ = try await client.callTool("t", options: options) }
        let calls = transport.requests.filter { $0.method == "tools/call" }
        #expect(calls.map { $0.params["_meta"]?[MetaKey.progressToken] != nil } == [false, false, true])
    }

    @Test func progressWithAnotherTokenIsNone() async throws {
        let diagnostics = Mutex<[ClientDiagnostic]>([])
        let (client, _) = try await client(
            configuration: ClientConfiguration(diagnostics: { diagnostic in diagnostics.withLock { $0.append(diagnostic) } })
        ) { call in
            guard call.request.method == "tools/call" else { return [:] }
            let token = call.request.params["_meta"]?[MetaKey.progressToken] ?? nil
            for (token, progress) in [(token, 1), ("another", 50), (token, 2)] as [(JSONValue, JSONValue)] {
                await call.emit(
                    .notification(JSONRPCNotification(method: "notifications/progress", params: ["progressToken": token, "progress": progress])))
            }
            return ["content": []]
        }
        let progress = Mutex<[Double]>([])
        _ = try await client.callTool("t") { update in progress.withLock { $0.append(update.progress) } }
        #expect(progress.withLock { $0 } == [1, 2])
        #expect(diagnostics.withLock { $0 } == [.ignored("progress with a token that tools/call does not have")])
    }

    @Test(arguments: [true, false]) func timeStandsStillWhileAPersonIsAsked(isAnswered: Bool) async throws {
        let clock = StandingClock()
        let (client, _) = try await client(configuration: ClientConfiguration(requestTimeout: .seconds(60), clock: ClientClock(clock))) { call in
            guard call.request.method == "tools/call" else { return [:] }
            await withRequestTimePaused {
                clock.advance(by: .seconds(600))
                await clock.waitForSleeper(until: .seconds(660))
            }
            if isAnswered { return ["content": []] }
            // It goes on with a whole time-out.
            clock.advance(by: .seconds(60))
            return try await silence()
        }
        if isAnswered {
            _ = try await client.callTool("t")
        } else {
            await #expect(throws: ClientError.self) { _ = try await client.callTool("t") }
        }
    }

    @Test(arguments: [(TransportBinding.stream, true), (.http, false)])
    func cancellationIsTold(_ binding: TransportBinding, _ isTold: Bool) async throws {
        let (running, started) = AsyncStream<Void>.makeStream()
        let (client, transport) = try await client(binding: binding) { call in
            if call.request.method == "tools/list" { return ["tools": []] }
            started.yield()
            return try await silence()
        }
        let call = Task { try await client.callTool("t") }
        for await _ in running { break }
        call.cancel()
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        if isTold {
            guard case .notification(let notification) = await transport.sent(count: 1)[0] else { return #expect(Bool(false)) }
            #expect(notification.params["requestId"] == transport.requests.last?.id.json)
        } else {
            try await client.ping()
            #expect(transport.sent.isEmpty)
        }
    }

    @Test func pagesAreFollowedAndEndlessOnesEnd() async throws {
        let (client, transport) = try await client { call in
            switch call.request.params["cursor"]?.string {
            case nil: ["tools": [["name": "a", "inputSchema": ["type": "object"]]], "nextCursor": "2"]
            case "2": ["tools": [["name": "broken"], ["name": "b", "inputSchema": ["type": "object"]]], "nextCursor": "3"]
            default: ["tools": [["name": "c", "inputSchema": ["type": "object"]]]]
            }
        }
        #expect(try await client.listTools().map(\.name) == ["a", "b", "c"])
        var first: [String] = []
        for try await tool in client.tools() {
            first.append(tool.name)
            break
        }
        #expect(first == ["a"])
        // Three pages for the list, one for the tool that was looked at.
        #expect(transport.requests.count == 1 + 3 + 1)
        let (endless, _) = try await self.client { _ in ["tools": [], "nextCursor": "same"] }
        await #expect(throws: ClientError.self) { _ = try await endless.listTools() }
    }

    @Test func aListThatNeverEndsIsGivenUp() async throws {
        let (client, transport) = try await client(configuration: ClientConfiguration(maximumListPages: 5)) { call in
            ["tools": [["name": "a", "inputSchema": ["type": "object"]]], "nextCursor": .string("after \(call.request.id)")]
        }
        let error = await #expect(throws: ClientError.self) { _ = try await client.listTools() }
        guard case .tooManyPages(method: "tools/list", 5)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(transport.methods == ["server/discover"] + Array(repeating: "tools/list", count: 5))
        // What has come is given before.
        var names: [String] = []
        await #expect(throws: ClientError.self) { for try await tool in client.tools() { names.append(tool.name) } }
        #expect(names.count == 5)
    }

    @Test func parametersTravelAsHeadersOverHTTP() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let tools: JSONValue = [
            [
                "name": "query",
                "inputSchema": ["type": "object", "properties": ["region": ["type": "string", "x-mcp-header": "Region"]]],
            ],
            ["name": "bad", "inputSchema": ["type": "object", "properties": ["n": ["type": "number", "x-mcp-header": "N"]]]],
        ]
        let script: ScriptedTransport.Script = { call in
            call.request.method == "tools/list" ? ["tools": tools] : ["content": []]
        }
        let (client, transport) = try await client(binding: .http, configuration: ClientConfiguration(diagnostics: diagnostics.add), script: script)
        _ = try await client.callTool("query", ["region": "eu"])
        #expect(transport.methods == ["server/discover", "tools/list", "tools/call"])
        #expect(transport.metadata.last?.parameterHeaders.map(\.name) == ["Mcp-Param-Region"])
        #expect(transport.metadata.last?.parameterHeaders.map(\.value) == ["eu"])
        #expect(try await client.listTools().map(\.name) == ["query"])
        guard case .toolExcluded(name: "bad", _)? = diagnostics.all.first else { return #expect(Bool(false), "\(diagnostics.all)") }
        let (stream, _) = try await self.client(binding: .stream, script: script)
        #expect(try await stream.listTools().map(\.name) == ["query", "bad"])
    }

    @Test func structuredContentMustFitTheSchemaOfItsTool() async throws {
        let (client, _) = try await client { call in
            if call.request.method == "tools/list" {
                return [
                    "tools": [
                        [
                            "name": "t", "inputSchema": ["type": "object"],
                            "outputSchema": ["type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"]],
                        ]
                    ]
                ]
            }
            return ["content": [], "structuredContent": call.request.params["arguments"] ?? nil]
        }
        _ = try await client.listTools()
        #expect(try await client.callTool("t", ["n": 3]).structuredContent == ["n": 3])
        let error = await #expect(throws: ClientError.self) { _ = try await client.callTool("t", ["n": "x"]) }
        guard case .invalidStructuredContent(tool: "t", let violations)? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(violations.map(\.instancePath.description) == ["/n"])
    }

    @Test func requestsOfTheServerAreAnswered() async throws {
        let input = ClientInputHandlers(elicit: { request in .accept(["said": .string(request.message)]) })
        let (client, transport) = try await client(revision: .v2025_11_25, configuration: ClientConfiguration(input: input)) { _ in [:] }
        await transport.emit(.request(JSONRPCRequest(id: "p", method: "ping")))
        await transport.emit(.request(JSONRPCRequest(id: 7, method: "sampling/createMessage")))
        await transport.emit(
            .request(JSONRPCRequest(id: 8, method: "elicitation/create", params: ["message": "Hm?", "requestedSchema": ["type": "object"]])))
        await transport.emit(.request(JSONRPCRequest(id: 9, method: "elicitation/create", params: ["message": 5])))
        // Five: the notification of the handshake, and four responses.
        let responses = await transport.sent(count: 5).compactMap { if case .response(let response) = $0 { response } else { nil } }
        let byID = Dictionary(responses.map { ($0.id, $0.result) }) { first, _ in first }
        #expect(byID["p"] == .success([:]))
        #expect(byID[8] == .success(["action": "accept", "content": ["said": "Hm?"]]))
        guard case .failure(let unknown)? = byID[7], case .failure(let invalid)? = byID[9] else { return #expect(Bool(false), "\(byID)") }
        #expect(unknown.code == .methodNotFound)
        #expect(invalid.code == .invalidParams)
        await client.close()
    }

    @Test func moreRequestsOfTheServerThanMayRunAreRefused() async throws {
        let input = ClientInputHandlers(elicit: { _ in
            _ = try await silence()
            return .decline
        })
        let (client, transport) = try await client(
            revision: .v2025_11_25, configuration: ClientConfiguration(input: input, maximumServerRequests: 2)
        ) { _ in [:] }
        for id in 1...4 {
            await transport.emit(
                .request(
                    JSONRPCRequest(
                        id: .integer(Int64(id)), method: "elicitation/create", params: ["message": "Hm?", "requestedSchema": ["type": "object"]])))
        }
        // What the server takes back makes room.
        await transport.emit(.notification(JSONRPCNotification(method: "notifications/cancelled", params: ["requestId": 1])))
        await transport.emit(.request(JSONRPCRequest(id: "p", method: "ping")))
        let responses = await transport.sent(count: 4).compactMap { if case .response(let response) = $0 { response } else { nil } }
        #expect(responses.map(\.id) == [3, 4, "p"])
        for response in responses.prefix(2) {
            guard case .failure(let error) = response.result else { return #expect(Bool(false), "\(response)") }
            #expect(error.code == .internalError && error.message.contains("busy"))
        }
        #expect(responses.last?.result == .success([:]))
        await client.close()
    }

    @Test func thePerRequestEraHasNoRequestsOfTheServer() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let (client, transport) = try await client(configuration: ClientConfiguration(diagnostics: diagnostics.add)) { _ in [:] }
        await transport.emit(.request(JSONRPCRequest(id: "p", method: "ping")))
        #expect(diagnostics.all.count == 1)
        #expect(transport.sent.isEmpty)
        await client.close()
    }
}

/// Collects from closures.
final class Collected<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
    var all: [Element] { elements.withLock { $0 } }
}
