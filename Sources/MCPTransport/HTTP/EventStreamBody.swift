import MCPCore
import Synchronization

/// The body of an event stream: chunks as they come, for one reader.
///
/// A listener reads `next()` until it is `nil` and calls `close()` when the client is gone or the stream has ended.
public final class EventStreamBody: Sendable {
    private let source: any EventSource
    private let ticker: Mutex<Task<Void, Never>?>
    private let closing: @Sendable () -> Void

    /// - Parameter closing: Runs once the reader has closed the stream, at its end or before.
    init(_ source: any EventSource, keepAlive: Duration, closing: @escaping @Sendable () -> Void = {}) {
        self.source = source
        self.closing = closing
        // A task of its own, because it wakes the reader while that waits. It ends when the stream is closed.
        ticker = Mutex(
            Task {
                while true {
                    do { try await Task.sleep(for: keepAlive) } catch { return }
                    source.tick()
                }
            })
    }

    deinit { close() }

    /// The next chunk, to be sent at once; `nil` at the end and once the task is cancelled.
    public func next() async -> [UInt8]? { await source.nextChunk() }

    /// The reader reads no more.
    public func close() {
        let isFirst = ticker.withLock { ticker in
            guard let task = ticker else { return false }
            task.cancel()
            ticker = nil
            return true
        }
        if isFirst { closing() }
    }
}

/// Where the events of a stream come from.
protocol EventSource: Sendable {
    /// The next event as it is sent, or a comment after a `tick`; `nil` at the end.
    func nextChunk() async -> [UInt8]?
    /// Has a reader that waits send a comment.
    func tick()
}
