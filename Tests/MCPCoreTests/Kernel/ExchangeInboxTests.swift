import Testing

@testable import MCPCore

/// What comes in for one request on a shared channel.
@Suite(.timeLimit(.minutes(1))) struct ExchangeInboxTests {
    private let inbox = ExchangeInbox(JSONRPCRequest(id: 1, method: "tools/call", params: [:]))
    private static let message = JSONRPCMessage.notification(JSONRPCNotification(method: "notifications/progress", params: [:]))

    /// Whoever sends without end cannot keep a call that was given up.
    @Test func cancellingEndsItWhileMessagesGoOnComing() async {
        let inbox = inbox
        _ = inbox.deliver(Self.message)
        let exchange = Task {
            try await inbox.response { _ in
                withUnsafeCurrentTask { $0?.cancel() }
                _ = inbox.deliver(Self.message)
            }
        }
        await #expect(throws: CancellationError.self) { _ = try await exchange.value }
    }

    @Test func whatCameBeforeTheResponseIsHandedOnFirst() async throws {
        let inbox = inbox
        for _ in 0..<3 { #expect(inbox.deliver(Self.message)) }
        inbox.finish(.success(JSONRPCResponse(id: 1, result: .success([:]))))
        let (seen, count) = AsyncStream.makeStream(of: Void.self)
        _ = try await inbox.response { _ in count.yield() }
        count.finish()
        var taken = 0
        for await _ in seen { taken += 1 }
        #expect(taken == 3)
    }
}
