import Synchronization

/// What comes in on a shared channel for one request: notifications in order, then the response. Or for none, in order until the channel ends.
final class ExchangeInbox: Sendable {
    /// Messages that may wait for a slow receiver, as far as their bytes fit too; what comes on top of them is refused, the response never.
    static let maximumWaiting = 1024

    enum Item: Sendable {
        case message(JSONRPCMessage)
        case outcome(Result<JSONRPCResponse, TransportError>)
        case cancelled
    }

    private struct State {
        var messages: [(message: JSONRPCMessage, bytes: Int)] = []
        var isClosed = false
        var isGivenUp = false
        var outcome: Result<JSONRPCResponse, TransportError>?
        var receiver: CheckedContinuation<Item, Never>?
    }

    /// Of the request; `nil` where it takes what belongs to none.
    let method: String?
    let progressToken: JSONValue?
    private let waitingBytes: WaitingBytes
    private let state = Mutex(State())

    /// - Parameters:
    ///   - request: `nil` for what belongs to none.
    ///   - waitingBytes: Of the channel.
    init(_ request: JSONRPCRequest?, _ waitingBytes: WaitingBytes) {
        method = request?.method
        progressToken = request?.params["_meta"]?[MetaKey.progressToken]
        self.waitingBytes = waitingBytes
    }

    /// - Parameter bytes: The length of the message as it came.
    /// - Returns: Whether there was room.
    func deliver(_ message: JSONRPCMessage, bytes: Int) -> Bool {
        let (receiver, hadRoom) = state.withLock { state -> (CheckedContinuation<Item, Never>?, Bool) in
            // Nothing comes behind the response, or behind its end.
            guard state.outcome == nil, !state.isClosed else { return (nil, true) }
            if let receiver = state.receiver {
                state.receiver = nil
                return (receiver, true)
            }
            guard state.messages.count < Self.maximumWaiting, waitingBytes.take(bytes) else { return (nil, false) }
            state.messages.append((message, bytes))
            return (nil, true)
        }
        receiver?.resume(returning: .message(message))
        return hadRoom
    }

    /// The first outcome counts.
    func finish(_ result: Result<JSONRPCResponse, TransportError>) {
        let receiver = state.withLock { state -> CheckedContinuation<Item, Never>? in
            guard state.outcome == nil else { return nil }
            state.outcome = result
            defer { state.receiver = nil }
            return state.receiver
        }
        receiver?.resume(returning: .outcome(result))
    }

    /// Ends the waiting for the response, as the cancellation of the task that waits does.
    func giveUp() {
        let receiver = state.withLock { state in
            state.isGivenUp = true
            defer { state.receiver = nil }
            return state.receiver
        }
        receiver?.resume(returning: .cancelled)
    }

    /// Nobody takes any more what comes, or what still waits.
    func close() {
        let bytes = state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages.reduce(0) { $0 + $1.bytes }
        }
        if bytes > 0 { waitingBytes.give(bytes) }
    }

    /// Hands the messages on and waits for the response.
    nonisolated(nonsending) func response(receive: @Sendable (JSONRPCMessage) async -> Void) async throws -> JSONRPCResponse {
        while true {
            switch await next() {
            case .message(let message): await receive(message)
            case .outcome(let outcome): return try outcome.get()
            case .cancelled: throw CancellationError()
            }
        }
    }

    /// What comes next, in order: messages, and the outcome.
    nonisolated(nonsending) func next() async -> Item {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Item? in
                    // First, because messages may come faster than they are handed on.
                    if state.outcome == nil, state.isGivenUp || Task.isCancelled { return .cancelled }
                    if !state.messages.isEmpty {
                        let (message, bytes) = state.messages.removeFirst()
                        waitingBytes.give(bytes)
                        return .message(message)
                    }
                    if let outcome = state.outcome { return .outcome(outcome) }
                    state.receiver = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            giveUp()
        }
    }
}
