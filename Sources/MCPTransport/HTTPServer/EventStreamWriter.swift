import HTTPTypes
import MCPHTTP
import MCPWorkers
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Sends an event stream as an answer, on the event loop of its connection: no task waits for what comes next.
///
/// What there is goes out together, and what comes next only when that has left: a slow client slows whoever fills the stream.
final class EventStreamWriter: Sendable {
    private struct State {
        /// The event loop has been told to look, and has not yet.
        var isScheduled = false
        /// What was written last has not left yet.
        var isWriting = false
        var isEnded = false
        /// Reads a stream that calls nobody.
        var reader: Task<Void, Never>?
    }

    private let body: EventStreamBody
    private let channel: any Channel
    private let state = Mutex(State())

    init(_ body: EventStreamBody, _ channel: any Channel) {
        self.body = body
        self.channel = channel
    }

    /// Sends the head, and from then on what comes.
    func start(_ head: HTTPResponse) {
        channel.eventLoop.execute { [self] in channel.write(HTTPResponsePart.head(head), promise: nil) }
        guard !body.whenReady({ [weak self] in self?.wake() }) else { return wake() }
        channel.flush()
        // Unstructured, because an event loop may have begun it; it ends with the stream.
        let reader = Task(executorPreference: WorkerPool.preferred) { [self] in await pump() }
        let isEnded = state.withLock { state in
            state.reader = reader
            return state.isEnded
        }
        if isEnded { reader.cancel() }
    }

    /// The client is gone, or nobody will read on.
    func stop() {
        let (isFirst, reader) = state.withLock { state in
            defer { state.isEnded = true }
            return (!state.isEnded, state.reader)
        }
        reader?.cancel()
        guard isFirst else { return }
        body.close()
        channel.close(promise: nil)
    }

    private func wake() {
        let isFirst = state.withLock { state in
            guard !state.isScheduled, !state.isEnded else { return false }
            state.isScheduled = true
            return true
        }
        if isFirst { channel.eventLoop.execute { [self] in drain() } }
    }

    /// On the event loop.
    private func drain() {
        let mayWrite = state.withLock { state in
            state.isScheduled = false
            return !state.isWriting && !state.isEnded
        }
        guard mayWrite else { return }
        let (bytes, isEnd) = body.takeReady()
        if !isEnd {
            // The head must not wait for the first event.
            guard !bytes.isEmpty else { return channel.flush() }
            state.withLock { $0.isWriting = true }
            channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(bytes: bytes))).whenComplete { [self] result in
                state.withLock { $0.isWriting = false }
                // A connection that cannot be written to tells the handler by itself that the client is gone.
                // Not from here: what is written at once would call itself, as often as there is something.
                if case .success = result { wake() }
            }
            return
        }
        if !bytes.isEmpty { channel.write(HTTPResponsePart.body(ByteBuffer(bytes: bytes)), promise: nil) }
        end()
    }

    private func end() {
        let isFirst = state.withLock { state in
            defer { state.isEnded = true }
            return !state.isEnded
        }
        guard isFirst else { return }
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        body.close()
    }

    private func pump() async {
        do {
            while let next = await body.next() { try await channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(bytes: next))) }
            channel.eventLoop.execute { [self] in end() }
        } catch {
            body.close()
        }
    }
}
