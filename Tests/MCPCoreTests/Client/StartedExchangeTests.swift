import MCPCore
import Synchronization
import TestSupport
import Testing

/// Requests on a shared channel: those that it takes at once and that are waited for without a task of their own, and those that wait for room first.
@Suite(.timeLimit(.minutes(1))) struct StartedExchangeTests {
    private struct Line: StreamConnector, MessageSink {
        let serverIdentity: String? = nil
        let takesAtOnce: Bool
        let sent: AsyncStream<JSONValue>
        private let sender: AsyncStream<JSONValue>.Continuation
        private let inbound: AsyncThrowingStream<InboundFrames, any Error>
        private let receiver: AsyncThrowingStream<InboundFrames, any Error>.Continuation

        init(takesAtOnce: Bool) {
            self.takesAtOnce = takesAtOnce
            (sent, sender) = AsyncStream.makeStream(of: JSONValue.self)
            (inbound, receiver) = AsyncThrowingStream.makeStream(of: InboundFrames.self, throwing: (any Error).self)
        }

        func write(_ message: [UInt8]) async throws { sender.yield(try JSONValue(parsing: message)) }
        func offer(_ message: [UInt8]) throws -> Bool {
            if takesAtOnce { sender.yield(try JSONValue(parsing: message)) }
            return takesAtOnce
        }
        func say(_ message: JSONValue) { receiver.yield(.messages([message.serialized()])) }
        func drop(_ beginning: String) { receiver.yield(.tooLong(limit: 10, beginning: Array(beginning.utf8))) }
        func answer(_ request: JSONValue, _ result: JSONValue) { say(["jsonrpc": "2.0", "id": request["id"] ?? nil, "result": result]) }
        func tellProgress(of request: JSONValue, _ progress: JSONValue) {
            let token = request["params"]?["_meta"]?[MetaKey.progressToken] ?? nil
            say(["jsonrpc": "2.0", "method": "notifications/progress", "params": ["progressToken": token, "progress": progress]])
        }

        func open() async throws -> StreamChannel {
            StreamChannel(inbound: inbound, sink: self, reasonForEnd: { "closed" }, close: { [receiver] in receiver.finish() })
        }
    }

    private static let tools: JSONValue = [
        "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]], "ttlMs": 0, "cacheScope": "private",
    ]

    /// A client, and what it sends after its opening.
    private func connected(
        _ line: Line, _ configuration: ClientConfiguration = ClientConfiguration(era: .pinned(.latest))
    ) async throws -> (Client, AsyncStream<JSONValue>.Iterator) {
        let connecting = Task { try await Client.connect(StreamClientTransport(line), configuration: configuration) }
        var sent = line.sent.makeAsyncIterator()
        line.answer(try #require(await sent.next()), Self.tools)
        return (try await connecting.value, sent)
    }

    @Test(arguments: [true, false]) func theResponseComesAlone(takesAtOnce: Bool) async throws {
        let line = Line(takesAtOnce: takesAtOnce)
        var (client, sent) = try await connected(line)
        let call = Task { [client] in try await client.callTool("t").text }
        line.answer(try #require(await sent.next()), ["resultType": "complete", "content": [["type": "text", "text": "done"]]])
        #expect(try await call.value == "done")
        await client.close()
    }

    @Test(arguments: [true, false]) func whatComesBeforeTheResponseIsHandedOnFirst(takesAtOnce: Bool) async throws {
        let line = Line(takesAtOnce: takesAtOnce)
        var (client, sent) = try await connected(line)
        let seen = Mutex<[Double]>([])
        let call = Task { [client] in
            _ = try await client.callTool("t", progress: { update in seen.withLock { $0.append(update.progress) } })
            return seen.withLock(\.self)
        }
        let request = try #require(await sent.next())
        for progress in 1...3 { line.tellProgress(of: request, .integer(Int64(progress))) }
        line.answer(request, ["resultType": "complete", "content": []])
        #expect(try await call.value == [1, 2, 3])
        await client.close()
    }

    @Test(arguments: [true, false]) func aTimeOutEndsTheWaitingAndTheServerIsTold(takesAtOnce: Bool) async throws {
        let (line, clock) = (Line(takesAtOnce: takesAtOnce), StandingClock())
        let reports = Mutex<[String]>([])
        let configuration = ClientConfiguration(
            era: .pinned(.latest), diagnostics: { diagnostic in reports.withLock { $0.append("\(diagnostic)") } }, clock: ClientClock(clock))
        var (client, sent) = try await connected(line, configuration)
        let call = Task { [client] in try await client.callTool("t") }
        let request = try #require(await sent.next())
        clock.advance(by: .seconds(60))
        let error = await #expect(throws: ClientError.self) { _ = try await call.value }
        guard case .timedOut(method: "tools/call", after: .seconds(60))? = error else { return #expect(Bool(false), "\(String(describing: error))") }
        let told = try #require(await sent.next())
        #expect(told["method"] == "notifications/cancelled" && told["params"]?["requestId"] == request["id"])
        // Nobody waits for what comes too late, and the next call gets what is its own.
        line.answer(request, ["resultType": "complete", "content": [["type": "text", "text": "late"]]])
        let next = Task { [client] in try await client.callTool("t").text }
        line.answer(try #require(await sent.next()), ["resultType": "complete", "content": [["type": "text", "text": "next"]]])
        #expect(try await next.value == "next")
        #expect(reports.withLock { $0.contains { $0.hasPrefix("The server sent a response that nobody waits for") } })
        await client.close()
    }

    @Test(arguments: [true, false]) func cancellingEndsTheWaitingAndTheServerIsTold(takesAtOnce: Bool) async throws {
        let line = Line(takesAtOnce: takesAtOnce)
        var (client, sent) = try await connected(line)
        let call = Task { [client] in try await client.callTool("t") }
        let request = try #require(await sent.next())
        call.cancel()
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        let told = try #require(await sent.next())
        #expect(told["method"] == "notifications/cancelled" && told["params"]?["requestId"] == request["id"])
        await client.close()
    }

    /// Whoever takes what comes before the response may take longer than the call.
    @Test(arguments: [true, false]) func aTimeOutCancelsWhoeverTakesProgress(takesAtOnce: Bool) async throws {
        let (line, clock) = (Line(takesAtOnce: takesAtOnce), StandingClock())
        var (client, sent) = try await connected(line, ClientConfiguration(era: .pinned(.latest), clock: ClientClock(clock)))
        let (taken, take) = AsyncStream<Void>.makeStream()
        let call = Task { [client] in
            try await client.callTool("t") { _ in
                take.yield()
                _ = try? await silence()
            }
        }
        line.tellProgress(of: try #require(await sent.next()), 1)
        for await _ in taken { break }
        clock.advance(by: .seconds(600))
        await #expect(throws: ClientError.self) { _ = try await call.value }
        await client.close()
    }

    @Test func anAnswerThatIsTooLongEndsItsCall() async throws {
        let line = Line(takesAtOnce: true)
        var (client, sent) = try await connected(line)
        let one = Task { [client] in try await client.callTool("t").text }
        let first = try #require(await sent.next())
        let other = Task { [client] in try await client.callTool("t").text }
        let second = try #require(await sent.next())
        // Whose these are nobody knows.
        for beginning in ["", "xxx", #"{"jsonrpc":"2.0","method":"m","params":{"result"#, #"{"jsonrpc":"2.0","result":[1,"#] { line.drop(beginning) }
        line.answer(first, ["resultType": "complete", "content": [["type": "text", "text": "one"]]])
        #expect(try await one.value == "one")
        line.drop(#"{"jsonrpc":"2.0","id":\#(try #require(second["id"]).serializedString),"result":{"content":[{"type":"te"#)
        let error = await #expect(throws: TransportError.self) { _ = try await other.value }
        #expect(error == .limit("the server's answer is longer than 10 bytes"))
        // Nothing is left of it.
        line.answer(second, ["resultType": "complete", "content": []])
        let last = Task { [client] in try await client.callTool("t").text }
        line.answer(try #require(await sent.next()), ["resultType": "complete", "content": [["type": "text", "text": "last"]]])
        #expect(try await last.value == "last")
        await client.close()
    }

    /// A probe that had to wait for room has not been given up: an error without an id is its answer.
    @Test func aProbeThatWaitsForRoomIsNoLateOne() async throws {
        let line = Line(takesAtOnce: false)
        let connecting = Task { try await Client.connect(StreamClientTransport(line), configuration: ClientConfiguration()) }
        var sent = line.sent.makeAsyncIterator()
        #expect(await sent.next()?["method"] == "server/discover")
        line.say(["jsonrpc": "2.0", "id": nil, "error": ["code": -32600, "message": "what?"]])
        let initialize = try #require(await sent.next())
        #expect(initialize["method"] == "initialize")
        line.answer(initialize, ["protocolVersion": "2025-11-25", "capabilities": [:], "serverInfo": ["name": "old", "version": "1"]])
        let client = try await connecting.value
        #expect(client.revision == .v2025_11_25)
        await client.close()
    }

    /// What has been read before is remembered, and is no other.
    @Test func eachResultHasItsOwnMeta() async throws {
        let line = Line(takesAtOnce: true)
        var (client, sent) = try await connected(line)
        for number in [1, 1, 2, 1, 2, 2] as [Int64] {
            let asked = Task { [client] in try await client.request("com.example/x") }
            let meta: JSONValue = ["com.example/number": .integer(number), "com.example/same": [1, 2]]
            line.answer(try #require(await sent.next()), ["resultType": "complete", "_meta": meta])
            #expect(try await asked.value["_meta"] == meta)
        }
        await client.close()
    }

    /// A transport that notes what passes through another one.
    private struct Observing<Base: ClientTransport>: ClientTransport {
        let base: Base
        let seen: @Sendable (JSONRPCMessage) -> Void

        var binding: TransportBinding { base.binding }
        var authorizationContext: String? { get async { await base.authorizationContext } }
        func start(
            receive: @escaping @Sendable (JSONRPCMessage) async -> Void, report: @escaping @Sendable (ClientDiagnostic) -> Void
        ) async throws { try await base.start(receive: receive, report: report) }
        func exchange(
            _ request: JSONRPCRequest, metadata: ExchangeMetadata, receive: @escaping @Sendable (JSONRPCMessage) async -> Void
        ) async throws -> JSONRPCResponse {
            Issue.record("the other way of sending requests")
            return try await base.exchange(request, metadata: metadata, receive: receive)
        }
        func begin(_ request: JSONRPCRequest) throws -> StartedExchange? { try base.begin(request)?.observed(by: seen) }
        func send(_ message: JSONRPCMessage, metadata: ExchangeMetadata) async throws { try await base.send(message, metadata: metadata) }
        func abandon(_ error: TransportError) async { await base.abandon(error) }
        func close() async { await base.close() }
    }

    @Test func whoWrapsATransportSeesWhatComesInOrder() async throws {
        let line = Line(takesAtOnce: true)
        let seen = Mutex<[String]>([])
        @Sendable func note(_ who: String, _ message: JSONRPCMessage) {
            let what: String? =
                switch message {
                case .notification(let notification): notification.params["progress"].map { "progress \($0.serializedString)" }
                case .response(let response): (try? response.result.get())?["content"] == nil ? nil : "response"
                case .request: nil
                }
            if let what { seen.withLock { $0.append("\(who): \(what)") } }
        }
        let transport = Observing(base: Observing(base: StreamClientTransport(line)) { note("inner", $0) }) { note("outer", $0) }
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(era: .pinned(.latest))) }
        var sent = line.sent.makeAsyncIterator()
        line.answer(try #require(await sent.next()), Self.tools)
        let client = try await connecting.value
        let call = Task { try await client.callTool("t") { _ in } }
        let request = try #require(await sent.next())
        for progress in 1...2 { line.tellProgress(of: request, .integer(Int64(progress))) }
        line.answer(request, ["resultType": "complete", "content": []])
        _ = try await call.value
        let plain = Task { try await client.callTool("t") }
        line.answer(try #require(await sent.next()), ["resultType": "complete", "content": []])
        _ = try await plain.value
        let expected = ["progress 1", "progress 2", "response", "response"].flatMap { ["inner: \($0)", "outer: \($0)"] }
        #expect(seen.withLock(\.self) == expected)
        await client.close()
    }
}
