import HTTPTypes
import MCPCore
import Synchronization
import Testing

@testable import MCPHTTP

/// How long sessions live, and how much they may hold.
@Suite(.timeLimit(.minutes(1))) struct SessionExpiryTests {
    private static let ping: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]

    private static func call(_ name: String, id: JSONValue = 1, meta: JSONValue? = nil) -> JSONValue {
        var params: JSONObject = ["name": .string(name), "arguments": [:]]
        params["_meta"] = meta
        return ["jsonrpc": "2.0", "id": id, "method": "tools/call", "params": .object(params)]
    }

    private static let lifetime = HTTPHandlerConfiguration(sessionLifetime: .seconds(60))

    @Test func whatHasExpiredIsForgottenWithoutBeingAskedFor() async throws {
        let probe = try HandlerProbe(Self.lifetime)
        for _ in 0..<20 { _ = try await probe.open() }
        #expect(probe.handler.sessions.count == 20)
        probe.clock.advance(.seconds(60))
        // A new session is an occasion to look …
        let kept = try await probe.open()
        #expect(probe.handler.sessions.count == 1)
        for _ in 0..<20 { _ = try await probe.open() }
        probe.clock.advance(.seconds(40))
        #expect(try await probe.post(Self.ping, session: kept).status == .ok)
        #expect(probe.handler.sessions.count == 21)
        // … and so is the use of another.
        probe.clock.advance(.seconds(20))
        #expect(try await probe.post(Self.ping, session: kept).status == .ok)
        #expect(probe.handler.sessions.count == 1)
    }

    /// What a client leaves behind: a session with a call that was answered, one that asks, and events that were kept.
    private static func leave(_ probe: HandlerProbe) async throws -> WeakSession {
        let id = try await probe.open(capabilities: ["roots": [:]])
        #expect(try await probe.post(ping, session: id).status == .ok)
        let events = try await probe.post(call("asks", id: 2), session: id).events
        #expect(try await events.message()?["method"] == "roots/list")
        events.stream.close()
        return WeakSession(session: probe.handler.sessions.session(id, principal: nil))
    }

    private struct WeakSession {
        weak var session: HTTPSession?
    }

    @Test func sessionsThatEndForNewOnesAreFreedWithAllTheyHeld() async throws {
        let tool = ServerTool(Tool(name: "asks")) { _, context in CallToolResult(text: "\(try await context.roots().count)") }
        let store = MemoryEventStore()
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumSessions: 2, eventStore: store), tools: [tool])
        var left: [WeakSession] = []
        for _ in 0..<20 {
            left.append(try await Self.leave(probe))
            probe.clock.advance(.seconds(1))
        }
        #expect(probe.handler.sessions.count == 2)
        // Handlers end when they have been cancelled, which is soon.
        while left.dropLast(2).contains(where: { $0.session != nil }) { await Task.yield() }
        let bytes = store.byteCount
        for _ in 0..<20 { _ = try await Self.leave(probe) }
        while store.byteCount > bytes { await Task.yield() }
    }

    @Test func aQuestionThatNobodyWillAnswerDoesNotKeepASession() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let tool = ServerTool(Tool(name: "asks")) { _, context in
            defer { end.yield() }
            return CallToolResult(text: "\(try await context.roots().count)")
        }
        let probe = try HandlerProbe(Self.lifetime, tools: [tool])
        let session = try await probe.open(capabilities: ["roots": [:]])
        let events = try await probe.post(Self.call("asks"), session: session).events
        #expect(try await events.message()?["method"] == "roots/list")
        // As long as the client listens, it lives.
        probe.clock.advance(.seconds(3600))
        #expect(try await probe.post(Self.ping, [("Mcp-Session-Id", session)]).errorCode == -32600, "the id is that of the call, which is under way")
        events.stream.close()
        probe.clock.advance(.seconds(60))
        _ = try await probe.open()
        for await _ in ended { break }
        #expect(probe.handler.sessions.count == 1)
        #expect(try await probe.post(Self.ping, session: session).status == .notFound)
    }

    @Test func aStreamThatBreaksOffAfterALongTimeIsTakenUpAgain() async throws {
        let probe = try HandlerProbe(Self.lifetime)
        let session = try await probe.open()
        let events = try await probe.get(session: session).events
        let opening = try #require(try await events.next())
        probe.clock.advance(.seconds(7200))
        events.stream.close()
        probe.clock.advance(.seconds(59))
        let again = try await probe.get(session: session, after: opening.id)
        #expect(again.status == .ok)
        again.closeStream()
        probe.clock.advance(.seconds(60))
        #expect(try await probe.get(session: session, after: opening.id).status == .notFound)
    }

    @Test(arguments: [false, true]) func theEndOfALongRequestIsAUse(isStream: Bool) async throws {
        let clock = Mutex<HandlerProbe.Clock?>(nil)
        let tool = ServerTool(Tool(name: "long")) { _, context in
            if isStream { try await context.progress(1) }
            clock.withLock { $0?.advance(.seconds(7200)) }
            return CallToolResult(text: "done")
        }
        let probe = try HandlerProbe(Self.lifetime, tools: [tool])
        clock.withLock { $0 = probe.clock }
        let session = try await probe.open()
        let answer = try await probe.post(Self.call("long", meta: ["progressToken": 1]), session: session)
        if isStream {
            let events = try answer.events
            while try await events.next() != nil {}
            events.stream.close()
        } else {
            #expect(try answer.text == "done")
        }
        #expect(try await probe.post(Self.ping, session: session).status == .ok)
    }

    @Test func beyondTheLimitOneThatIsReadStays() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumSessions: 2))
        let listening = try await probe.open()
        let events = try await probe.get(session: listening).events
        probe.clock.advance(.seconds(1))
        let unused = try await probe.open()
        probe.clock.advance(.seconds(1))
        let newest = try await probe.open()
        for (session, status) in [(listening, 200), (unused, 404), (newest, 200)] {
            #expect(try await probe.post(Self.ping, session: session).status.code == status)
        }
        events.stream.close()
    }

    @Test func aFullServerDoesNotLookAtAllSessionsForEachNewOne() async throws {
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumSessions: 8))
        let listening = try await probe.open()
        let events = try await probe.get(session: listening).events
        var opened: [String] = []
        for _ in 0..<500 { opened.append(try await probe.open()) }
        #expect(probe.handler.sessions.count == 8)
        #expect(probe.handler.sessions.surveys == 1)
        for (session, status) in [(listening, 200), (opened[492], 404), (opened[493], 200), (opened[499], 200)] {
            #expect(try await probe.post(Self.ping, session: session).status.code == status)
        }
        probe.clock.advance(.seconds(1))
        _ = try await probe.open()
        #expect(probe.handler.sessions.surveys == 2)
        events.stream.close()
    }

    @Test func sessionsThatComeAndGoLeaveNothingBehindInTheirOrder() async throws {
        var queue = SessionQueue(limit: 2)
        let probe = try HandlerProbe()
        let session = try #require(probe.handler.sessions.session(try await probe.open(), principal: nil))
        let next = queue.next(of: [session.id: session], at: 0)
        #expect(next === session)
        for _ in 0..<1000 {
            queue.append(session)
            #expect(queue.count <= 20)
        }
    }

    @Test func whatClientsLeaveBehindMakesRoomForOthers() async throws {
        let (ended, end) = AsyncStream.makeStream(of: String.self)
        let tool = ServerTool(Tool(name: "asks")) { arguments, context in
            do { return CallToolResult(text: "\(try await context.roots().count)") } catch {
                end.yield(try arguments.decode("who"))
                throw error
            }
        }
        let probe = try HandlerProbe(HTTPHandlerConfiguration(maximumSessionBytes: 2000), tools: [tool])
        func ask(_ who: String) async throws -> (session: String, answer: HTTPAnswer) {
            let session = try await probe.open(capabilities: ["roots": [:]])
            let arguments: JSONValue = ["who": .string(who), "filling": .string(String(repeating: "x", count: 800))]
            let body: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": "asks", "arguments": arguments]]
            return (session, try await probe.post(body, session: session))
        }
        var left: [String] = []
        for who in ["first", "second"] {
            let (session, answer) = try await ask(who)
            let events = try answer.events
            #expect(try await events.message()?["method"] == "roots/list")
            events.stream.close()
            left.append(session)
            probe.clock.advance(.seconds(1))
        }
        // The one that was unused longest goes, and no more than is needed.
        let third = try await ask("third")
        let events = try third.answer.events
        #expect(try await events.message()?["method"] == "roots/list")
        #expect(await ended.first { _ in true } == "first")
        #expect(try await probe.post(Self.ping, session: left[0]).status == .notFound)
        let fourth = try await ask("fourth")
        #expect(await ended.first { _ in true } == "second")
        // Clients that are there keep what they have; for others there is no room.
        let fifth = try await ask("fifth")
        #expect(fifth.answer.status == .serviceUnavailable)
        #expect(try fifth.answer.errorCode == -32603)
        #expect(try await probe.post(Self.ping, session: fifth.session).status == .ok, "what is small finds room")
        events.stream.close()
        let sixth = try await ask("sixth")
        #expect(await ended.first { _ in true } == "third")
        for exchange in [fourth, sixth] { try exchange.answer.events.stream.close() }
        probe.handler.shutdown()
    }

    // MARK: What a session keeps of its client

    private static func initialize(capabilities: JSONValue = [:], info: JSONObject = [:]) -> JSONValue {
        var client: JSONObject = ["name": "probe", "version": "1"]
        client.merge(info)
        return [
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": ["protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": .object(client)],
        ]
    }

    @Test func whatAClientSaysOfItselfIsLimited() async throws {
        let probe = try HandlerProbe()
        let long = JSONValue.string(String(repeating: "x", count: 9000))
        for refused in [
            Self.initialize(capabilities: ["experimental": ["a": ["b": long]]]), Self.initialize(capabilities: ["extensions": ["a/b": ["c": long]]]),
            Self.initialize(info: ["version": long]),
        ] {
            let answer = try await probe.post(refused)
            #expect(answer.status == .badRequest)
            #expect(try answer.errorCode == -32602)
            #expect(answer.headers[.mcpSessionID] == nil)
        }
        #expect(probe.handler.sessions.count == 0)
    }

    @Test func whatIsOnlyForShowIsLeftOut() async throws {
        let seen = Mutex<Implementation?>(nil)
        let tool = ServerTool(Tool(name: "who")) { _, context in
            seen.withLock { $0 = context.peer.clientInfo }
            return CallToolResult()
        }
        let probe = try HandlerProbe(tools: [tool])
        for (length, isKept) in [(1000, true), (9000, false)] {
            let picture = "data:image/png;base64," + String(repeating: "A", count: length)
            let info: JSONObject = ["title": "A probe", "description": "Probes.", "icons": [["src": .string(picture)]]]
            let session = try #require(try await probe.post(Self.initialize(info: info)).headers[.mcpSessionID])
            #expect(try await probe.post(Self.call("who"), session: session).status == .ok)
            let who = seen.withLock(\.self)
            let client = try #require(who)
            #expect(client.name == "probe" && client.title == "A probe")
            #expect(client.icons.map(\.source) == (isKept ? [picture] : []))
            #expect(client.description == (isKept ? "Probes." : nil))
        }
    }
}

extension HTTPAnswer {
    fileprivate func closeStream() { if case .stream(let stream) = body { stream.close() } }
}
