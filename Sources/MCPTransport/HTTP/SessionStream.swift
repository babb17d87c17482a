import MCPCore
import Synchronization

/// A stream of the handshake era: its events have ids, and a client that has lost it takes it up again behind the last one that it saw.
///
/// What is sent while nobody reads is kept, up to a bound; beyond it the oldest is lost.
final class SessionStream: Sendable {
    /// What a reader gets.
    enum Item: Sendable {
        case event(Event)
        /// Nothing has come for a while.
        case tick
    }

    struct Event: Sendable {
        var number: Int
        var message: JSONRPCMessage
    }

    private struct State {
        var events: [Event] = []
        var nextNumber = 1
        var isFinished = false
        /// The reader that the stream belongs to now; a newer one takes it over.
        var reader = 0
        /// Whether that reader is still there.
        var isRead = false
        var waiter: CheckedContinuation<Item?, Never>?
        /// The number of the last event that the reader has taken.
        var taken = 0
        /// The number of the last event that goes out before the client takes the stream up again; `nil` while all go out.
        var pausedAfter: Int?
    }

    let id: Int
    private let limit: Int
    private let state = Mutex(State())

    init(id: Int, limit: Int) {
        self.id = id
        self.limit = limit
    }

    /// Whether nothing more comes.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Whether somebody reads, or is about to.
    var isRead: Bool { state.withLock { $0.isRead } }

    /// The number of the last event that a reader has taken.
    var taken: Int { state.withLock { $0.taken } }

    func send(_ message: JSONRPCMessage) {
        let (waiter, event) = state.withLock { state in
            let event = Event(number: state.nextNumber, message: message)
            state.nextNumber += 1
            state.events.append(event)
            if state.events.count > limit { state.events.removeFirst() }
            let waiter = state.waiter
            if waiter != nil {
                state.waiter = nil
                state.taken = event.number
            }
            return (waiter, event)
        }
        waiter?.resume(returning: .event(event))
    }

    /// Whether what comes now waits until the client takes the stream up again.
    var isPaused: Bool { state.withLock { $0.pausedAfter != nil } }

    /// Ends the reader behind what has been sent, but not the stream: the rest is for who takes it up again.
    func pause() {
        let waiter = state.withLock { state in
            guard !state.isFinished else { return nil as CheckedContinuation<Item?, Never>? }
            state.pausedAfter = state.nextNumber - 1
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// Nothing more comes behind what has been sent.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// Reads from behind an event. Whoever read before is ended.
    /// - Parameter isResumption: Whether the client has come back, so that a pause is over.
    func attach(after number: Int, isResumption: Bool = false) -> Reader {
        let (reader, displaced) = state.withLock { state in
            state.reader += 1
            state.isRead = true
            state.taken = number
            if isResumption { state.pausedAfter = nil }
            defer { state.waiter = nil }
            return (state.reader, state.waiter)
        }
        displaced?.resume(returning: nil)
        return Reader(stream: self, reader: reader)
    }

    struct Reader: Sendable {
        let stream: SessionStream
        let reader: Int

        /// The next event; `nil` at the end, once another reader has taken over, and once the task is cancelled.
        func next() async -> Item? { await stream.next(reader) }

        /// Wakes the reader if it waits.
        func tick() { stream.tick(reader) }

        /// Reads no more; what comes now waits for the next reader.
        func detach() { stream.detach(reader) }
    }

    private func detach(_ reader: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Item?, Never>? in
            guard state.reader == reader else { return nil }
            // A number of its own, so that this reader takes nothing more.
            state.reader += 1
            state.isRead = false
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    private func tick(_ reader: Int) {
        let waiter = state.withLock { state -> CheckedContinuation<Item?, Never>? in
            guard state.reader == reader else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .tick)
    }

    private func next(_ reader: Int) async -> Item? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Item?? = state.withLock { state in
                    guard state.reader == reader, !Task.isCancelled else { return .some(nil) }
                    if let event = state.events.first(where: { $0.number > state.taken }), event.number <= state.pausedAfter ?? .max {
                        state.taken = event.number
                        return .some(.event(event))
                    }
                    if state.isFinished || state.pausedAfter != nil { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Item?, Never>? in
                guard state.reader == reader else { return nil }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }
}

/// The id of an event: its stream and its number in it.
struct EventID: Sendable, Hashable {
    var stream: Int
    var number: Int

    init(stream: Int, number: Int) {
        self.stream = stream
        self.number = number
    }

    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let stream = Int(parts[0]), let number = Int(parts[1]), stream >= 0, number >= 0 else { return nil }
        self.init(stream: stream, number: number)
    }

    var text: String { "\(stream)-\(number)" }
}
