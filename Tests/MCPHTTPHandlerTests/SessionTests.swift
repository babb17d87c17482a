import Dispatch
import HTTPTypes
import MCPCore
import Synchronization
import Testing

@testable import MCPHTTP

/// The handshake era over HTTP: sessions and their streams.
struct SessionTests {
    private static let ping: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
    private static let asks: JSONValue = ["elicitation": [:]]

    private static func call(_ name: String, _ arguments: JSONValue = [:], id: JSONValue = 1, meta: JSONValue? = nil) -> JSONValue {
        var params: JSONObject = ["name": .string(name), "arguments": arguments]
        params["_meta"] = meta
        return ["jsonrpc": "2.0", "id": id, "method": "tools/call", "params": .object(params)]
    }

    @Test(arguments: ["2025-03-26", "2025-06-18", "2025-11-25"])
    func aSessionServesUntilItIsEnded(_ revision: String) async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open(revision)
        #expect(session.utf8.allSatisfy { (0x21...0x7e).contains($0) })
        #expect(try await probe.post(["jsonrpc": "2.0", "method": "notifications/initialized"], session: session).status == .accepted)
        #expect(try await probe.post(Self.ping, session: session).json == ["jsonrpc": "2.0", "id": 1, "result": [:]])
        #expect(try await probe.post(Self.call("echo", ["message": "hi"], id: 2), session: session).text == "hi")
        let end = try await probe.answer(.delete, [("Mcp-Session-Id", session)])
        #expect(end.status == .noContent)
        #expect(try await probe.post(Self.ping, session: session).status == .notFound)
        #expect(try await probe.answer(.delete, [("Mcp-Session-Id", session)]).status == .notFound)
        #expect(try await probe.get(session: session).status == .notFound)
    }

    @Test func bothErasAreServedOnOnePath() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open()
        #expect(
            try await probe.post(Self.call("count_to", ["limit": 1]), session: session).json["result"]?["structuredContent"] == [
                "result": [1]
            ])
        #expect(try await probe.call("count_to", ["limit": 1]).json["result"]?["structuredContent"] == [1])
    }

    @Test func withoutASessionARequestIsRefused() async throws {
        let probe = try HandlerProbe()
        let answer = try await probe.post(Self.ping)
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32602)
        // A revision that carries itself in `_meta` was meant.
        let modern = try await probe.post(["jsonrpc": "2.0", "id": 1, "method": "tools/list"], HandlerProbe.headers("tools/list"))
        #expect(modern.status == .badRequest)
        #expect(try modern.errorCode == -32602)
        #expect(try modern.json["error"]?["message"]?.string?.contains(MetaKey.clientCapabilities) == true)
    }

    /// What cannot be accepted is refused, also where nobody waits for an answer.
    @Test func withoutASessionNotificationsAndResponsesAreRefused() async throws {
        let probe = try HandlerProbe()
        let ended = try await probe.open()
        #expect(try await probe.answer(.delete, [("Mcp-Session-Id", ended)]).status == .noContent)
        let messages: [JSONValue] = [
            ["jsonrpc": "2.0", "method": "notifications/initialized"], ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]],
            ["jsonrpc": "2.0", "id": 1, "result": ["roots": []]], ["jsonrpc": "2.0", "id": 1, "error": ["code": -1, "message": "no"]],
        ]
        for message in messages {
            let none = try await probe.post(message)
            #expect(none.status == .badRequest)
            #expect(try none.json["id"] == nil)
            #expect(try none.errorCode == -32602)
            let named = try await probe.post(message, [("MCP-Protocol-Version", "2025-11-25")])
            #expect(named.status == .badRequest)
            for session in [ended, "no-such-session"] {
                let gone = try await probe.post(message, session: session)
                #expect(gone.status == .notFound)
                #expect(try gone.json["id"] == nil)
            }
            #expect(try await probe.post(message, session: try await probe.open()).status == .accepted)
        }
    }

    /// 128 bits of the system's generator, written out.
    @Test func sessionIDsAreRandom() async throws {
        let draws = Mutex<[[UInt8]]>([])
        let probe = try HandlerProbe {
            $0.environment.randomBytes = { count in
                let bytes = ServerEnvironment.system.randomBytes(count)
                draws.withLock { $0.append(bytes) }
                return bytes
            }
        }
        var ids: Set<String> = []
        // Which bits have been seen as 1, and which as 0. That one of 128 bits is the same in 100 fair draws has a chance of 2 to the -92.
        var (ones, zeros) = ([UInt8](repeating: 0, count: 16), [UInt8](repeating: 0, count: 16))
        for _ in 0..<100 {
            draws.withLock { $0 = [] }
            let id = try await probe.open()
            let drawn = try #require(draws.withLock(\.self).first { $0.count == 16 })
            let written = drawn.map { byte in String(repeating: "0", count: byte < 16 ? 1 : 0) + String(byte, radix: 16) }.joined()
            #expect(id == written)
            ids.insert(id)
            for (index, byte) in drawn.enumerated() {
                ones[index] |= byte
                zeros[index] |= ~byte
            }
        }
        #expect(ids.count == 100)
        #expect(ones.allSatisfy { $0 == 255 } && zeros.allSatisfy { $0 == 255 })
    }

    /// A client whose stream the server closes knows when to come back, from the stream's first event.
    @Test func aGETStreamSaysWhenToComeBackBeforeItIsClosed() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(retryInterval: .milliseconds(2500)))
        let session = try await probe.open()
        let first = try await probe.get(session: session).events
        let opening = try #require(try await first.next())
        #expect(opening.data.isEmpty && opening.id != nil)
        #expect(first.retryMilliseconds == 2500)
        // Another one takes over, and the server closes the first.
        let second = try await probe.get(session: session).events
        #expect(try await first.next() == nil)
        _ = try await second.next()
        #expect(second.retryMilliseconds == 2500)
        #expect(try await probe.post(Self.call("test_trigger_tool_change"), session: session).text == "A tool was added.")
        #expect(try await second.message()?["method"] == "notifications/tools/list_changed")
        // The client goes on where it was.
        let again = try await probe.get(session: session, after: opening.id).events
        #expect(try await again.message()?["method"] == "notifications/tools/list_changed")
        #expect(try await second.next() == nil)
        probe.handler.shutdown()
    }

    /// A server that ends its subscriptions has not ended its sessions: what their streams have kept is there for whoever comes back.
    @Test(.timeLimit(.minutes(1))) func theEndOfAllSubscriptionsForgetsNoEvents() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open()
        let first = try await probe.get(session: session).events
        let opening = try #require(try await first.next())
        #expect(try await probe.post(Self.call("test_trigger_tool_change"), session: session).text == "A tool was added.")
        #expect(try await first.message()?["method"] == "notifications/tools/list_changed")
        probe.server.endSubscriptions()
        for _ in 0..<1000 { await Task.yield() }
        let again = try await probe.get(session: session, after: opening.id)
        #expect(again.status == .ok)
        #expect(try await again.events.message()?["method"] == "notifications/tools/list_changed")
        probe.handler.shutdown()
    }

    @Test(.timeLimit(.minutes(1))) func aHandlerAsksOnlyOnceTheClientIsReady() async throws {
        let probe = try HandlerProbe()
        let opened = try await probe.post([
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": ["protocolVersion": "2025-11-25", "capabilities": Self.asks, "clientInfo": ["name": "probe", "version": "1"]],
        ])
        let session = try #require(opened.headers[.mcpSessionID])
        let asking = Task { try await probe.post(Self.call("test_elicitation", ["message": "Name?"], id: 5), session: session).events.message() }
        #expect(try await probe.post(Self.ping, session: session).status == .ok)
        #expect(try await probe.post(["jsonrpc": "2.0", "id": 1, "result": ["action": "decline"]], session: session).status == .accepted)
        #expect(try await probe.post(["jsonrpc": "2.0", "method": "notifications/initialized"], session: session).status == .accepted)
        #expect(try await asking.value?["method"] == "elicitation/create")
        probe.handler.shutdown()
    }

    @Test(.timeLimit(.minutes(1))) func theReasonOfACancellationIsToldToTheOperator() async throws {
        let told = Mutex<[String]>([])
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            try await Task.sleep(for: .seconds(3600))
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool]) { $0.diagnostics = { diagnostic in told.withLock { $0.append(diagnostic.description) } } }
        let session = try await probe.open()
        let events = try await probe.post(Self.call("endless", id: 7, meta: ["progressToken": 1]), session: session).events
        #expect(try await events.message()?["method"] == "notifications/progress")
        for id in [8, 7] as [JSONValue] {
            let cancellation: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": id, "reason": "took too long"]]
            #expect(try await probe.post(cancellation, session: session).status == .accepted)
        }
        #expect(try await events.next() == nil)
        #expect(told.withLock(\.self).filter { $0.contains("took too long") } == ["The client has cancelled request 7: took too long"])
    }

    /// A request is answered with JSON or an event stream, whatever becomes of it (2025-11-25, basic/transports, "Sending Messages to the Server").
    @Test(.timeLimit(.minutes(1))) func aCancelledRequestThatHasSaidNothingEndsAsAStreamWithoutAnEvent() async throws {
        let (running, began) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "endless")) { _, _ in
            began.yield()
            try await Task.sleep(for: .seconds(3600))
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool])
        let session = try await probe.open()
        async let answer = probe.post(Self.call("endless", id: 7), session: session)
        for await _ in running { break }
        let cancellation: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 7]]
        #expect(try await probe.post(cancellation, session: session).status == .accepted)
        let end = try await answer
        #expect(end.status == .ok && end.headers[.contentType] == "text/event-stream")
        guard case .bytes([]) = end.body else { return #expect(Bool(false), "\(end.body)") }
    }

    @Test func aBodyThatIsEncodedIsRefused() async throws {
        let probe = try HandlerProbe()
        let refusal = try await probe.post(Self.ping, [("Content-Encoding", "gzip")])
        #expect(refusal.status == .unsupportedMediaType && refusal.headers[.acceptEncoding] == "identity")
        let session = try await probe.open()
        #expect(try await probe.post(Self.ping, [("Content-Encoding", "identity"), ("Mcp-Session-Id", session)]).status == .ok)
    }

    @Test func initializeThatIsMalformedOpensNothing() async throws {
        let answer = try await HandlerProbe().post(["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": [:]])
        #expect(answer.status == .badRequest)
        #expect(try answer.errorCode == -32602)
        #expect(answer.headers[.mcpSessionID] == nil)
    }

    @Test func theVersionHeaderIsTheSessionsOrMissing() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open("2025-06-18")
        for (version, status) in [("2025-06-18", 200), ("2025-11-25", 400), ("nonsense", 400), ("2026-07-28", 400)] {
            let answer = try await probe.post(Self.ping, [("Mcp-Session-Id", session), ("MCP-Protocol-Version", version)])
            #expect(answer.status.code == status, "\(version)")
        }
    }

    @Test func anotherPrincipalFindsNothing() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open(principal: Principal(id: "ada"))
        #expect(try await probe.post(Self.ping, session: session, principal: Principal(id: "ada")).status == .ok)
        #expect(try await probe.post(Self.ping, session: session, principal: Principal(id: "eve")).status == .notFound)
        #expect(try await probe.post(Self.ping, session: session).status == .notFound)
    }

    @Test func anUnusedSessionExpires() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(sessionLifetime: .seconds(60)))
        let session = try await probe.open()
        probe.clock.advance(.seconds(59))
        #expect(try await probe.post(Self.ping, session: session).status == .ok)
        probe.clock.advance(.seconds(59))
        #expect(try await probe.post(Self.ping, session: session).status == .ok)
        probe.clock.advance(.seconds(60))
        #expect(try await probe.post(Self.ping, session: session).status == .notFound)
    }

    @Test func aSessionThatIsListenedToDoesNotExpire() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(sessionLifetime: .seconds(60)))
        let session = try await probe.open()
        let events = try await probe.get(session: session).events
        probe.clock.advance(.seconds(3600))
        #expect(try await probe.post(Self.ping, session: session).status == .ok)
        events.stream.close()
        probe.clock.advance(.seconds(3600))
        #expect(try await probe.post(Self.ping, session: session).status == .notFound)
    }

    @Test func beyondTheLimitTheLongestUnusedEnds() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumSessions: 2))
        let first = try await probe.open()
        probe.clock.advance(.seconds(1))
        let second = try await probe.open()
        probe.clock.advance(.seconds(1))
        #expect(try await probe.post(Self.ping, session: first).status == .ok)
        probe.clock.advance(.seconds(1))
        let third = try await probe.open()
        #expect(try await probe.post(Self.ping, session: first).status == .ok)
        #expect(try await probe.post(Self.ping, session: second).status == .notFound)
        #expect(try await probe.post(Self.ping, session: third).status == .ok)
    }

    @Test(.timeLimit(.minutes(1))) func anAnswerComesByAnotherPost() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open(capabilities: Self.asks)
        let events = try await probe.post(Self.call("ask_twice", ["event": "the fair"], id: 5), session: session).events
        let first = try await events.message()
        #expect(first?["method"] == "elicitation/create")
        func answer(_ id: JSONValue?, _ content: JSONValue) async throws {
            let response: JSONValue = ["jsonrpc": "2.0", "id": try #require(id), "result": ["action": "accept", "content": content]]
            #expect(try await probe.post(response, session: session).status == .accepted)
        }
        try await answer(first?["id"], ["name": "Ada"])
        let second = try await events.message()
        #expect(second?["params"]?["message"] == "Keep ticket 1 to the fair for Ada?")
        try await answer(second?["id"], ["confirm": true])
        let last = try await events.message()
        #expect(last?["id"] == 5)
        #expect(last?["result"]?["content"]?[0]?["text"] == "Ticket 1 to the fair is Ada's.")
        #expect(try await events.next() == nil)
    }

    @Test(.timeLimit(.minutes(1))) func aLostStreamDoesNotCancelAndIsTakenUpAgain() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open(capabilities: Self.asks)
        let lost = try await probe.post(Self.call("test_elicitation", ["message": "Name?"], id: 5), session: session).events
        let priming = try #require(try await lost.next())
        #expect(priming.data.isEmpty)
        #expect(lost.retryMilliseconds == 1000)
        let question = try await lost.message()
        let seen = try #require(lost.lastEventID)
        #expect(seen != priming.id)
        lost.stream.close()
        let response: JSONValue = [
            "jsonrpc": "2.0", "id": try #require(question?["id"]), "result": ["action": "accept", "content": ["name": "Ada"]],
        ]
        #expect(try await probe.post(response, session: session).status == .accepted)
        // From behind the last event, and once more from the start: what was sent is sent again.
        let again = try await probe.get(session: session, after: seen).events
        #expect(try await again.message()?["result"]?["content"]?[0]?["text"] == "User response: Ada")
        #expect(try await again.next() == nil)
        let whole = try await probe.get(session: session, after: priming.id).events
        #expect(try await whole.message()?["method"] == "elicitation/create")
        #expect(try await whole.message()?["id"] == 5)
        for id in ["", "x", "1", "1-x", "-1-1", "999-1"] {
            #expect(try await probe.get(session: session, after: id).status == .badRequest, "\(id)")
        }
    }

    @Test(.timeLimit(.minutes(1))) func aConnectionThatTheHandlerClosesIsTakenUpAgainForTheRest() async throws {
        let (goes, go) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "slow")) { _, context in
            try await context.progress(1)
            context.closeConnection()
            try await context.progress(2)
            for await _ in goes { break }
            return CallToolResult(text: "done")
        }
        let probe = try HandlerProbe(tools: [tool])
        let session = try await probe.open()
        let first = try await probe.post(Self.call("slow", id: 5, meta: ["progressToken": 1]), session: session).events
        #expect(try await first.next()?.data.isEmpty == true)
        #expect(try await first.message()?["params"]?["progress"] == 1)
        #expect(try await first.next() == nil)
        first.stream.close()
        go.yield()
        let rest = try await probe.get(session: session, after: first.lastEventID).events
        #expect(try await rest.message()?["params"]?["progress"] == 2)
        #expect(try await rest.message()?["result"]?["content"]?[0]?["text"] == "done")
        #expect(try await rest.next() == nil)
    }

    @Test(.timeLimit(.minutes(1))) func aConnectionIsClosedOnlyWhereTheClientCanComeBack() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open()
        // Closed before anything was sent: the opening event alone tells from where to go on.
        let first = try await probe.post(Self.call("test_reconnection", id: 5), session: session).events
        let opening = try #require(try await first.next())
        #expect(opening.data.isEmpty)
        #expect(first.retryMilliseconds == 1000)
        #expect(try await first.next() == nil)
        #expect(try await probe.get(session: session, after: opening.id).events.message()?["id"] == 5)
        for revision in ["2025-03-26", "2025-06-18"] {
            let older = try await probe.open(revision)
            #expect(try await probe.post(Self.call("test_reconnection"), session: older).text != nil)
        }
        #expect(try await probe.call("test_reconnection").text != nil)
    }

    /// Another implementation kept each answer of a session for as long as the session lived.
    @Test(.timeLimit(.minutes(1))) func manyLargeCallsAreNotKept() async throws {
        let store = MemoryEventStore(maximumBytes: 1 << 20)
        let stream = ServerTool(Tool(name: "streamed")) { arguments, context in
            try await context.progress(1)
            return CallToolResult(text: try arguments.decode("message"))
        }
        let probe = try HandlerProbe(HTTPHandlerConfiguration(eventStore: store), tools: [stream])
        let session = try await probe.open()
        let large = JSONValue.string(String(repeating: "x", count: 100_000))
        for id in 1...50 {
            #expect(try await probe.post(Self.call("echo", ["message": large], id: .integer(Int64(id))), session: session).text?.count == 100_000)
        }
        #expect(store.byteCount == 0, "an answer of one JSON body is not kept")
        for id in 51...100 {
            let call = Self.call("streamed", ["message": large], id: .integer(Int64(id)), meta: ["progressToken": 1])
            let events = try await probe.post(call, session: session).events
            while try await events.next() != nil {}
            #expect(store.byteCount <= 1 << 20)
        }
        #expect(store.byteCount > 100_000)
        #expect(try await probe.answer(.delete, [("Mcp-Session-Id", session)]).status == .noContent)
        #expect(store.byteCount == 0)
    }

    @Test(.timeLimit(.minutes(1))) func aHandlerClosesTheConnectionAndGoesOn() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "long")) { _, context in
            context.closeConnection(retryAfter: .seconds(7))
            for await _ in gate { break }
            return CallToolResult(text: "done")
        }
        for (revision, isClosed) in [("2025-11-25", true), ("2025-06-18", false)] {
            let probe = try HandlerProbe(tools: [tool])
            let session = try await probe.open(revision)
            guard isClosed else {
                // A client of that revision has seen no id and could not come back: nothing happens.
                open.yield()
                #expect(try await probe.post(Self.call("long"), session: session).text == "done")
                continue
            }
            let events = try await probe.post(Self.call("long"), session: session).events
            let priming = try #require(try await events.next())
            #expect(priming.data.isEmpty && priming.id != nil)
            let last = try #require(try await events.next())
            #expect(last.data.isEmpty && last.id == priming.id)
            #expect(events.retryMilliseconds == 7000)
            #expect(try await events.next() == nil)
            open.yield()
            let rest = try await probe.get(session: session, after: last.id).events
            #expect(try await rest.message()?["result"]?["content"]?[0]?["text"] == "done")
            #expect(try await rest.next() == nil)
        }
    }

    @Test(.timeLimit(.minutes(1))) func theStandaloneStreamTellsOfChanges() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open()
        let first = try await probe.get(session: session).events
        #expect(try await probe.post(Self.call("test_trigger_tool_change"), session: session).text == "A tool was added.")
        #expect(try await first.message() == ["jsonrpc": "2.0", "method": "notifications/tools/list_changed"])
        // A second reader takes the stream over: a message goes to one of them only.
        let second = try await probe.get(session: session).events
        #expect(try await first.next() == nil)
        #expect(try await probe.post(Self.call("test_trigger_tool_change", id: 2), session: session).text == "A tool was removed.")
        #expect(try await second.message()?["method"] == "notifications/tools/list_changed")
        let replayed = try await probe.get(session: session, after: "0-0").events
        #expect(try await replayed.message() != nil)
        #expect(try await replayed.message() != nil)
        #expect(try await probe.answer(.delete, [("Mcp-Session-Id", session)]).status == .noContent)
        #expect(try await replayed.next() == nil)
    }

    /// One job after the other, so that no task that is started in a job runs before the job has ended.
    private final class OneByOne: TaskExecutor {
        private let queue = DispatchQueue(label: "one by one")
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    @Test(.timeLimit(.minutes(1))) func aChangeAtTheVeryStartOfASessionIsTold() async throws {
        let probe = try HandlerProbe()
        let opening: JSONValue = [
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": ["protocolVersion": "2025-11-25", "capabilities": [:], "clientInfo": ["name": "probe", "version": "1"]],
        ]
        var head = HTTPRequest(method: .post, scheme: "http", authority: HandlerProbe.host, path: "/mcp")
        head.headerFields = [.contentType: "application/json", .accept: HandlerProbe.both]
        let (answers, answer) = AsyncStream.makeStream(of: HTTPAnswer.self)
        let request = head
        await withTaskExecutorPreference(OneByOne()) {
            await probe.handler.serve(request, body: opening.serialized()) { given in
                // The session is there, and its own task cannot have begun yet.
                do { try probe.server.tools.add(ServerTool(Tool(name: "late")) { _, _ in CallToolResult(text: "") }) } catch { Issue.record(error) }
                answer.yield(given)
            }
        }
        let session = try #require(await answers.first { _ in true }?.headers[.mcpSessionID])
        let events = try await probe.get(session: session).events
        #expect(try await events.message() == ["jsonrpc": "2.0", "method": "notifications/tools/list_changed"])
    }

    @Test(.timeLimit(.minutes(1))) func onlyACancellationCancels() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(Task.isCancelled) }
            return CallToolResult(text: "not to be seen")
        }
        let probe = try HandlerProbe(tools: [tool])
        let (session, stranger) = (try await probe.open(), try await probe.open())
        let events = try await probe.post(Self.call("endless", meta: ["progressToken": 1]), session: session).events
        #expect(try await events.message()?["method"] == "notifications/progress")
        let duplicate = try await probe.post(Self.ping, session: session)
        #expect(try duplicate.errorCode == -32600)
        let cancellation: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 1]]
        // The same id in another session is another request.
        #expect(try await probe.post(cancellation, session: stranger).status == .accepted)
        #expect(try await probe.post(Self.ping, session: session).errorCode == -32600)
        #expect(try await probe.post(cancellation, session: session).status == .accepted)
        #expect(try await events.next() == nil)
        #expect(await ended.first { _ in true } == true)
    }

    @Test(.timeLimit(.minutes(1))) func theEndOfASessionCancelsItsHandlers() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(Task.isCancelled) }
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool])
        let session = try await probe.open()
        let events = try await probe.post(Self.call("endless", meta: ["progressToken": 1]), session: session).events
        probe.handler.shutdown()
        #expect(await ended.first { _ in true } == true)
        while try await events.next() != nil {}
    }

    @Test func tooManyRequestsAtOnceAreRefused() async throws {
        let tool = ServerTool(Tool(name: "endless")) { _, context in
            try await context.progress(1)
            try await Task.sleep(for: .seconds(3600))
            return CallToolResult()
        }
        let probe = try HandlerProbe(maximumConcurrentRequests: 1, tools: [tool])
        let session = try await probe.open()
        _ = try await probe.post(Self.call("endless", meta: ["progressToken": 1]), session: session).events
        #expect(try await probe.post(Self.call("echo", ["message": "hi"], id: 2), session: session).errorCode == -32603)
        probe.handler.shutdown()
    }

    @Test(.timeLimit(.minutes(1))) func nothingOfABatchThatIsRefusedIsTaken() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open("2025-03-26", capabilities: Self.asks)
        let events = try await probe.post(Self.call("test_elicitation", ["message": "Name?"], id: 5), session: session).events
        let question = try #require(try await events.message()?["id"])
        func answer(_ name: String) -> JSONValue {
            ["jsonrpc": "2.0", "id": question, "result": ["action": "accept", "content": ["name": .string(name)]]]
        }
        let refused = try await probe.post([answer("Eve"), 7], session: session)
        #expect(refused.status == .badRequest)
        #expect(try refused.errorCode == -32600)
        #expect(try await probe.post(answer("Ada"), session: session).status == .accepted)
        #expect(try await events.message()?["result"]?["content"]?[0]?["text"] == "User response: Ada")
    }

    @Test(.timeLimit(.minutes(1))) func batchesAreServedIn2025_03_26() async throws {
        let probe = try HandlerProbe()
        let session = try await probe.open("2025-03-26")
        let batch: JSONValue = [
            Self.ping, ["jsonrpc": "2.0", "method": "notifications/initialized"], Self.call("echo", ["message": "hi"], id: 2),
        ]
        let events = try await probe.post(batch, session: session).events
        var ids: Set<JSONValue> = []
        while let message = try await events.message() { ids.insert(message["id"] ?? .null) }
        #expect(ids == [1, 2])
        let notes = try await probe.post([["jsonrpc": "2.0", "method": "notifications/initialized"]], session: session)
        #expect(notes.status == .accepted)
        #expect(try await probe.post([Self.ping, 7], session: session).status == .badRequest)
        for revision in ["2025-06-18", "2025-11-25"] {
            let other = try await probe.open(revision)
            let answer = try await probe.post(batch, session: other)
            #expect(answer.status == .badRequest)
            #expect(try answer.errorCode == -32600)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aHandlerBehindASlowReaderCanBeCancelled() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let tool = ServerTool(Tool(name: "flood")) { _, context in
            do { for number in 0..<1000 { try await context.progress(Double(number)) } } catch { end.yield(Task.isCancelled) }
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool]) { $0.rateLimits = .none }
        let session = try await probe.open()
        let events = try await probe.post(Self.call("flood", id: 5, meta: ["progressToken": 1]), session: session).events
        let stream = try #require(probe.handler.sessions.session(session, principal: nil)?.stream(1))
        while stream.last < 16 { await Task.yield() }
        let cancelled: JSONValue = ["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 5]]
        #expect(try await probe.post(cancelled, session: session).status == .accepted)
        #expect(await ended.first { _ in true } == true)
        // Its reader gets what had been sent, and no response.
        var count = 0
        while let message = try await events.message() {
            #expect(message["method"] == "notifications/progress")
            count += 1
        }
        #expect(count >= 16)
    }
}
