import MCPTransport
import Synchronization
import Testing

@testable import Orchestrator

/// What a call that brings no result is turned into.
@Suite(.timeLimit(.minutes(2))) struct ToolInvocationTests {
    /// Calls the tool `act` of a server that answers as it is scripted.
    private static func failure(
        timeout: Duration = .seconds(60), listsFirst: Bool = true, _ answer: @escaping @Sendable (JSONValue, FakeEndpoint.Line) async throws -> Void
    ) async throws -> ToolCallFailure? {
        let isCalled = Atomic(false)
        return try await FakeEndpoint.serving { request, line in
            func result(_ result: JSONValue) async throws {
                try await line.answer(200, ["jsonrpc": "2.0", "id": request.body["id"] ?? .null, "result": result])
            }
            switch request.body["method"]?.string {
            case "initialize":
                try await result(["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": ["name": "scripted", "version": "1"]])
            case "tools/list":
                let schema: JSONValue = ["type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"]]
                // Once it was called it is gone, for those who look again.
                let tool: JSONValue = ["name": "act", "inputSchema": ["type": "object"], "outputSchema": schema]
                try await result(["tools": isCalled.load(ordering: .relaxed) ? [] : [tool]])
            case "tools/call":
                isCalled.store(true, ordering: .relaxed)
                try await answer(request.body["id"] ?? .null, line)
            case nil: try await line.answer(405, [:])
            default: try await line.answer(202, [:])
            }
        } _: { endpoint in
            try await withClient(.http(endpoint.address), configuration: ClientConfiguration(era: .handshake)) { client in
                if listsFirst { _ = try await client.listTools() }
                let tool = ToolNameTable.Tool(server: "far", tool: "act")
                do {
                    _ = try await ToolInvocation(client: client, tool: tool, observer: CallRecorder(), timeout: timeout).run([:])
                    return nil
                } catch let failure as ToolCallFailure { return failure }
            }
        }
    }

    private static func error(_ code: Int64, _ message: String, listsFirst: Bool = true) async throws -> ToolCallFailure? {
        try await failure(listsFirst: listsFirst) { id, line in
            try await line.answer(200, ["jsonrpc": "2.0", "id": id, "error": ["code": .integer(code), "message": .string(message)]])
        }
    }

    @Test func aRefusalHasItsCodeAndMessage() async throws {
        let failure = try await Self.error(-32603, "The disk is full")
        #expect(failure == .refused(code: -32603, message: "The disk is full"))
        #expect(failure?.description == "The server refused the call. The disk is full (-32603). Change the request and try again.")
        #expect(failure?.failure.isRetryable == false)
    }

    @Test func anUnknownToolIsNamedAsPeopleSeeIt() async throws {
        #expect(try await Self.error(-32602, "Unknown tool: act", listsFirst: false) == .unknownTool("far.act"))
    }

    @Test func aConnectionThatBreaksLeavesTheEffectUnknown() async throws {
        guard case .connectionLost("far", let why) = try await Self.failure({ _, _ in }) else {
            Issue.record("the call did not fail so")
            return
        }
        #expect(!why.isEmpty)
    }

    @Test func aCallThatTakesTooLongSaysHowLong() async throws {
        let failure = try await Self.failure(timeout: .seconds(1)) { _, line in try await line.untilClosed() }
        #expect(failure == .timedOut(server: "far", seconds: 1))
        #expect(failure?.description.contains("did not answer within 1 second") == true)
    }

    /// The connection is fine: the answer is not.
    @Test func anAnswerThatCannotBeUsedIsNoLostConnection() async throws {
        for result: JSONValue in [["content": [], "structuredContent": ["n": "seven"]], ["content": "text"]] {
            let failure = try await Self.failure { id, line in try await line.answer(200, ["jsonrpc": "2.0", "id": id, "result": result]) }
            guard case .unusable("far", let why) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(!why.isEmpty && failure?.failure.isRetryable == false)
            #expect(failure?.description.contains("Whether the call took effect is not known") == true)
        }
    }

    @Test func everyFailureSaysWhatWhyAndWhatNow() {
        let all: [ToolCallFailure] = [
            .serverDown(server: "far", why: "It broke."), .unknownTool("far.act"), .connectionLost(server: "far", why: "It broke."),
            .refused(code: -1, message: "No"), .timedOut(server: "far", seconds: 5), .unusable(server: "far", why: "It is no object."),
        ]
        for failure in all {
            let parts = failure.failure
            #expect([parts.what, parts.why, parts.whatNow].allSatisfy { $0.hasSuffix(".") && $0.count > 3 })
            #expect(failure.description == "\(parts.what) \(parts.why) \(parts.whatNow)")
        }
        #expect(all[4].description.contains("within 5 seconds"))
    }
}
