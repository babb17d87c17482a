import Hummingbird
import MCPCore
import NIOCore

/// The event stream of one HTTP response: what the script sends goes to whoever writes the body.
final class StreamSink: EventSink {
    private let run: ClientRun
    private let chunks: AsyncStream<ByteBuffer>
    private let continuation: AsyncStream<ByteBuffer>.Continuation
    private let closed = Latch()

    private init(_ run: ClientRun) {
        self.run = run
        (chunks, continuation) = AsyncStream.makeStream()
    }

    /// The body that a script writes. What the script throws cuts the connection.
    static func body(_ run: ClientRun, _ script: @escaping @Sendable (any EventSink) async throws -> Void) -> ResponseBody {
        ResponseBody { writer in
            let sink = StreamSink(run)
            // Beside the writing, so that a client that goes away while the script waits is noticed.
            let work = Task {
                defer { sink.continuation.finish() }
                try await script(sink)
            }
            do {
                try await withTaskCancellationHandler {
                    for await chunk in sink.chunks { try await writer.write(chunk) }
                    try await work.value
                    try await writer.finish(nil)
                } onCancel: {
                    sink.closed.open()
                    work.cancel()
                }
            } catch {
                run.mark(ClientRun.streamClosed)
                sink.closed.open()
                work.cancel()
                _ = await work.result
                throw error
            }
        }
    }

    func send(_ message: JSONValue, isWrong: Bool) async throws {
        run.sent(message, isWrong: isWrong)
        try await write("event: message\ndata: \(message.serializedString)\n\n")
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !closed.isOpen else { throw StreamClosed() }
        continuation.yield(ByteBuffer(bytes: bytes))
    }

    func waitUntilClosed() async {
        // Only writing finds out that the other side has gone; a comment is nothing to a reader.
        while !closed.isOpen, !Task.isCancelled {
            continuation.yield(ByteBuffer(string: ":\n\n"))
            try? await Task.sleep(for: .milliseconds(25))
        }
    }

    private struct StreamClosed: Error {}
}
