import MCPQueues
import Synchronization

/// Carries what comes in on a channel from whoever reads it to whoever serves it: bounded by bytes, in order, for one consumer at a time.
///
/// A reader that must not suspend (a thread) uses `offer` and pauses when it says so; one that may suspend uses `push`.
public final class InboundQueue: AsyncSequence, Sendable {
    public typealias Element = InboundFrames
    public typealias Failure = any Error

    fileprivate struct State {
        var frames = FIFOQueue<InboundFrames>()
        var bytes = 0
        var isFinished = false
        var isPaused = false
        var consumer: CheckedContinuation<InboundFrames?, Never>?
        var producers = RoomLine<Void, Void>()
    }

    private let state = Mutex(State())
    private let limit: Int
    private let resume: @Sendable () -> Void

    /// - Parameters:
    ///   - limit: The bytes that may wait before the reader is to pause.
    ///   - resume: Tells a reader that paused after `offer` that there is space again.
    public init(limit: Int = 1 << 20, resume: @escaping @Sendable () -> Void = {}) {
        self.limit = limit
        self.resume = resume
    }

    /// Adds frames.
    /// - Returns: Whether more may follow at once; if not, the reader waits for `resume`.
    public func offer(_ frames: InboundFrames) -> Bool {
        let (consumer, mayGoOn) = state.withLock { state -> (CheckedContinuation<InboundFrames?, Never>?, Bool) in
            guard !state.isFinished else { return (nil, true) }
            return (state.add(frames, limit: limit), !state.isPaused)
        }
        consumer?.resume(returning: frames)
        return mayGoOn
    }

    /// Suspends while the queue is full, and then adds frames.
    /// - Returns: Whether they were added; not behind the end, and not where the task was cancelled while the queue was full.
    @discardableResult public func push(_ frames: InboundFrames) async -> Bool {
        while true {
            if let isAdded = add(frames) { return isAdded }
            guard (try? await waitForRoom()) != nil else { return false }
        }
    }

    /// Adds frames where there is room.
    /// - Returns: Whether they were added; `nil` where there is none, and somebody who may suspend can wait for it.
    fileprivate func add(_ frames: InboundFrames) -> Bool? {
        var consumer: CheckedContinuation<InboundFrames?, Never>?
        let isAdded: Bool? = state.withLock { state in
            if state.isFinished { return false }
            // Whoever waits holds what it brings, and takes it away again when it goes.
            if state.isPaused { return nil }
            consumer = state.add(frames, limit: limit)
            return true
        }
        consumer?.resume(returning: frames)
        return isAdded
    }

    /// Adds frames of somebody who cannot wait, where not twice as much waits as may.
    fileprivate func squeeze(_ frames: InboundFrames) -> Bool {
        var consumer: CheckedContinuation<InboundFrames?, Never>?
        let isAdded = state.withLock { state in
            guard !state.isFinished, state.bytes <= 2 * limit else { return false }
            consumer = state.add(frames, limit: limit)
            return true
        }
        consumer?.resume(returning: frames)
        return isAdded
    }

    private func waitForRoom() async throws {
        try await state.waitInLine(\.producers) { !$0.isPaused || $0.isFinished ? .success(()) : nil }
    }

    /// Ends the sequence behind what waits.
    public func finish() {
        let (consumer, producers) = state.withLock { state in
            state.isFinished = true
            defer { state.consumer = nil }
            return (state.consumer, state.producers.removeAll())
        }
        consumer?.resume(returning: nil)
        for producer in producers { producer.resume() }
    }

    /// Whether a reader that paused may go on.
    public var hasRoom: Bool { state.withLock { !$0.isPaused } }

    public var isFinished: Bool { state.withLock { $0.isFinished } }

    public func makeAsyncIterator() -> Iterator { Iterator(queue: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let queue: InboundQueue
        // Throwing in type only: whoever serves a channel takes those that fail too.
        public mutating func next() async throws -> InboundFrames? { await queue.next() }
    }

    /// `nil` at the end and once the task is cancelled.
    private func next() async -> InboundFrames? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                var released: [RoomLine<Void, Void>.Member] = []
                var wasPaused = false
                let ready: InboundFrames?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    guard let frames = state.frames.popFirst() else {
                        if state.isFinished { return .some(nil) }
                        state.consumer = continuation
                        return nil
                    }
                    state.bytes -= frames.byteCount
                    if state.isPaused, state.bytes <= limit / 2 {
                        state.isPaused = false
                        wasPaused = true
                        released = state.producers.removeAll()
                    }
                    return .some(frames)
                }
                if wasPaused { resume() }
                for producer in released { producer.resume() }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let consumer = state.withLock { state in
                defer { state.consumer = nil }
                return state.consumer
            }
            consumer?.resume(returning: nil)
        }
    }
}

extension InboundQueue {
    /// The writing end: one message is one element.
    public var sink: any MessageSink { InboundQueueSink(queue: self) }
}

/// Puts messages into a queue: one direction of a channel.
struct InboundQueueSink: MessageSink {
    let queue: InboundQueue

    func write(_ message: [UInt8]) async throws { try await write(contentsOf: [message]) }

    func offer(_ message: [UInt8]) throws -> Bool {
        switch queue.add(.messages([message])) {
        case nil: false
        case true?: true
        case false?: throw Self.closed
        }
    }

    func write(contentsOf messages: [[UInt8]]) async throws {
        // Whoever is cancelled cannot wait, and what it still says is little: that it asks no more, or the last answers of a batch.
        if Task.isCancelled, queue.squeeze(.messages(messages)) { return }
        guard await !queue.push(.messages(messages)) else { return }
        throw queue.isFinished ? Self.closed : CancellationError()
    }

    private static let closed = TransportError.closed("the other end is gone")
}

extension InboundQueue.State {
    /// - Returns: A consumer that waits: it gets the frames, and they are not kept.
    fileprivate mutating func add(_ added: InboundFrames, limit: Int) -> CheckedContinuation<InboundFrames?, Never>? {
        if let waiting = consumer {
            consumer = nil
            return waiting
        }
        frames.append(added)
        bytes += added.byteCount
        // Only whoever takes frames ends a pause, and lets those go on who wait.
        if bytes >= limit { isPaused = true }
        return nil
    }
}
