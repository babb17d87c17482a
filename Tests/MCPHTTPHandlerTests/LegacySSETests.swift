import HTTPTypes
import MCPCore
import Testing
import TestSupport

@testable import MCPHTTP

/// The HTTP+SSE transport of 2024-11-05 on the server, without sockets.
@Suite(.timeLimit(.minutes(1))) struct LegacySSETests {
    private struct Probe {
        let handler: LegacySSEHandler

        init(_ configuration: HTTPHandlerConfiguration = .init()) throws {
            handler = LegacySSEHandler(server: try HandlerProbe().server, configuration: configuration, messagePath: "/messages")
        }

        func head(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], host: String = HandlerProbe.host) -> HTTPRequest {
            HTTPRequest(method: method, scheme: "http", authority: host, path: path, headerFields: headers)
        }

        func open(principal: Principal? = nil) async -> HTTPAnswer {
            await handler.open(head(.get, "/sse", [.accept: "text/event-stream"]), principal: principal)
        }

        func post(_ message: JSONValue, to path: String, principal: Principal? = nil) async -> HTTPAnswer {
            await handler.post(head(.post, path, [.contentType: "application/json"]), body: message.serialized(), principal: principal)
        }
    }

    private static let initialize: JSONValue = [
        "jsonrpc": "2.0", "id": 0, "method": "initialize",
        "params": ["protocolVersion": "2024-11-05", "capabilities": [:], "clientInfo": ["name": "old", "version": "1"]],
    ]
    private static let ping: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]

    /// The path that the first event names.
    private static func endpoint(_ events: EventReader) async throws -> String {
        let first = try #require(try await events.next())
        #expect(first.type == "endpoint")
        return String(decoding: first.data, as: UTF8.self)
    }

    @Test func messagesArePostedAndAnsweredOnTheStream() async throws {
        let probe = try Probe()
        let events = try await probe.open().events
        let path = try await Self.endpoint(events)
        #expect(path.hasPrefix("/messages?sessionId="))
        #expect(await probe.post(Self.initialize, to: path).status == .accepted)
        let message = try #require(try await events.next())
        #expect(message.type == "message")
        #expect(try JSONValue(parsing: message.data)["result"]?["protocolVersion"] == "2024-11-05")
        #expect(await probe.post(["jsonrpc": "2.0", "method": "notifications/initialized"], to: path).status == .accepted)
        let call: JSONValue = ["jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": ["name": "echo", "arguments": ["message": "hi"]]]
        #expect(await probe.post(call, to: path).status == .accepted)
        #expect(try await events.message()?["result"]?["content"]?[0]?["text"] == "hi")
        probe.handler.shutdown()
        #expect(try await events.next() == nil)
    }

    @Test func aSessionIsItsStreamsAndItsPrincipals() async throws {
        let probe = try Probe()
        let ada = Principal(id: "ada")
        let events = try await probe.open(principal: ada).events
        let path = try await Self.endpoint(events)
        #expect(await probe.post(Self.ping, to: path).status == .notFound)
        #expect(await probe.post(Self.ping, to: path, principal: Principal(id: "eve")).status == .notFound)
        #expect(await probe.post(Self.ping, to: path, principal: ada).status == .accepted)
        #expect(try await events.message() == ["jsonrpc": "2.0", "id": 1, "result": [:]])
        events.stream.close()
        #expect(await probe.post(Self.ping, to: path, principal: ada).status == .notFound)
        for other in ["/messages", "/messages?sessionId=", "/messages?sessionId=nobody", "/messages?x=\(path)"] {
            #expect(await probe.post(Self.ping, to: other, principal: ada).status == .notFound, "\(other)")
        }
    }

    /// Each POST comes with a token of its own.
    @Test func whatATokenAllowsCountsForItsMessage() async throws {
        let rules = ScopeRules(tools: ["send": ["mail:send"]])
        let server = Server("mail", version: "1", configuration: ServerConfiguration(scopes: rules)) {
            ServerTool(Tool(name: "send")) { _, context in CallToolResult(text: context.peer.principal?.claims["token"]?.string ?? "") }
        }
        let handler = LegacySSEHandler(server: server, messagePath: "/m")
        let probe = try Probe()
        func ada(_ token: String, _ scopes: Set<String>) -> Principal { Principal(id: "ada", scopes: scopes, claims: ["token": .string(token)]) }
        let events = try await handler.open(probe.head(.get, "/sse"), principal: ada("first", [])).events
        let path = try await Self.endpoint(events)
        func post(_ message: JSONValue, _ principal: Principal) async {
            let answer = await handler.post(probe.head(.post, path, [.contentType: "application/json"]), body: message.serialized(), principal: principal)
            #expect(answer.status == .accepted)
        }
        func call(_ id: Int64) -> JSONValue {
            ["jsonrpc": "2.0", "id": .integer(id), "method": "tools/call", "params": ["name": "send", "arguments": [:]]]
        }
        await post(Self.initialize, ada("first", []))
        _ = try await events.message()
        await post(call(1), ada("second", ["mail:send"]))
        #expect(try await events.message()?["result"]?["content"]?[0]?["text"] == "second")
        await post(call(2), ada("third", []))
        #expect(try await events.message()?["error"]?["code"] == -32600)
        handler.shutdown()
    }

    @Test func theEndOfTheStreamCancelsWhatRuns() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Bool.self)
        let server = Server("endless", version: "1") {
            ServerTool(Tool(name: "endless")) { _, context in
                try await context.progress(1)
                do { try await Task.sleep(for: .seconds(3600)) } catch { end.yield(Task.isCancelled) }
                return CallToolResult()
            }
        }
        let handler = LegacySSEHandler(server: server, messagePath: "/m")
        let probe = try Probe()
        let events = try await handler.open(probe.head(.get, "/sse")).events
        let path = try await Self.endpoint(events)
        for message: JSONValue in [
            Self.initialize,
            ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": "endless", "arguments": [:], "_meta": ["progressToken": 1]]],
        ] {
            _ = await handler.post(probe.head(.post, path, [.contentType: "application/json"]), body: message.serialized())
        }
        while let message = try await events.message(), message["method"] != "notifications/progress" {}
        events.stream.close()
        #expect(await ended.first { _ in true } == true)
    }

    /// A tool that says that it has begun, and goes on once it is let.
    private struct Held {
        let handler: LegacySSEHandler
        let clock = StandingClock()
        let events: EventReader
        let path: String
        let goOn: AsyncStream<Never>.Continuation

        init() async throws {
            let (mayGoOn, goOn) = AsyncStream.makeStream(of: Never.self)
            self.goOn = goOn
            var configuration = ServerConfiguration()
            configuration.environment.sleep = { [clock] in try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
            let server = Server("slow", version: "1", configuration: configuration) {
                ServerTool(Tool(name: "slow")) { _, context in
                    try await context.progress(1)
                    for await _ in mayGoOn {}
                    return CallToolResult(text: "done")
                }
            }
            handler = LegacySSEHandler(server: server, messagePath: "/m")
            let probe = try Probe()
            events = try await handler.open(probe.head(.get, "/sse")).events
            path = try await LegacySSETests.endpoint(events)
            for message: JSONValue in [
                LegacySSETests.initialize,
                ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": "slow", "arguments": [:], "_meta": ["progressToken": 1]]],
            ] {
                _ = await handler.post(probe.head(.post, path, [.contentType: "application/json"]), body: message.serialized())
            }
            while let message = try await events.message(), message["method"] != "notifications/progress" {}
        }

        func endWithin5Seconds() -> Task<Void, Never> { Task { [handler] in await handler.shutdown(within: .seconds(5)) } }
    }

    @Test func aGracefulEndWaitsForAnswersAndTheirReaders() async throws {
        let held = try await Held()
        let ending = held.endWithin5Seconds()
        await held.clock.waitForSleeper(until: .seconds(5))
        let late = try Probe().head(.post, held.path, [.contentType: "application/json"])
        #expect(await held.handler.post(late, body: Self.ping.serialized()).status == .notFound)
        held.goOn.finish()
        #expect(try await held.events.message()?["result"]?["content"]?[0]?["text"] == "done")
        #expect(try await held.events.next() == nil)
        held.events.stream.close()
        await ending.value
    }

    @Test func aGracefulEndTakesNoNewSessionsAndDoesNotWaitForThem() async throws {
        let held = try await Held()
        let ending = held.endWithin5Seconds()
        await held.clock.waitForSleeper(until: .seconds(5))
        let late = await held.handler.open(try Probe().head(.get, "/sse"))
        #expect(late.status == .serviceUnavailable)
        #expect(late.headers[.retryAfter] == "1")
        if case .bytes(let body) = late.body {
            #expect(String(decoding: body, as: UTF8.self).contains("The server is ending"))
        } else {
            Issue.record("a refusal was expected")
        }
        held.goOn.finish()
        while try await held.events.next() != nil {}
        held.events.stream.close()
        // The clock stands: only what was open before ends it.
        await ending.value
    }

    @Test func aGracefulEndIsOverAfterItsPeriod() async throws {
        let held = try await Held()
        let ending = held.endWithin5Seconds()
        await held.clock.waitForSleeper(until: .seconds(5))
        held.clock.advance(by: .seconds(5))
        await ending.value
        #expect(try await held.events.next() == nil)
        held.events.stream.close()
    }

    @Test func strangersAndOtherMethodsAreRefused() async throws {
        let probe = try Probe(HTTPHandlerConfiguration(maximumSessions: 1))
        let json: HTTPFields = [.contentType: "application/json"]
        let evil: HTTPFields = [.origin: "https://evil.example"]
        #expect(await probe.handler.open(probe.head(.get, "/sse", host: "evil.example")).status == .forbidden)
        #expect(await probe.handler.open(probe.head(.get, "/sse", evil)).status == .forbidden)
        #expect(await probe.handler.open(probe.head(.post, "/sse")).status == .methodNotAllowed)
        #expect(await probe.handler.open(probe.head(.get, "/sse", [.accept: "text/html"])).status == .notAcceptable)
        let events = try await probe.open().events
        let path = try await Self.endpoint(events)
        #expect(await probe.open().status == .serviceUnavailable)
        #expect(await probe.handler.post(probe.head(.post, path, json, host: "evil.example"), body: []).status == .forbidden)
        #expect(await probe.handler.post(probe.head(.get, path, json), body: []).status == .methodNotAllowed)
        #expect(await probe.handler.post(probe.head(.post, path), body: []).status == .unsupportedMediaType)
        let encoded: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]
        #expect(await probe.handler.post(probe.head(.post, path, encoded), body: []).status == .unsupportedMediaType)
        #expect(await probe.handler.post(probe.head(.post, path, json), body: nil).status == .contentTooLarge)
        #expect(await probe.handler.post(probe.head(.post, path, json), body: Array("{".utf8)).status == .badRequest)
        events.stream.close()
        let next = try await probe.open().events
        #expect(try await Self.endpoint(next) != path)
    }

    @Test func aSilentStreamGetsComments() async throws {
        let probe = try Probe(HTTPHandlerConfiguration(keepAliveInterval: .milliseconds(1)))
        guard case .stream(let stream) = await probe.open().body else {
            Issue.record("a stream was expected")
            return
        }
        _ = await stream.next()
        for _ in 0..<3 { #expect(await stream.next() == EventStreamEncoder.keepAlive) }
        stream.close()
    }
}
