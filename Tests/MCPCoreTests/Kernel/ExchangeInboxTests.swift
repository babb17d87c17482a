import Synchronization
import Testing

@testable import MCPCore

/// What comes in for one request on a shared channel.
@Suite(.timeLimit(.minutes(1))) struct ExchangeInboxTests {
    private let inbox = ExchangeInbox(Self.request, WaitingBytes())
    private static let request = JSONRPCRequest(id: 1, method: "tools/call", params: [:])
    private static let message = JSONRPCMessage.notification(JSONRPCNotification(method: "notifications/progress", params: [:]))

    /// Whoever sends without end cannot keep a call that was given up.
    @Test func cancellingEndsItWhileMessagesGoOnComing() async {
        let inbox = inbox
        _ = inbox.deliver(Self.message, bytes: 50)
        let exchange = Task {
            try await inbox.response { _ in
                withUnsafeCurrentTask { $0?.cancel() }
                _ = inbox.deliver(Self.message, bytes: 50)
            }
        }
        await #expect(throws: CancellationError.self) { _ = try await exchange.value }
    }

    @Test func whatCameBeforeTheResponseIsHandedOnFirst() async throws {
        let inbox = inbox
        for _ in 0..<3 { #expect(inbox.deliver(Self.message, bytes: 50)) }
        inbox.finish(.success(JSONRPCResponse(id: 1, result: .success([:]))))
        let (seen, count) = AsyncStream.makeStream(of: Void.self)
        _ = try await inbox.response { _ in count.yield() }
        count.finish()
        var taken = 0
        for await _ in seen { taken += 1 }
        #expect(taken == 3)
    }

    /// All of a channel share the room; what is taken or given up makes room again, and the response always has it.
    @Test func whatWaitsIsBoundedByItsBytesToo() async throws {
        let bytes = WaitingBytes(limit: 100)
        let (one, other) = (ExchangeInbox(Self.request, bytes), ExchangeInbox(Self.request, bytes))
        #expect(one.deliver(Self.message, bytes: 60))
        #expect(!other.deliver(Self.message, bytes: 41))
        #expect(other.deliver(Self.message, bytes: 40))
        one.close()
        // Nobody waits for it any more, so that it is no loss.
        #expect(one.deliver(Self.message, bytes: 1000))
        #expect(other.deliver(Self.message, bytes: 60))
        #expect(!other.deliver(Self.message, bytes: 1))
        other.finish(.success(JSONRPCResponse(id: 1, result: .success([:]))))
        let seen = Mutex(0)
        _ = try await other.response { _ in seen.withLock { $0 += 1 } }
        #expect(seen.withLock(\.self) == 2)
        let third = ExchangeInbox(Self.request, bytes)
        #expect(third.deliver(Self.message, bytes: 100))
    }
}
