import MCPCore
import Synchronization

/// One POST of the per-request era. It owns its answer: closing it cancels the handler, and nothing is looked up by an id that the client chose.
struct PerRequestExchange: Sendable {
    let kernel: ServerKernel
    let keepAlive: Duration
    let slowAnswers: SlowAnswerAlarm

    /// One JSON body, unless the handler sends something before its result or takes long: then an event stream.
    func answer(_ request: JSONRPCRequest, peer: Peer) async -> HTTPAnswer {
        let queue = MessageQueue()
        // A task of its own, because it outlives this function when the answer is a stream; the stream then owns it.
        let work = Task { [kernel] in
            let response = await kernel.respond(to: request, peer: peer) { try await queue.send(.notification($0)) }
            queue.finish(with: .response(response))
        }
        let first = await withTaskCancellationHandler {
            await slowAnswers.watching(wake: queue.tick) { await queue.next() }
        } onCancel: {
            work.cancel()
            queue.abandon()
        }
        switch first {
        case .message(.response(let response))?: return .json(response, status: HTTPStatusRules.status(of: response))
        case .message(let message)?: return stream(EventStreamEncoder.event(message.json.serialized()), queue, work)
        // A comment at once, so that the status and the headers are on their way.
        case .tick?: return stream(EventStreamEncoder.keepAlive, queue, work)
        case nil:
            return .refused(.init(code: 499, reasonPhrase: "Client Closed Request"), "The request was closed", id: request.id)
        }
    }

    private func stream(_ first: [UInt8], _ queue: MessageQueue, _ work: Task<Void, Never>) -> HTTPAnswer {
        .eventStream(
            EventStreamBody(QueueSource(first: first, queue), keepAlive: keepAlive) {
                work.cancel()
                queue.abandon()
            })
    }
}

/// A chunk that has been made already, and then the messages of a queue.
private final class QueueSource: EventSource {
    private let first: Mutex<[UInt8]?>
    private let queue: MessageQueue

    init(first: [UInt8], _ queue: MessageQueue) {
        self.first = Mutex(first)
        self.queue = queue
    }

    func nextChunk() async -> [UInt8]? {
        let waiting = first.withLock { first in
            defer { first = nil }
            return first
        }
        if let waiting { return waiting }
        return switch await queue.next() {
        case .message(let message)?: EventStreamEncoder.event(message.json.serialized())
        case .tick?: EventStreamEncoder.keepAlive
        case nil: nil
        }
    }

    func tick() { queue.tick() }
}
