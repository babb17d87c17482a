import Synchronization

/// What comes in for one request on a shared channel: notifications in order, then the response.
final class ExchangeInbox: Sendable {
    /// Notifications that may wait for a slow receiver; what comes on top of them is dropped, the response never.
    static let maximumWaiting = 1024

    private enum Item: Sendable {
        case message(JSONRPCMessage)
        case outcome(Result<JSONRPCResponse, TransportError>)
        case cancelled
    }

    private struct State {
        var messages: [JSONRPCMessage] = []
        var outcome: Result<JSONRPCResponse, TransportError>?
        var receiver: CheckedContinuation<Item, Never>?
    }

    let method: String
    let progressToken: JSONValue?
    private let state = Mutex(State())

    init(_ request: JSONRPCRequest) {
        method = request.method
        progressToken = request.params["_meta"]?[MetaKey.progressToken]
    }

    /// - Returns: Whether there was room.
    func deliver(_ message: JSONRPCMessage) -> Bool {
        let (receiver, hadRoom) = state.withLock { state -> (CheckedContinuation<Item, Never>?, Bool) in
            // Nothing comes behind the response.
            guard state.outcome == nil else { return (nil, true) }
            if let receiver = state.receiver {
                state.receiver = nil
                return (receiver, true)
            }
            guard state.messages.count < Self.maximumWaiting else { return (nil, false) }
            state.messages.append(message)
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

    /// Hands the messages on and waits for the response.
    func response(receive: @Sendable (JSONRPCMessage) async -> Void) async throws -> JSONRPCResponse {
        while true {
            switch await next() {
            case .message(let message): await receive(message)
            case .outcome(let outcome): return try outcome.get()
            case .cancelled: throw CancellationError()
            }
        }
    }

    private func next() async -> Item {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = state.withLock { state -> Item? in
                    // First, because messages may come faster than they are handed on.
                    if Task.isCancelled, state.outcome == nil { return .cancelled }
                    if !state.messages.isEmpty { return .message(state.messages.removeFirst()) }
                    if let outcome = state.outcome { return .outcome(outcome) }
                    state.receiver = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let receiver = state.withLock { state in
                defer { state.receiver = nil }
                return state.receiver
            }
            receiver?.resume(returning: .cancelled)
        }
    }
}
