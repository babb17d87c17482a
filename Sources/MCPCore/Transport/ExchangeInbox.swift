import Synchronization

/// What comes in for one request on a shared channel: notifications in order, then the response.
final class ExchangeInbox: Sendable {
    /// Notifications that may wait for a slow receiver; what comes on top of them is dropped, the response never.
    static let maximumWaiting = 1024

    let method: String
    let progressToken: JSONValue?
    private let messages: AsyncStream<JSONRPCMessage>
    private let continuation: AsyncStream<JSONRPCMessage>.Continuation
    private let outcome = Mutex<Result<JSONRPCResponse, TransportError>?>(nil)

    init(_ request: JSONRPCRequest) {
        method = request.method
        progressToken = request.params["_meta"]?[MetaKey.progressToken]
        (messages, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maximumWaiting))
    }

    /// - Returns: Whether there was room.
    func deliver(_ message: JSONRPCMessage) -> Bool {
        if case .dropped = continuation.yield(message) { false } else { true }
    }

    func finish(_ result: Result<JSONRPCResponse, TransportError>) {
        outcome.withLock { $0 = $0 ?? result }
        continuation.finish()
    }

    /// Hands the messages on and waits for the response.
    func response(receive: @Sendable (JSONRPCMessage) async -> Void) async throws -> JSONRPCResponse {
        for await message in messages { await receive(message) }
        guard let outcome = outcome.withLock({ $0 }) else { throw CancellationError() }
        return try outcome.get()
    }
}
