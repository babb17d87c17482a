import MCPCore
import Synchronization
import TestSupport
import Testing

/// Cancellation in both directions (2025-11-25, basic/utilities/cancellation; 2026-07-28, basic/patterns/cancellation).
@Suite(.timeLimit(.minutes(1))) struct ClientCancellationTests {
    @Test func anInitializeThatTakesTooLongIsNotCancelled() async throws {
        let clock = StandingClock()
        let transport = ScriptedTransport { _ in try await silence() }
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake, clock: ClientClock(clock))) }
        await clock.waitForSleeper(until: .seconds(60))
        clock.advance(by: .seconds(60))
        await #expect(throws: ClientError.self) { _ = try await connecting.value }
        #expect(transport.methods == ["initialize"])
        #expect(transport.isClosed && transport.sent.isEmpty)
    }

    @Test func anInitializeThatIsGivenUpIsNotCancelled() async throws {
        let (running, started) = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { _ in
            started.yield()
            return try await silence()
        }
        let connecting = Task { try await Client.connect(transport, configuration: ClientConfiguration(era: .handshake)) }
        for await _ in running { break }
        connecting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await connecting.value }
        #expect(transport.isClosed && transport.sent.isEmpty)
    }

    @Test func theServersCancellationStopsTheHandlerAndItsReasonIsKept() async throws {
        let diagnostics = Collected<ClientDiagnostic>()
        let (running, started) = AsyncStream<Void>.makeStream()
        let (stopped, stop) = AsyncStream<Void>.makeStream()
        let input = ClientInputHandlers(elicit: { _ in
            started.yield()
            _ = try? await silence()
            stop.yield()
            return .accept()
        })
        let (client, transport) = try await scriptedClient(configuration: ClientConfiguration(input: input, diagnostics: diagnostics.add))
        await transport.emit(
            .request(JSONRPCRequest(id: 5, method: "elicitation/create", params: ["message": "Hm?", "requestedSchema": ["type": "object"]])))
        for await _ in running { break }
        await transport.emit(.notification(JSONRPCNotification(method: "notifications/cancelled", params: ["requestId": 5, "reason": "too late"])))
        for await _ in stopped { break }
        #expect(diagnostics.all == [.cancelled(method: "elicitation/create", id: 5, reason: "too late", by: .server)])
        // The same id again is another request: what is answered is this one, and nothing came for the first.
        #expect(await transport.refusal(of: "roots/list")?.code == .methodNotFound)
        let answers = transport.sent.compactMap { if case .response(let response) = $0 { response.id } else { nil } }
        #expect(answers == [1000])
        await client.close()
    }

    @Test(arguments: bothEras) func theReasonsOfAClientAreKeptOnBothSides(_ revision: ProtocolRevision) async throws {
        let (running, started) = AsyncStream<Void>.makeStream()
        let (told, tell) = AsyncStream<String>.makeStream()
        let kept = Collected<ClientDiagnostic>()
        let configuration = ServerConfiguration(diagnostics: { diagnostic in
            if case .cancelled(_, let reason) = diagnostic {
                #expect(diagnostic.description.hasPrefix("The client has cancelled request"))
                tell.yield(reason ?? "none")
            }
        })
        let server = Server("slow", version: "1", configuration: configuration) {
            ServerTool(Tool(name: "wait")) { _, _ in
                started.yield()
                _ = try await silence()
                return CallToolResult(text: "waited")
            }
        }
        try await withFeatures(of: server, revision) {
            $0.diagnostics = kept.add
        } _: { (client: Client) async throws -> Void in
            let call = Task { try await client.callTool("wait") }
            for await _ in running { break }
            call.cancel()
            await #expect(throws: CancellationError.self) { _ = try await call.value }
            for await reason in told {
                #expect(reason == "Nobody waits for the answer")
                break
            }
            guard case .cancelled(method: "tools/call", _, reason: "Nobody waits for the answer", by: .client)? = kept.all.first else {
                Issue.record("\(kept.all)")
                return
            }
        }
    }
}
