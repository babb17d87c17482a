import HTTPTypes
import MCPHTTP
import NIOCore
import NIOHTTPTypes
import Synchronization

/// The request of a connection that is being answered: the task of its handler, and that of its stream where the answer is one.
final class ConnectionExchange: Sendable {
    private struct State {
        var handler: Task<Void, Never>?
        var stream: Task<Void, Never>?
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
    func begin(_ head: HTTPRequest, body: [UInt8]?) {
        state.withLock { state in
            guard !state.isGone else { return }
            // Unstructured, because an event loop begins it; the connection owns it and waits for it in `end`.
            state.handler = Task { [self] in await endpoint.serve(head, body) { self.write($0, isHead: head.method == .head) } }
        }
    }

    /// The client waits for no answer any more.
    func cancel() {
        let (handler, stream) = state.withLock { state in
            state.isGone = true
            return (state.handler, state.stream)
        }
        handler?.cancel()
        stream?.cancel()
    }

    /// Cancels what runs and waits for it.
    func end() async {
        cancel()
        let (handler, stream) = state.withLock { ($0.handler, $0.stream) }
        await handler?.value
        await stream?.value
    }

    private func write(_ answer: HTTPAnswer, isHead: Bool) {
        switch answer.body {
        case .none: write(answer, bytes: [], isHead: isHead)
        case .bytes(let bytes): write(answer, bytes: bytes, isHead: isHead)
        case .stream(let body):
            let head = HTTPResponse(status: answer.status, headerFields: answer.headers)
            let isGone = state.withLock { state in
                guard !state.isGone else { return true }
                // Unstructured, because the handler still runs and gives the stream what to send; the connection owns it.
                state.stream = Task { [self] in await pump(body, head) }
                return false
            }
            guard isGone else { return }
            body.close()
            channel.close(promise: nil)
        }
    }

    /// - Parameter isHead: Whether only the head is sent; its `Content-Length` is that of the body all the same (RFC 9110 section 8.6).
    private func write(_ answer: HTTPAnswer, bytes: [UInt8], isHead: Bool) {
        var head = HTTPResponse(status: answer.status, headerFields: answer.headers)
        if answer.status != .noContent { head.headerFields.append(HTTPField(name: .contentLength, value: String(bytes.count))) }
        channel.eventLoop.execute { [channel, head] in
            channel.write(HTTPResponsePart.head(head), promise: nil)
            if !bytes.isEmpty, !isHead { channel.write(HTTPResponsePart.body(ByteBuffer(bytes: bytes)), promise: nil) }
            channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        }
    }

    /// Sends the chunks of a stream, each when the one before has left: a slow client slows whoever fills the stream. What is there at once goes
    /// together.
    private func pump(_ body: EventStreamBody, _ head: HTTPResponse) async {
        defer { body.close() }
        do {
            var (bytes, isEnd) = body.takeReady()
            channel.write(HTTPResponsePart.head(head), promise: nil)
            while true {
                if isEnd {
                    if !bytes.isEmpty { channel.write(HTTPResponsePart.body(ByteBuffer(bytes: bytes)), promise: nil) }
                    break
                }
                try await channel.writeAndFlush(HTTPResponsePart.body(ByteBuffer(bytes: bytes)))
                guard let next = await body.next() else { break }
                let ready = body.takeReady()
                (bytes, isEnd) = (next + ready.bytes, ready.isEnd)
            }
            channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        } catch {
            // The client is gone, and the channel tells the handler that.
        }
    }
}
