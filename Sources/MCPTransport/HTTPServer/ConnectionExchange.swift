import HTTPTypes
import MCPHTTP
import MCPWorkers
import NIOCore
import NIOHTTPTypes
import Synchronization

/// The request of a connection that is being answered: the task of its handler, and that of its stream where the answer is one.
final class ConnectionExchange: Sendable {
    private struct State {
        var handler: Task<Void, Never>?
        var writer: EventStreamWriter?
        var isGone = false
    }

    private let endpoint: HTTPEndpoint
    private let channel: any Channel
    private let state = Mutex(State())

    init(endpoint: HTTPEndpoint, channel: any Channel) {
        self.endpoint = endpoint
        self.channel = channel
    }

    /// Has a request answered. The one before has been.
    /// - Parameter counted: The bytes of the body that are counted in the endpoint's budget, to be given back at the end.
    func begin(_ head: HTTPRequest, body: [UInt8]?, counted: Int) {
        let pool = WorkerPool.preferred ?? globalConcurrentExecutor
        let here = endpoint.eventLoopTime(head, counted).map { EventLoopExecutor(channel.eventLoop, for: $0, then: pool) }
        let isGone = state.withLock { state in
            guard !state.isGone else { return true }
            // Unstructured, because an event loop begins it; the connection owns it and waits for it in `end`.
            state.handler = Task(executorPreference: here ?? pool) { [self] in
                await endpoint.serve(head, body, here == nil ? nil : pool) { self.write($0, isHead: head.method == .head) }
                endpoint.bodies.giveBack(counted)
            }
            return false
        }
        if isGone { endpoint.bodies.giveBack(counted) }
    }

    /// Answers a request that nobody is asked about.
    func answer(_ head: HTTPRequest, with answer: HTTPAnswer) {
        // Not from within what the event loop is reading.
        channel.eventLoop.execute { [self] in write(answer, isHead: head.method == .head) }
    }

    /// The client waits for no answer any more.
    func cancel() {
        let (handler, writer) = state.withLock { state in
            state.isGone = true
            defer { state.writer = nil }
            return (state.handler, state.writer)
        }
        handler?.cancel()
        writer?.stop()
    }

    /// Cancels what runs and waits for it.
    func end() async {
        cancel()
        await state.withLock { $0.handler }?.value
    }

    private func write(_ answer: HTTPAnswer, isHead: Bool) {
        switch answer.body {
        case .none: write(answer, bytes: [], isHead: isHead)
        case .bytes(let bytes): write(answer, bytes: bytes, isHead: isHead)
        case .stream(let body):
            let writer = EventStreamWriter(body, channel)
            let isGone = state.withLock { state in
                if !state.isGone { state.writer = writer }
                return state.isGone
            }
            if isGone { return writer.stop() }
            writer.start(HTTPResponse(status: answer.status, headerFields: answer.headers))
        }
    }

    /// - Parameter isHead: Whether only the head is sent; its `Content-Length` is that of the body all the same (RFC 9110 section 8.6).
    private func write(_ answer: HTTPAnswer, bytes: [UInt8], isHead: Bool) {
        var head = HTTPResponse(status: answer.status, headerFields: answer.headers)
        if answer.status != .noContent { head.headerFields.append(HTTPField(name: .contentLength, value: String(bytes.count))) }
        let write = { @Sendable [channel, head] in
            channel.write(HTTPResponsePart.head(head), promise: nil)
            if !bytes.isEmpty, !isHead { channel.write(HTTPResponsePart.body(ByteBuffer(bytes: bytes)), promise: nil) }
            channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        }
        if channel.eventLoop.inEventLoop { write() } else { channel.eventLoop.execute(write) }
    }
}
