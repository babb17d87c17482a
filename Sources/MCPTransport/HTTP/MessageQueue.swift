import MCPCore
import Synchronization

/// Messages on their way from a handler to the one response that carries them: bounded, so that a slow client slows the handler.
final class MessageQueue: Sendable {
    /// What the consumer gets.
    enum Item: Sendable {
        case message(JSONRPCMessage)
        /// Nothing has come for a while.
        case tick
    }

    private struct State {
        var messages: [JSONRPCMessage] = []
        var isFinished = false
        var isAbandoned = false
        var consumer: CheckedContinuation<Item?, Never>?
        var producers: [CheckedContinuation<Void, any Error>] = []
    }

    private static let capacity = 16
    private let state = Mutex(State())

    /// Adds a message; suspends while the queue is full.
    /// - Throws: `TransportError.closed` once the client is gone.
    func send(_ message: JSONRPCMessage) async throws {
        let isFull = try deliver(message)
        guard isFull else { return }
        try await withCheckedThrowingContinuation { continuation in
            let ready: Result<Void, any Error>? = state.withLock { state in
                if state.isAbandoned { return .failure(Self.gone) }
                if state.messages.count < Self.capacity { return .success(()) }
                state.producers.append(continuation)
                return nil
            }
            if let ready { continuation.resume(with: ready) }
        }
    }

    /// Adds the last message.
    func finish(with message: JSONRPCMessage?) {
        let (consumer, producers) = state.withLock { state in
            state.isFinished = true
            let consumer = state.consumer
            state.consumer = nil
            if consumer == nil, let message { state.messages.append(message) }
            defer { state.producers = [] }
            return (consumer, state.producers)
        }
        consumer?.resume(returning: message.map(Item.message))
        for producer in producers { producer.resume() }
    }

    /// The client is gone: whoever sends is told.
    func abandon() {
        let (consumer, producers) = state.withLock { state in
            state.isAbandoned = true
            state.messages = []
            defer {
                state.consumer = nil
                state.producers = []
            }
            return (state.consumer, state.producers)
        }
        consumer?.resume(returning: nil)
        for producer in producers { producer.resume(throwing: Self.gone) }
    }

    /// The next message, for one consumer; `nil` at the end.
    func next() async -> Item? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, producer): (Item??, CheckedContinuation<Void, any Error>?) = state.withLock { state in
                    if !state.messages.isEmpty {
                        let message = state.messages.removeFirst()
                        return (.some(.message(message)), state.producers.isEmpty ? nil : state.producers.removeFirst())
                    }
                    if state.isFinished || state.isAbandoned || Task.isCancelled { return (.some(nil), nil) }
                    state.consumer = continuation
                    return (nil, nil)
                }
                producer?.resume()
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Takes what is there without waiting.
    /// - Returns: The messages, and whether nothing comes after them.
    func takeReady() -> (messages: [JSONRPCMessage], isEnd: Bool) {
        let (messages, isEnd, producers) = state.withLock { state in
            defer {
                state.messages = []
                state.producers = []
            }
            return (state.messages, state.isFinished || state.isAbandoned, state.producers)
        }
        for producer in producers { producer.resume() }
        return (messages, isEnd)
    }

    /// Wakes a consumer that waits.
    func tick() {
        let consumer = state.withLock { state in
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: .tick)
    }

    private static let gone = TransportError.closed("the client has closed the response")

    /// - Returns: Whether the queue is full now.
    private func deliver(_ message: JSONRPCMessage) throws -> Bool {
        let (consumer, isFull) = try state.withLock { state in
            if state.isAbandoned || state.isFinished { throw Self.gone }
            if let consumer = state.consumer {
                state.consumer = nil
                return (Optional(consumer), false)
            }
            state.messages.append(message)
            return (nil, state.messages.count >= Self.capacity)
        }
        consumer?.resume(returning: .message(message))
        return isFull
    }
}
