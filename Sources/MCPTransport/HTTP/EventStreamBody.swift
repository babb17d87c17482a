import MCPCore
import Synchronization

/// The body of an event stream: chunks as they come, for one reader.
///
/// A listener reads `next()` until it is `nil`, or, where `whenReady` has something to call, takes what is there each time that it is called. It calls `close()`
/// when the client is gone or the stream has ended.
public final class EventStreamBody: Sendable {
    private struct State {
        /// What ends with the stream; `nil` once it is closed.
        var closing: [@Sendable () -> Void]?
    }

    private let source: any EventSource
    private let state: Mutex<State>

    fileprivate init(_ source: any EventSource, closing: [@Sendable () -> Void]) {
        self.source = source
        state = Mutex(State(closing: closing))
    }

    deinit { close() }

    /// What is there already, to be sent with what is sent in any case.
    /// - Returns: Chunks, possibly none, and whether nothing comes after them.
    public func takeReady() -> (bytes: [UInt8], isEnd: Bool) { source.takeReady() }

    /// Has `action` called, from any thread and perhaps more than once, each time that `takeReady` may have something: then no task has to wait for it.
    /// - Returns: Whether it will be; if not, the stream is read with `next()`.
    public func whenReady(_ action: @escaping @Sendable () -> Void) -> Bool { source.whenReady(action) }

    /// The next chunk, to be sent at once; `nil` at the end and once the task is cancelled.
    public func next() async -> [UInt8]? { await source.nextChunk() }

    /// The reader reads no more.
    public func close() {
        let actions = state.withLock { state in
            defer { state.closing = nil }
            return state.closing
        }
        for action in actions ?? [] { action() }
    }

    /// Has something done when the stream is closed; at once where it is already.
    func whenClosed(_ action: @escaping @Sendable () -> Void) {
        let isClosed = state.withLock { state in
            state.closing?.append(action)
            return state.closing == nil
        }
        if isClosed { action() }
    }
}

/// Where the events of a stream come from.
protocol EventSource: Sendable {
    /// Chunks that need no waiting, and whether nothing comes after them.
    func takeReady() -> (bytes: [UInt8], isEnd: Bool)
    /// Has `action` called each time that there may be something to take.
    /// - Returns: Whether the source can do that.
    func whenReady(_ action: @escaping @Sendable () -> Void) -> Bool
    /// The next event as it is sent, or a comment after a `tick`; `nil` at the end.
    func nextChunk() async -> [UInt8]?
    /// Has a reader that waits send a comment.
    func tick()
}

extension EventSource {
    func whenReady(_ action: @escaping @Sendable () -> Void) -> Bool { false }
}

/// Makes the event streams of a handler, and keeps all of them alive with one clock.
struct EventStreams: Sendable {
    private let keepAlive: Alarm

    init(keepAliveInterval: Duration) { keepAlive = Alarm(after: keepAliveInterval) }

    /// - Parameter closing: Runs once the reader has closed the stream, at its end or before.
    func body(_ source: any EventSource, closing: @escaping @Sendable () -> Void) -> EventStreamBody {
        let ticket = keepAlive.begin(wake: source.tick)
        return EventStreamBody(source, closing: [closing, { [keepAlive] in keepAlive.end(ticket) }])
    }
}
