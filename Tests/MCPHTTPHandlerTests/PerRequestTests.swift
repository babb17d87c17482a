import ConformanceFixtures
import HTTPTypes
import MCPCore
import Synchronization
import TestSupport
import Testing

@testable import MCPHTTP

/// The per-request era over HTTP.
struct PerRequestTests {
    @Test func aResultIsOneJSONBody() async throws {
        let answer = try await HandlerProbe().call("echo", ["message": "hi"])
        #expect(answer.status == .ok)
        #expect(try answer.text == "hi")
        #expect(answer.headers[.mcpSessionID] == nil)
    }

    static let refused: [(method: String, params: JSONObject, status: Int, code: Int64)] = [
        ("ping", [:], 404, -32601), ("no/such", [:], 404, -32601), ("resources/subscribe", ["uri": "a:b"], 404, -32601),
        ("initialize", ["protocolVersion": "2026-07-28", "capabilities": [:], "clientInfo": ["name": "n", "version": "1"]], 404, -32601),
        ("tools/list", ["_meta": [:]], 400, -32602), ("server/discover", ["_meta": [:]], 400, -32602),
        ("tools/list", ["_meta": [MetaKey.protocolVersion: "2026-07-28"]], 400, -32602),
        ("tools/list", ["_meta": [MetaKey.protocolVersion: 2026, MetaKey.clientCapabilities: [:]]], 400, -32602),
        ("tools/list", ["cursor": "bad"], 200, -32602),
    ]

    @Test(arguments: refused)
    func failuresHaveTheirStatus(_ row: (method: String, params: JSONObject, status: Int, code: Int64)) async throws {
        let answer = try await HandlerProbe().post(HandlerProbe.request(row.method, row.params), HandlerProbe.headers(row.method))
        #expect(answer.status.code == row.status)
        #expect(try answer.errorCode == row.code)
        #expect(try answer.json["id"] == 1)
    }

    @Test func anUnsupportedVersionIsToldWithThoseThatAreServed() async throws {
        let answer = try await HandlerProbe().post(
            HandlerProbe.request("tools/list", meta: HandlerProbe.meta(revision: "2030-01-01")),
            HandlerProbe.headers("tools/list", revision: "2030-01-01"))
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32022)
        #expect(try answer.json["error"]?["data"] == ["supported": ["2026-07-28"], "requested": "2030-01-01"])
    }

    @Test func anUndeclaredCapabilityIsABadRequest() async throws {
        let answer = try await HandlerProbe().call("ask_batch")
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32021)
        #expect(try answer.json["error"]?["data"]?["requiredCapabilities"] == ["elicitation": ["form": [:]]])
    }

    static let mismatches: [[(String, String)]] = [
        [],
        [("Mcp-Method", "tools/call"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2025-11-25"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "Tools/Call"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "add_numbers")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "echo"), ("Mcp-Name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "=?base64?!!?=")],
        [
            ("MCP-Protocol-Version", "2026-07-28"), ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"),
            ("Mcp-Name", "echo"),
        ],
    ]

    @Test(arguments: mismatches)
    func headersMustSayWhatTheBodySays(_ headers: [(String, String)]) async throws {
        let answer = try await HandlerProbe().post(
            HandlerProbe.request("tools/call", ["name": "echo", "arguments": ["message": "hi"]]), headers)
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32020)
        #expect(try answer.json["id"] == 1)
        if SpecificationSchema.isExpected {
            #expect(try SpecificationSchema.of("2026-07-28").violations(of: answer.json, as: "HeaderMismatchError").isEmpty)
        }
    }

    @Test(arguments: [
        [("mcp-protocol-version", "2026-07-28"), ("MCP-METHOD", "tools/call"), ("mcp-name", "echo")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", " tools/call\t"), ("Mcp-Name", "=?base64?ZWNobw==?=")],
        [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "echo"), ("Mcp-Session-Id", "ignored")],
    ])
    func headersInAnotherSpelling(_ headers: [(String, String)]) async throws {
        let answer = try await HandlerProbe().post(
            HandlerProbe.request("tools/call", ["name": "echo", "arguments": ["message": "hi"]]), headers)
        #expect(try answer.text == "hi")
    }

    static let parameters: [(headers: [(String, String)], arguments: JSONObject, isServed: Bool)] = [
        ([("Mcp-Param-Region", "eu"), ("Mcp-Param-Count", "42")], ["region": "eu", "options": ["count": 42]], true),
        ([("Mcp-Param-Region", "eu"), ("Mcp-Param-Count", "42.0")], ["region": "eu", "options": ["count": 42]], true),
        ([("Mcp-Param-Region", "=?base64?w6k=?=")], ["region": "é"], true), ([], [:], true), ([], ["region": nil], true),
        ([("Mcp-Param-Region", "us")], ["region": "eu"], false), ([], ["region": "eu"], false), ([("Mcp-Param-Region", "eu")], [:], false),
        ([("Mcp-Param-Region", "=?base64?w6k?=")], ["region": "eu"], false),
        ([("Mcp-Param-Region", "eu"), ("Mcp-Param-Region", "eu")], ["region": "eu"], false),
        ([("Mcp-Param-Region", "eu"), ("Mcp-Param-Count", "43")], ["region": "eu", "options": ["count": 42]], false),
        ([("Mcp-Param-Unknown", "whatever")], [:], true),
        // Another spelling is the same value for a whole number alone, and only one that JSON knows.
        ([("Mcp-Param-Region", "7")], ["region": "007"], false), ([("Mcp-Param-Region", "7.0")], ["region": "7"], false),
        ([("Mcp-Param-Region", "0x7")], ["region": "7"], false), ([("Mcp-Param-Region", "007")], ["region": "007"], true),
        ([("Mcp-Param-Count", "4.2e1")], ["options": ["count": 42]], true), ([("Mcp-Param-Count", "-0.0")], ["options": ["count": 0]], true),
        ([("Mcp-Param-Count", "042")], ["options": ["count": 42]], false), ([("Mcp-Param-Count", "0x2A")], ["options": ["count": 42]], false),
        ([("Mcp-Param-Count", "+42")], ["options": ["count": 42]], false), ([("Mcp-Param-Count", "42.")], ["options": ["count": 42]], false),
        ([("Mcp-Param-Count", "42.00000000000000000001")], ["options": ["count": 42]], false),
        ([("Mcp-Param-Count", "=?base64?IDQy?=")], ["options": ["count": 42]], false),
    ]

    @Test(arguments: parameters)
    func mirroredParametersMustAgree(_ row: (headers: [(String, String)], arguments: JSONObject, isServed: Bool)) async throws {
        let tool = ServerTool(
            Tool(
                name: "routed",
                inputSchema: [
                    "type": "object",
                    "properties": [
                        "region": ["type": ["string", "null"], "x-mcp-header": "Region"],
                        "options": ["type": "object", "properties": ["count": ["type": "integer", "x-mcp-header": "Count"]]],
                    ],
                ])
        ) { _, _ in CallToolResult(text: "served") }
        let answer = try await HandlerProbe(tools: [tool]).post(
            HandlerProbe.request("tools/call", ["name": "routed", "arguments": .object(row.arguments)]),
            HandlerProbe.headers("tools/call", name: "routed") + row.headers)
        if row.isServed {
            #expect(try answer.text == "served")
        } else {
            #expect(answer.status == .badRequest)
            #expect(try answer.errorCode == -32020)
        }
    }

    @Test func notificationsAreAcceptedAndBatchesAreNot() async throws {
        let probe = try HandlerProbe()
        let note: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]]
        let answer = try await probe.post(note, HandlerProbe.headers("notifications/cancelled"))
        #expect(answer.status == .accepted)
        guard case .none = answer.body else { return #expect(Bool(false), "202 has no body") }
        let batch = try await probe.post([HandlerProbe.request("tools/list")], HandlerProbe.headers("tools/list"))
        #expect(batch.status == .badRequest)
        #expect(try batch.errorCode == -32600)
        let response = try await probe.post(["jsonrpc": "2.0", "id": 1, "result": [:]], HandlerProbe.headers("x"))
        #expect(response.status == .badRequest)
    }

    private static func note(_ version: JSONValue? = nil) -> JSONValue {
        var params: JSONObject = ["requestId": 1]
        if let version { params["_meta"] = [MetaKey.protocolVersion: version] }
        return ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": .object(params)]
    }

    static let notes: [(version: JSONValue?, headers: [(String, String)], code: Int64?)] = [
        (nil, [("MCP-Protocol-Version", "2026-07-28")], nil),
        ("2026-07-28", [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "notifications/cancelled")], nil), ("2026-07-28", [], nil),
        // A session is of no account here.
        (nil, [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Session-Id", "any")], nil),
        (nil, [("MCP-Protocol-Version", "2030-01-01")], -32022), ("2030-01-01", [("MCP-Protocol-Version", "2030-01-01")], -32022), ("2030-01-01", [], -32022),
        ("2025-11-25", [("MCP-Protocol-Version", "2025-11-25")], -32022),
        ("2026-07-28", [("MCP-Protocol-Version", "2025-11-25")], -32020), ("2025-11-25", [("MCP-Protocol-Version", "2026-07-28")], -32020),
        (nil, [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "notifications/other")], -32020),
        (nil, [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "notifications/cancelled"), ("Mcp-Method", "notifications/cancelled")], -32020),
        (nil, [("MCP-Protocol-Version", "2026-07-28"), ("MCP-Protocol-Version", "2026-07-28")], -32020),
        (2026, [("MCP-Protocol-Version", "2026-07-28")], -32602),
    ]

    /// A notification is accepted or refused, with the status that says so.
    @Test(arguments: notes) func notificationsThatCannotBeAreRefused(_ row: (version: JSONValue?, headers: [(String, String)], code: Int64?)) async throws {
        for tells in [false, true] {
            // A server that has sessions too, and one that has not.
            let probe = try HandlerProbe { if tells { $0.revisions = [.v2026_07_28] } }
            let answer = try await probe.post(Self.note(row.version), row.headers)
            guard let code = row.code else {
                #expect(answer.status == .accepted)
                guard case .none = answer.body else { return #expect(Bool(false), "202 has no body") }
                continue
            }
            #expect(answer.status == .badRequest)
            #expect(try answer.errorCode == code)
            #expect(try answer.json["id"] == nil)
        }
    }

    /// A server of this revision alone (basic/transports/streamable-http, "Earlier Streamable HTTP Revisions").
    @Test func aServerOfThisRevisionAloneHasNoSessions() async throws {
        let probe = try HandlerProbe { $0.revisions = [.v2026_07_28] }
        for headers in [[], [("Mcp-Session-Id", "s")], [("Accept", "text/event-stream"), ("Mcp-Session-Id", "s"), ("Last-Event-ID", "1-1")]]
            as [[(String, String)]]
        {
            for method in [HTTPRequest.Method.get, .delete, .put] {
                let answer = try await probe.answer(method, headers)
                #expect(answer.status == .methodNotAllowed)
                #expect(answer.headers[.allow] == "POST")
            }
        }
        // What older clients send besides is ignored.
        let call = HandlerProbe.request("tools/call", ["name": "echo", "arguments": ["message": "hi"]])
        let served = try await probe.post(
            call, HandlerProbe.headers("tools/call", name: "echo") + [("Mcp-Session-Id", "s"), ("Last-Event-ID", "1-1")])
        #expect(try served.text == "hi")
        #expect(served.headers[.mcpSessionID] == nil)
        // A response, a notification and a batch of theirs are refused.
        for message in [
            ["jsonrpc": "2.0", "id": 1, "result": [:]], ["jsonrpc": "2.0", "method": "notifications/initialized"],
            [["jsonrpc": "2.0", "id": 1, "method": "ping"]],
        ] as [JSONValue] {
            let answer = try await probe.post(message, [("Mcp-Session-Id", "s")])
            #expect((400...404).contains(answer.status.code), "\(message.serializedString): \(answer.status)")
        }
    }

    /// Without the header a request is refused: there is no older revision that it could be of.
    @Test func aServerOfThisRevisionAloneNeedsItsHeader() async throws {
        let probe = try HandlerProbe { $0.revisions = [.v2026_07_28] }
        let call = HandlerProbe.request("tools/call", ["name": "echo", "arguments": ["message": "hi"]])
        let missing = try await probe.post(call, [("Mcp-Method", "tools/call"), ("Mcp-Name", "echo")])
        #expect(missing.status == .badRequest)
        #expect(try missing.errorCode == -32020)
        for method in ["ping", "tools/list", "resources/list", "server/discover"] {
            for session in [[], [("Mcp-Session-Id", "s")]] {
                let bare = try await probe.post(["jsonrpc": "2.0", "id": 1, "method": .string(method)], session)
                #expect(bare.status == .badRequest)
                #expect(try bare.errorCode == -32602)
            }
        }
    }

    /// `initialize` is told which revisions there are: its sender may show nothing but this message.
    @Test(arguments: [[], [("MCP-Protocol-Version", "2025-11-25")], [("Mcp-Session-Id", "s")]] as [[(String, String)]])
    func aServerOfThisRevisionAloneTellsInitializeSo(_ headers: [(String, String)]) async throws {
        let probe = try HandlerProbe { $0.revisions = [.v2026_07_28] }
        let initialize: JSONValue = [
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "old", "version": "1"]],
        ]
        let answer = try await probe.post(initialize, headers)
        #expect(answer.status == .badRequest)
        #expect(answer.headers[.mcpSessionID] == nil)
        let message = try answer.json["error"]?["message"]?.string
        #expect(message?.contains("Supported protocol versions: 2026-07-28") == true, "\(message ?? "")")
        #expect(message?.contains("open a session") == false)
        // The same over a channel of messages.
        let classifier = RequestClassifier(configuration: ServerConfiguration(revisions: [.v2026_07_28]))
        guard case .refused(let error) = classifier.classify(JSONRPCRequest(id: 0, method: "initialize", params: initialize["params"]?.object ?? [:])) else {
            Issue.record("initialize was not refused")
            return
        }
        #expect(error.message == message)
    }

    /// Log messages are of the exchange that asked for them, and of no subscription that is open beside it.
    @Test(.timeLimit(.minutes(1))) func logMessagesComeOnTheStreamOfTheirRequest() async throws {
        let probe = try HandlerProbe { $0.offersLogging = true }
        let listening = try await probe.post(
            HandlerProbe.request("subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: "s"),
            HandlerProbe.headers("subscriptions/listen")
        ).events
        #expect(try await listening.message()?["method"] == "notifications/subscriptions/acknowledged")
        let meta: JSONValue = [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:], MetaKey.logLevel: "debug"]
        let events = try await probe.call("test_logging_tool", further: ["_meta": meta]).events
        for _ in LoggingLevel.allCases { #expect(try await events.message()?["method"] == "notifications/message") }
        #expect(try await events.message()?["result"] != nil)
        #expect(try await probe.call("test_trigger_tool_change").text == "A tool was added.")
        #expect(try await listening.message()?["method"] == "notifications/tools/list_changed")
        probe.handler.shutdown()
    }

    private static func listen(_ probe: HandlerProbe, id: JSONValue = "s") async throws -> EventReader {
        let events = try await probe.post(
            HandlerProbe.request("subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: id), HandlerProbe.headers("subscriptions/listen")
        ).events
        #expect(try await events.message()?["method"] == "notifications/subscriptions/acknowledged")
        return events
    }

    /// Whoever closes the connections next waits for those who still read the responses of their subscriptions.
    @Test(.timeLimit(.minutes(1))) func theEndOfAnEndpointWaitsForTheResponsesOfItsSubscriptions() async throws {
        let clock = StandingClock()
        let probe = try HandlerProbe {
            $0.environment.sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
        }
        let (fast, slow) = (try await Self.listen(probe, id: "fast"), try await Self.listen(probe, id: "slow"))
        let ended = Mutex(false)
        let ending = Task {
            await probe.handler.shutdown(within: .seconds(2))
            ended.withLock { $0 = true }
        }
        #expect(try await fast.message()?["method"] == "notifications/cancelled")
        let response = try await fast.message()
        #expect(response?["id"] == "fast" && response?["result"]?["_meta"]?[MetaKey.subscriptionID] == "fast")
        #expect(try await fast.message() == nil)
        fast.stream.close()
        await clock.waitForSleeper(until: .seconds(2))
        #expect(ended.withLock { !$0 })
        slow.stream.close()
        await ending.value
        // Without readers there is nothing to wait for, and with one that reads nothing no longer than it was given.
        await probe.handler.shutdown(within: .seconds(3600))
        let stuck = try HandlerProbe { $0.environment = probe.server.configuration.environment }
        let unread = try await Self.listen(stuck)
        let cutting = Task { await stuck.handler.shutdown(within: .seconds(5)) }
        await clock.waitForSleeper(until: .seconds(5))
        clock.advance(by: .seconds(5))
        await cutting.value
        unread.stream.close()
    }

    /// One server on two endpoints: the end of one is not the other's.
    @Test(.timeLimit(.minutes(1))) func anEndpointEndsItsOwnSubscriptionsAlone() async throws {
        let probe = try HandlerProbe()
        let other = StreamableHTTPHandler(server: probe.server)
        let events = try await Self.listen(probe)
        let session = try await probe.open()
        let changes = try await probe.get(session: session).events
        other.shutdown()
        #expect(try await probe.call("test_trigger_tool_change").text == "A tool was added.")
        #expect(try await events.message()?["method"] == "notifications/tools/list_changed")
        #expect(try await changes.message()?["method"] == "notifications/tools/list_changed")
        let later = try await Self.listen(probe, id: "later")
        probe.handler.shutdown()
        #expect(try await later.message()?["method"] == "notifications/cancelled")
        #expect(try await later.message()?["result"] != nil)
        // Nothing is opened any more where all has ended.
        let late = try await Self.listen(probe, id: "late")
        #expect(try await late.message()?["method"] == "notifications/cancelled")
    }

    static let outsideOfSessions: [[(String, String)]] = [
        [], [("MCP-Protocol-Version", "2025-03-26")], [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Session-Id", "any")],
    ]

    @Test(arguments: outsideOfSessions)
    func batchesOutsideOfASessionAreInvalidRequests(_ headers: [(String, String)]) async throws {
        let answer = try await HandlerProbe().post([["jsonrpc": "2.0", "id": 1, "method": "ping"]], headers)
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32600)
        #expect(try answer.json["error"]?["message"]?.string?.contains("2025-03-26") == true)
    }

    @Test(.timeLimit(.minutes(1))) func moreRequestsThanMayRunAreRefusedUntilThereIsRoom() async throws {
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            try await Task.sleep(for: .seconds(3600))
            return CallToolResult()
        }
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumConcurrentRequests: 2), tools: [tool])
        let further: JSONObject = ["_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:], "progressToken": 1]]
        let first = try await probe.call("endless", further: further).events
        let second = try await probe.call("endless", further: further).events
        let refused = try await probe.call("echo", ["message": "hi"])
        #expect(refused.status == .serviceUnavailable)
        #expect(try refused.errorCode == -32603)
        #expect(try refused.json["id"] == 1)
        #expect(refused.headers[.retryAfter] == "1")
        // Those of sessions are counted there.
        let session = try await probe.open()
        #expect(try await probe.post(["jsonrpc": "2.0", "id": 1, "method": "ping"], session: session).status == .ok)
        first.stream.close()
        // The handler has a moment to end.
        while try await probe.call("echo", ["message": "hi"]).status != .ok { await Task.yield() }
        second.stream.close()
    }

    @Test(.timeLimit(.minutes(1))) func aPrincipalHasAShareOfThePlaces() async throws {
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            try await Task.sleep(for: .seconds(3600))
            return CallToolResult()
        }
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumConcurrentRequestsOfPrincipal: 1), tools: [tool])
        let (ada, eve) = (Principal(id: "ada"), Principal(id: "eve"))
        let further: JSONObject = ["_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:], "progressToken": 1]]
        let events = try await probe.call("endless", further: further, principal: ada).events
        let refused = try await probe.call("echo", ["message": "hi"], principal: ada)
        #expect(refused.status == .serviceUnavailable)
        #expect(try refused.errorCode == -32603)
        #expect(refused.headers[.retryAfter] == "1")
        #expect(try await probe.call("echo", ["message": "hi"], principal: eve).status == .ok)
        #expect(try await probe.call("echo", ["message": "hi"]).status == .ok)
        events.stream.close()
        // The handler has a moment to end.
        while try await probe.call("echo", ["message": "hi"], principal: ada).status != .ok { await Task.yield() }
    }

    @Test func theFirstNotificationMakesAStream() async throws {
        let answer = try await HandlerProbe().call(
            "test_tool_with_progress",
            further: [
                "_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:], "progressToken": "p"]
            ])
        let events = try answer.events
        #expect(answer.headers[.accelBuffering] == "no")
        for expected in [0, 50, 100] as [JSONValue] {
            let message = try await events.message()
            #expect(message?["params"]?["progress"] == expected)
            #expect(message?["params"]?["progressToken"] == "p")
        }
        #expect(try await events.message()?["result"]?["content"]?[0]?["text"] == "Done.")
        #expect(try await events.next() == nil)
        #expect(events.lastEventID == nil)
    }

    @Test(.timeLimit(.minutes(1))) func closingTheStreamCancelsTheHandler() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(Task.isCancelled) }
            return CallToolResult()
        }
        let answer = try await HandlerProbe(tools: [tool]).call(
            "endless",
            further: ["_meta": [MetaKey.protocolVersion: "2026-07-28", MetaKey.clientCapabilities: [:], "progressToken": 1]])
        try answer.events.stream.close()
        #expect(await ended.first { _ in true } == true)
    }

    @Test(.timeLimit(.minutes(1))) func losingTheClientBeforeTheAnswerCancelsTheHandler() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let (begun, begin) = AsyncStream.makeStream(of: Bool.self)
        let tool = ServerTool(Tool(name: "endless")) { _, _ in
            begin.yield(true)
            do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(Task.isCancelled) }
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool])
        let exchange = Task { try await probe.call("endless") }
        _ = await begun.first { _ in true }
        exchange.cancel()
        #expect(await ended.first { _ in true } == true)
        _ = try await exchange.value
    }

    @Test(.timeLimit(.minutes(1))) func aSubscriptionIsAStreamThatTheServerEndsGracefully() async throws {
        let probe = try HandlerProbe()
        let answer = try await probe.post(
            HandlerProbe.request("subscriptions/listen", ["notifications": ["toolsListChanged": true]], id: "s"),
            HandlerProbe.headers("subscriptions/listen"))
        let events = try answer.events
        #expect(try await events.message()?["method"] == "notifications/subscriptions/acknowledged")
        #expect(try await probe.call("test_trigger_tool_change").text == "A tool was added.")
        let change = try await events.message()
        #expect(change?["method"] == "notifications/tools/list_changed")
        #expect(change?["params"]?["_meta"]?[MetaKey.subscriptionID] == "s")
        probe.handler.shutdown()
        let cancellation = try await events.message()
        #expect(cancellation?["method"] == "notifications/cancelled")
        #expect(cancellation?["params"] == ["_meta": [MetaKey.subscriptionID: "s"], "requestId": "s"])
        let last = try await events.message()
        #expect(last?["id"] == "s")
        #expect(last?["result"]?["_meta"]?[MetaKey.subscriptionID] == "s")
        #expect(try await events.next() == nil)
    }

    // MARK: Questions

    private static let asks: JSONValue = ["elicitation": ["form": [:]]]

    @Test func questionsWorkOverSealedState() async throws {
        let probe = try HandlerProbe()
        let first = try await probe.call("ask_twice", ["event": "the fair"], capabilities: Self.asks).json["result"]
        #expect(first?["resultType"] == "input_required")
        let second = try await probe.call(
            "ask_twice", ["event": "the fair"], capabilities: Self.asks,
            further: [
                "requestState": try #require(first?["requestState"]),
                "inputResponses": ["user": ["action": "accept", "content": ["name": "Ada"]]],
            ]
        ).json["result"]
        #expect(second?["inputRequests"]?["confirm"]?["params"]?["message"] == "Keep ticket 1 to the fair for Ada?")
        let third = try await probe.call(
            "ask_twice", ["event": "the fair"], capabilities: Self.asks,
            further: [
                "requestState": try #require(second?["requestState"]),
                "inputResponses": ["confirm": ["action": "accept", "content": ["confirm": true]]],
            ])
        #expect(try third.text == "Ticket 1 to the fair is Ada's.")
        #expect(probe.steps.count == 1)
    }

    /// Two processes with one key, over channels of messages such as stdio: a client may ask one and answer the other.
    @Test func aQuestionOnAChannelIsAnsweredAtAnotherProcess() async throws {
        let key = try SealedRequestStateStore.Key(bytes: (0..<32).map { $0 })
        func call(_ key: SealedRequestStateStore.Key, _ further: JSONObject = [:]) async throws -> JSONValue {
            // A server of its own, as another process has it.
            let server = FixtureServer.make(configuration: ServerConfiguration(requestStates: SealedRequestStateStore(keys: [key])))
            let sink = OneMessage()
            var params: JSONObject = ["name": "test_elicitation", "arguments": ["message": "Name?"], "_meta": HandlerProbe.meta(Self.asks)]
            params.merge(further)
            let request = JSONRPCRequest(id: 1, method: "tools/call", params: params).json.serialized()
            try await ServerConnection(server: server, sink: sink).run(
                AsyncThrowingStream {
                    $0.yield(.messages([request]))
                    $0.finish()
                })
            return try JSONValue(parsing: sink.message)
        }
        let state = try #require(try await call(key)["result"]?["requestState"])
        let retry: JSONObject = ["requestState": state, "inputResponses": ["answer": ["action": "accept", "content": ["name": "Ada"]]]]
        #expect(try await call(key, retry)["result"]?["content"]?[0]?["text"] == "User response: Ada")
        #expect(try await call(.random(), retry)["error"]?["code"] == -32602)
    }

    private final class OneMessage: MessageSink {
        private let bytes = Mutex<[UInt8]>([])
        var message: [UInt8] { bytes.withLock(\.self) }
        func write(_ message: [UInt8]) async throws { bytes.withLock { $0 = message } }
    }

    @Test func aStateIsGoodForItsCallOnly() async throws {
        let probe = try HandlerProbe()
        let ada = Principal(id: "ada")
        let asked = try await probe.call("test_elicitation", ["message": "Name?"], capabilities: Self.asks, principal: ada)
        let state = try #require(asked.json["result"]?["requestState"]?.string)
        func retry(_ state: String, message: String = "Name?", principal: Principal? = ada) async throws -> HTTPAnswer {
            try await probe.call(
                "test_elicitation", ["message": .string(message)], capabilities: Self.asks,
                further: [
                    "requestState": .string(state), "inputResponses": ["answer": ["action": "accept", "content": ["name": "Ada"]]],
                ], principal: principal)
        }
        #expect(try await retry(state).text == "User response: Ada")
        var errors: Set<JSONValue> = []
        let tampered = (state.first == "A" ? "B" : "A") + state.dropFirst()
        for answer in [
            try await retry(tampered), try await retry("not base64!"), try await retry(state, message: "Other?"),
            try await retry(state, principal: Principal(id: "eve")), try await retry(state, principal: nil),
        ] {
            #expect(answer.status == .ok)
            #expect(try answer.errorCode == -32602)
            errors.insert(try #require(answer.json["error"]))
        }
        probe.clock.advance(.seconds(3600))
        errors.insert(try #require(await retry(state).json["error"]))
        #expect(errors.count == 1, "one error for every cause")
    }
}
