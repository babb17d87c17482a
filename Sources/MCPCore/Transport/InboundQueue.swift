import Synchronization

/// Carries what comes in on a channel from whoever reads it to whoever serves it: bounded by bytes, in order, for one consumer at a time.
///
/// A reader that must not suspend (a thread) uses `offer` and pauses when it says so; one that may suspend uses `push`.
public final class InboundQueue: AsyncSequence, Sendable {
    public typealias Element = InboundFrames
    public typealias Failure = any Error

    private struct State {
        var frames: [InboundFrames] = []
        /// The frames before this one have been taken.
        var first = 0
        var bytes = 0
        var isFinished = false
        var isPaused = false
        var consumer: CheckedContinuation<InboundFrames?, Never>?
        var producers: [CheckedContinuation<Void, Never>] = []
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
            if let consumer = state.consumer {
                state.consumer = nil
                return (consumer, true)
            }
            state.frames.append(frames)
            state.bytes += frames.byteCount
            state.isPaused = state.bytes >= limit
            return (nil, !state.isPaused)
        }
        consumer?.resume(returning: frames)
        return mayGoOn
    }

    /// Adds frames, and suspends while the queue is full. After the end it does nothing.
    public func push(_ frames: InboundFrames) async {
        guard !offer(frames) else { return }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard state.isPaused, !state.isFinished else { return true }
                state.producers.append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    /// Ends the sequence behind what waits.
    public func finish() {
        let (consumer, producers) = state.withLock { state in
            state.isFinished = true
            defer {
                state.consumer = nil
                state.producers = []
            }
            return (state.consumer, state.producers)
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
                var released: [CheckedContinuation<Void, Never>] = []
                var wasPaused = false
                let ready: InboundFrames?? = state.withLock { state in
                    if Task.isCancelled { return .some(nil) }
                    guard state.first < state.frames.count else {
                        if state.isFinished { return .some(nil) }
                        state.consumer = continuation
                        return nil
                    }
                    let frames = state.frames[state.first]
                    state.first += 1
                    if state.first == state.frames.count {
                        state.frames.removeAll(keepingCapacity: true)
                        state.first = 0
                    } else {
                        // What was taken is not kept alive by the array.
                        state.frames[state.first - 1] = .messages([])
                    }
                    state.bytes -= frames.byteCount
                    if state.isPaused, state.bytes <= limit / 2 {
                        state.isPaused = false
                        wasPaused = true
                        released = state.producers
                        state.producers = []
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

    func write(contentsOf messages: [[UInt8]]) async throws {
        guard !queue.isFinished else { throw TransportError.closed("the other end is gone") }
        await queue.push(.messages(messages))
    }
}
