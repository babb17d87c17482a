import HTTPTypes
import MCPCore
import Synchronization

/// The answer to one request while it is not decided what it will be: one JSON body, unless something is sent before the response or that
/// takes long; then an event stream.
final class PendingAnswer: Sendable {
    private enum State {
        case undecided
        case stream(MessageQueue)
        case answered
    }

    private let state = Mutex(State.undecided)
    private let streams: EventStreams
    private let respond: @Sendable (HTTPAnswer) -> Void

    /// - Parameter respond: Called once.
    init(streams: EventStreams, respond: @escaping @Sendable (HTTPAnswer) -> Void) {
        self.streams = streams
        self.respond = respond
    }

    /// Sends what comes before the response; suspends while the client is slow.
    /// - Throws: `TransportError.closed` once the client is gone.
    func send(_ message: JSONRPCMessage) async throws {
        let (queue, isNew) = try queue()
        guard isNew else { return try await queue.send(message) }
        var first: [UInt8] = []
        EventStreamEncoder.append(message, to: &first)
        open(queue, with: first)
    }

    /// Turns to a stream, with a comment at once, so that the status and the headers are on their way.
    func openStream() {
        guard let (queue, isNew) = try? queue(), isNew else { return }
        open(queue, with: EventStreamEncoder.keepAlive)
    }

    func finish(_ response: JSONRPCResponse, status: HTTPResponse.Status) {
        let queue = state.withLock { state -> MessageQueue?? in
            defer { state = .answered }
            return switch state {
            case .undecided: .some(nil)
            case .stream(let queue): queue
            case .answered: nil
            }
        }
        switch queue {
        case .some(nil): respond(.json(response, status: status))
        case let queue??: queue.finish(with: .response(response))
        case nil: break
        }
    }

    private func queue() throws -> (MessageQueue, isNew: Bool) {
        try state.withLock { state in
            switch state {
            case .stream(let queue): return (queue, false)
            case .undecided:
                let queue = MessageQueue()
                state = .stream(queue)
                return (queue, true)
            case .answered: throw TransportError.closed("the request has been answered")
            }
        }
    }

    private func open(_ queue: MessageQueue, with first: [UInt8]) {
        respond(.eventStream(streams.body(QueueSource(first: first, queue)) { queue.abandon() }))
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

    func takeReady() -> (bytes: [UInt8], isEnd: Bool) {
        var bytes = takeFirst() ?? []
        let (messages, isEnd, isTicked) = queue.takeReady()
        for message in messages { EventStreamEncoder.append(message, to: &bytes) }
        if isTicked, bytes.isEmpty, !isEnd { bytes = EventStreamEncoder.keepAlive }
        return (bytes, isEnd)
    }

    func whenReady(_ action: @escaping @Sendable () -> Void) -> Bool {
        queue.whenReady(action)
        return true
    }

    private func takeFirst() -> [UInt8]? {
        first.withLock { first in
            defer { first = nil }
            return first
        }
    }

    func nextChunk() async -> [UInt8]? {
        if let waiting = takeFirst() { return waiting }
        return switch await queue.next() {
        case .message(let message)?: EventStreamEncoder.event(message.serialized())
        case .tick?: EventStreamEncoder.keepAlive
        case nil: nil
        }
    }

    func tick() { queue.tick() }
}
