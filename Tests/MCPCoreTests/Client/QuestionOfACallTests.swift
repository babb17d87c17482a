import MCPCore
import Synchronization
import TestSupport
import Testing

/// What a server of the handshake era asks while calls are under way, on the stream of a call and on a channel that calls share.
@Suite(.timeLimit(.minutes(1))) struct QuestionOfACallTests {
    private static let question = JSONRPCRequest(
        id: "q", method: "elicitation/create",
        params: ["message": "Who?", "requestedSchema": ["type": "object", "properties": ["name": ["type": "string"]]]])

    /// Connects to a server of 2025-11-25 whose tool `ask` asks and tells the answer's action; `ask_forever` and `wait` never end.
    ///
    /// - Parameter isShared: Whether questions come over the channel that calls share.
    private func client(
        isShared: Bool, clock: StandingClock = StandingClock(), fallback: @escaping ClientInputHandlers.Elicit = { _ in .decline },
        onWait: @escaping @Sendable () -> Void = {}
    ) async throws -> (Client, ScriptedTransport) {
        let own = Mutex<ScriptedTransport?>(nil)
        let transport = ScriptedTransport(isShared ? .stream : .http) { call in
            switch (call.request.method, call.request.params["name"]?.string) {
            case ("initialize", _): return ["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "s", "version": "1"]]
            case ("tools/call", "ask"):
                guard let transport = own.withLock(\.self) else { return [:] }
                // The first that is sent is `notifications/initialized`.
                if isShared { await transport.emit(.request(Self.question)) } else { await call.emit(.request(Self.question)) }
                guard case .response(let response) = await transport.sent(count: 2).first(where: { $0.isResponse }) else { return [:] }
                let action = try response.result.get()["action"] ?? .null
                return ["content": [["type": "text", "text": action]]]
            case ("tools/call", "ask_forever"):
                if isShared { await own.withLock(\.self)?.emit(.request(Self.question)) } else { await call.emit(.request(Self.question)) }
                return try await silence()
            case ("tools/call", "wait"):
                onWait()
                return try await silence()
            default: return ["tools": []]
            }
        }
        own.withLock { $0 = transport }
        let configuration = ClientConfiguration(
            era: .handshake, input: ClientInputHandlers(elicit: fallback), requestTimeout: .seconds(60), clock: ClientClock(clock))
        return (try await Client.connect(transport, configuration: configuration), transport)
    }

    @Test(arguments: [true, false]) func timeStandsStillWhileItIsOpen(isShared: Bool) async throws {
        let clock = StandingClock()
        let (client, _) = try await client(isShared: isShared, clock: clock)
        let result = try await client.callTool(
            "ask",
            options: RequestOptions(elicit: { _ in
                await clock.waitForSleeper(until: .seconds(60))
                clock.advance(by: .seconds(600))
                // Nothing has ended: the time is looked at again.
                await clock.waitForSleeper(until: .seconds(660))
                return .accept(["name": "Ada"])
            }))
        #expect(result.text == "accept")
    }

    /// Also where the client's own handler asks.
    @Test(arguments: [true, false]) func timeStandsStillForTheClientsHandlerToo(isShared: Bool) async throws {
        let clock = StandingClock()
        let (client, _) = try await client(
            isShared: isShared, clock: clock,
            fallback: { _ in
                await clock.waitForSleeper(until: .seconds(60))
                clock.advance(by: .seconds(600))
                await clock.waitForSleeper(until: .seconds(660))
                return .accept(["name": "Ada"])
            })
        #expect(try await client.callTool("ask").text == "accept")
    }

    @Test(arguments: [true, false]) func itEndsWithTheCallAndTheServerIsAnswered(isShared: Bool) async throws {
        let (client, transport) = try await client(isShared: isShared)
        let (questions, asked) = AsyncStream<Void>.makeStream()
        let (ends, ended) = AsyncStream<Void>.makeStream()
        let call = Task {
            try await client.callTool(
                "ask_forever",
                options: RequestOptions(elicit: { _ in
                    asked.yield()
                    do { _ = try await silence() } catch {
                        ended.yield()
                        throw error
                    }
                    return .decline
                }))
        }
        for await _ in questions { break }
        call.cancel()
        for await _ in ends { break }
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        // After `initialized`: the answer, and that the call is cancelled, in any order.
        let sent = await transport.sent(count: 3)
        guard case .response(let response)? = sent.first(where: \.isResponse) else { return #expect(Bool(false), "\(sent)") }
        #expect(response.id == "q")
        #expect(try response.result.get() == ["action": "cancel"])
    }

    /// Two calls on one channel: it may be either's, so neither is shown it.
    @Test func whereTwoCallsCanHaveAskedTheClientIsAsked() async throws {
        let (waits, waiting) = AsyncStream<Void>.makeStream()
        let (client, _) = try await client(isShared: true, fallback: { _ in .decline }, onWait: { waiting.yield() })
        let other = Task { try await client.callTool("wait", options: RequestOptions(elicit: { _ in .accept(["name": "not this"]) })) }
        for await _ in waits { break }
        let result = try await client.callTool("ask", options: RequestOptions(elicit: { _ in .accept(["name": "nor this"]) }))
        #expect(result.text == "decline")
        other.cancel()
        await #expect(throws: CancellationError.self) { _ = try await other.value }
    }
}

extension JSONRPCMessage {
    fileprivate var isResponse: Bool { if case .response = self { true } else { false } }
}
