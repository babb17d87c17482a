import MCPCore
import MCPQueues
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
        var producers = RoomLine<Void, Void>()
        /// Told instead of a consumer that waits.
        var onReady: (@Sendable () -> Void)?
        /// Whether nothing has come for a while.
        var isTicked = false
    }

    private static let capacity = 16
    private let state = Mutex(State())

    /// Adds a message; suspends first while the queue is full.
    /// - Throws: `TransportError.closed` once the client is gone; `CancellationError` where the task was cancelled while it waited: then the message is not
    ///   added.
    func send(_ message: JSONRPCMessage) async throws {
        while try !deliver(message) { try await waitForRoom() }
    }

    private func waitForRoom() async throws {
        try await state.waitInLine(\.producers) { state in
            if state.isAbandoned { return .failure(Self.gone) }
            return state.messages.count < Self.capacity ? .success(()) : nil
        }
    }

    /// Adds the last message.
    func finish(with message: JSONRPCMessage?) {
        let (consumer, producers, onReady) = state.withLock { state in
            state.isFinished = true
            let consumer = state.consumer
            state.consumer = nil
            if consumer == nil, let message { state.messages.append(message) }
            return (consumer, state.producers.removeAll(), state.onReady)
        }
        consumer?.resume(returning: message.map(Item.message))
        onReady?()
        for producer in producers { producer.resume() }
    }

    /// The client is gone: whoever sends is told.
    func abandon() {
        let (consumer, producers) = state.withLock { state in
            state.isAbandoned = true
            state.messages = []
            defer {
                state.consumer = nil
                // What it holds may hold the stream.
                state.onReady = nil
            }
            return (state.consumer, state.producers.removeAll())
        }
        consumer?.resume(returning: nil)
        for producer in producers { producer.resume(throwing: Self.gone) }
    }

    /// The next message, for one consumer; `nil` at the end.
    func next() async -> Item? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (ready, producer): (Item??, RoomLine<Void, Void>.Member?) = state.withLock { state in
                    if !state.messages.isEmpty {
                        let message = state.messages.removeFirst()
                        return (.some(.message(message)), state.producers.popFirst())
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
    /// - Returns: The messages, whether nothing comes after them, and whether nothing had come for a while.
    func takeReady() -> (messages: [JSONRPCMessage], isEnd: Bool, isTicked: Bool) {
        let (messages, isEnd, isTicked, producers) = state.withLock { state in
            defer {
                state.messages = []
                state.isTicked = false
            }
            return (state.messages, state.isFinished || state.isAbandoned, state.isTicked, state.producers.removeAll())
        }
        for producer in producers { producer.resume() }
        return (messages, isEnd, isTicked)
    }

    /// Has `action` called when something can be taken, instead of a consumer that waits.
    func whenReady(_ action: @escaping @Sendable () -> Void) {
        let isReady = state.withLock { state in
            state.onReady = state.isAbandoned ? nil : action
            return !state.messages.isEmpty || state.isFinished || state.isAbandoned
        }
        if isReady { action() }
    }

    /// Wakes a consumer that waits.
    func tick() {
        let (consumer, onReady) = state.withLock { state in
            defer { state.consumer = nil }
            if state.onReady != nil { state.isTicked = true }
            return (state.consumer, state.onReady)
        }
        consumer?.resume(returning: .tick)
        onReady?()
    }

    private static let gone = TransportError.closed("the client has closed the response")

    /// - Returns: Whether there was room for it.
    private func deliver(_ message: JSONRPCMessage) throws -> Bool {
        let (consumer, onReady, hasRoom): (CheckedContinuation<Item?, Never>?, (@Sendable () -> Void)?, Bool) = try state.withLock { state in
            if state.isAbandoned || state.isFinished { throw Self.gone }
            if let consumer = state.consumer {
                state.consumer = nil
                return (consumer, nil, true)
            }
            guard state.messages.count < Self.capacity else { return (nil, nil, false) }
            state.messages.append(message)
            return (nil, state.onReady, true)
        }
        consumer?.resume(returning: .message(message))
        onReady?()
        return hasRoom
    }
}
