import MCPCore
import MCPQueues
import Synchronization

/// A stream of the handshake era: its events have ids, and a client that has lost it takes it up again behind the last one that it saw.
///
/// As long as nothing but a single response has come it is no event stream yet, and nothing is kept. From then on each event is in the store before it is
/// sent. While somebody reads, senders wait for a slow reader; while nobody does, they do not.
final class SessionStream: Sendable {
    /// What a reader gets.
    enum Item: Sendable {
        case event(StoredEvent)
        /// Nothing has come for a while.
        case tick
        /// The connection is to be closed, and the stream taken up again later behind the last event that was taken.
        case closeConnection(retry: Duration?, taken: Int)
    }

    /// What becomes of the answer to a request.
    enum Opening: Sendable {
        /// One JSON body: nobody has seen an id of this stream, so that it is over.
        case response(JSONRPCResponse)
        case eventStream
        /// An event stream, because nothing has come for a while.
        case slowEventStream
        /// There is no reader or no response any more.
        case ended
    }

    fileprivate struct State {
        /// Whether this is an event stream, whose messages are kept.
        var isEventStream: Bool
        /// The whole answer, where it is no event stream.
        var response: JSONRPCResponse?
        var nextNumber = 1
        var isFinished = false
        /// The reader that the stream belongs to now; a newer one takes it over.
        var reader = 0
        /// Whether that reader is still there.
        var isRead = false
        /// What that reader has not taken yet.
        var waiting: [Item] = []
        /// Wakes the reader.
        var waiter: CheckedContinuation<Void, Never>?
        /// Told instead, where the reader does not wait.
        var onReady: (@Sendable () -> Void)?
        /// The number of the last event that has been sent, read or not.
        var sent = 0
        /// The number of the last event that waits for the reader, or that it has taken.
        var queued = 0
        /// The number of the last event that a reader has taken.
        var taken = 0
        var isTicked = false
        var senders = RoomLine<Void, Void>()
        /// Whom the change has woken that is being made.
        var wakes = Wakes()

        /// Whether nobody who sends has to wait for the reader.
        var hasRoom: Bool { waiting.count < SessionStream.capacity || !isRead || isFinished }
    }

    /// Events that wait for a reader; beyond it senders wait.
    fileprivate static let capacity = 16

    let key: EventStreamKey
    private let store: any EventStore
    private let onDetach: @Sendable () -> Void
    private let onFailure: @Sendable (any Error) -> Void
    private let turns = Turnstile()
    private let state: Mutex<State>

    /// - Parameters:
    ///   - mayBeOneResponse: Whether a response that comes first is the whole answer.
    ///   - onDetach: Called when the stream has been read, and is not any more.
    ///   - onFailure: Takes the error of a store that could not keep an event, with which the stream ends.
    init(
        key: EventStreamKey, store: any EventStore, mayBeOneResponse: Bool, onDetach: @escaping @Sendable () -> Void = {},
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.key = key
        self.store = store
        self.onDetach = onDetach
        self.onFailure = onFailure
        state = Mutex(State(isEventStream: !mayBeOneResponse))
    }

    /// Whether nothing more comes.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Whether somebody reads, or is about to.
    var isRead: Bool { state.withLock { $0.isRead } }

    /// Whether this is an event stream by now, which can be taken up again.
    var isEventStream: Bool { state.withLock { $0.isEventStream } }

    /// The number of the last event that a reader has taken.
    var taken: Int { state.withLock { $0.taken } }

    /// The number of the last event that was sent.
    var last: Int { state.withLock { $0.sent } }

    /// How many wait for the reader to make room.
    var waitingSenders: Int { state.withLock { $0.senders.count } }

    /// Changes the state, and wakes whom that has woken when the lock is free again: the runtime holds a task's own lock while it calls its cancellation handler, which waits for this
    /// one, and takes it to resume a task.
    private func change<Value: Sendable>(_ body: (inout State) throws -> Value) rethrows -> Value {
        let (value, wakes) = try state.withLock { state in
            let value = try body(&state)
            defer { state.wakes = Wakes() }
            return (value, state.wakes)
        }
        wakes.perform()
        return value
    }

    // MARK: Sending

    /// Sends a message; suspends first while somebody reads who is slower.
    /// - Throws: `CancellationError` where the task was cancelled while it waited for the reader, or before and there was not even the room that is kept for that: then nothing of the message
    ///   is sent.
    func send(_ message: JSONRPCMessage) async throws {
        let isWholeAnswer = change { state in
            guard case .response(let response) = message, !state.isEventStream else {
                state.isEventStream = true
                return false
            }
            state.response = response
            state.wake()
            return true
        }
        guard !isWholeAnswer else { return }
        let bytes = message.json.serialized()
        // Nobody waits for the reader while it is its turn: those behind could not be cancelled.
        while await !turns.pass({ await append(bytes) }) { try await waitForRoom() }
    }

    /// - Returns: Whether that is done; if not, there was no room for it.
    private func append(_ bytes: [UInt8]) async -> Bool {
        let (event, hasRoom): (StoredEvent?, Bool) = change { state in
            guard state.mayAdd else { return (nil, false) }
            guard !state.isFinished else { return (nil, true) }
            defer { state.nextNumber += 1 }
            return (StoredEvent(number: state.nextNumber, message: bytes), true)
        }
        guard let event else { return hasRoom }
        do { try await store.append(event, to: key) } catch {
            onFailure(error)
            finish()
            return true
        }
        change { state in
            state.sent = event.number
            // A reader that came in between has found it in the store.
            guard state.isRead, !state.isFinished, event.number > state.queued else { return }
            state.waiting.append(.event(event))
            state.queued = event.number
            state.wake()
        }
        return true
    }

    /// Nothing more comes behind what has been sent.
    func finish() {
        change { state in
            state.isFinished = true
            state.wake()
            state.wakeSenders()
        }
    }

    private func waitForRoom() async throws { try await state.waitInLine(\.senders) { $0.hasRoom ? .success(()) : nil } }

    // MARK: Reading

    /// Reads what is sent from now on. Whoever read before is ended.
    func attach() -> Reader {
        let reader = change { $0.newReader(isRead: true, taken: $0.sent) }
        return Reader(stream: self, reader: reader)
    }

    /// Reads from behind an event. Whoever read before is ended.
    /// - Returns: `nil` where some of the events behind it are kept no more.
    /// - Throws: What the store throws; then nobody reads.
    func attach(after number: Int) async throws -> Reader? {
        let (reader, sent) = change { ($0.newReader(isRead: true, taken: number), $0.sent) }
        // What comes meanwhile waits for the reader too, so that nothing is missed in between.
        let found: [StoredEvent]?
        do { found = try await store.events(of: key, after: number) } catch {
            detach(reader)
            throw error
        }
        // Whatever the store says: a reader that misses an event may wait for it for ever.
        guard let kept = found, kept.first?.number ?? number + 1 == number + 1, kept.last?.number ?? number >= sent else {
            detach(reader)
            return nil
        }
        change { state in
            guard state.reader == reader, let last = kept.last?.number else { return }
            let newer = state.waiting.filter { if case .event(let event) = $0 { event.number > last } else { true } }
            state.waiting = kept.map(Item.event) + newer
            state.queued = max(state.queued, last)
        }
        return Reader(stream: self, reader: reader)
    }

    struct Reader: Sendable {
        let stream: SessionStream
        let reader: Int

        /// Waits until it is known whether the answer is one response or an event stream; takes nothing.
        func opening() async -> Opening { await stream.opening(reader) }

        /// The next item; `nil` at the end, once another reader has taken over, and once the task is cancelled.
        func next() async -> Item? { await stream.next(reader) }

        /// Takes what is there without waiting.
        /// - Returns: The items, and whether nothing comes after them for this reader.
        func takeReady() -> (items: [Item], isEnd: Bool) { stream.takeReady(reader) }

        /// Has `action` called each time that there may be something to take, and when there is nothing more for this reader.
        func whenReady(_ action: @escaping @Sendable () -> Void) { stream.whenReady(reader, action) }

        /// Wakes the reader if it waits.
        func tick() { stream.tick(reader) }

        /// Reads no more; what comes now is kept for the next reader.
        func detach() { stream.detach(reader) }
    }

    /// Has the reader close its connection; the client takes the stream up again.
    func closeConnection(retry: Duration?) {
        change { state in
            guard state.isRead, !state.isFinished, state.response == nil else { return }
            state.isEventStream = true
            state.waiting.append(.closeConnection(retry: retry, taken: state.queued))
            state.wake()
        }
    }

    private func detach(_ reader: Int) {
        let isReader = change { state in
            guard state.reader == reader else { return false }
            // A number of its own, so that this reader takes nothing more.
            state.newReader(isRead: false, taken: state.taken)
            return true
        }
        if isReader { onDetach() }
    }

    private func tick(_ reader: Int) {
        change { state in
            guard state.reader == reader else { return }
            state.isTicked = true
            state.wake()
        }
    }

    private func opening(_ reader: Int) async -> Opening {
        await decide(reader, cancelled: .ended) { state in
            if let response = state.response { return .response(response) }
            if !state.waiting.isEmpty { return .eventStream }
            if state.isFinished { return .ended }
            guard state.isTicked else { return nil }
            (state.isEventStream, state.isTicked) = (true, false)
            return .slowEventStream
        }
    }

    private func next(_ reader: Int) async -> Item? {
        let item = await decide(reader, cancelled: Item?.none) { state -> Item?? in
            if let item = state.waiting.first {
                state.waiting.removeFirst()
                if state.waiting.count < Self.capacity { state.wakeSenders() }
                if case .event(let event) = item { state.taken = event.number }
                if case .closeConnection = item { state.newReader(isRead: false, taken: state.taken) }
                return .some(item)
            }
            if state.isFinished { return .some(nil) }
            guard state.isTicked else { return nil }
            state.isTicked = false
            return .some(.tick)
        }
        if case .closeConnection? = item { onDetach() }
        return item
    }

    private func takeReady(_ reader: Int) -> (items: [Item], isEnd: Bool) {
        var isDetached = false
        let ready = change { state -> (items: [Item], isEnd: Bool) in
            guard state.reader == reader else { return ([], true) }
            var items: [Item] = []
            for item in state.waiting {
                items.append(item)
                if case .event(let event) = item { state.taken = event.number }
                if case .closeConnection = item {
                    state.newReader(isRead: false, taken: state.taken)
                    isDetached = true
                    return (items, true)
                }
            }
            state.waiting = []
            state.wakeSenders()
            if items.isEmpty, state.isTicked, !state.isFinished { items.append(.tick) }
            state.isTicked = false
            return (items, state.isFinished)
        }
        if isDetached { onDetach() }
        return ready
    }

    private func whenReady(_ reader: Int, _ action: @escaping @Sendable () -> Void) {
        change { state in
            if state.reader == reader { state.onReady = action }
        }
        // What came before is taken now.
        action()
    }

    /// Waits until `decision` has come to one.
    private func decide<Decision: Sendable>(
        _ reader: Int, cancelled: Decision, _ decision: (inout State) -> Decision?
    ) async -> Decision {
        while true {
            var decided: Decision?
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    decided = change { state in
                        guard state.reader == reader, !Task.isCancelled else { return cancelled }
                        if let decided = decision(&state) { return decided }
                        state.waiter = continuation
                        return nil
                    }
                    if decided != nil { continuation.resume() }
                }
            } onCancel: {
                change { if $0.reader == reader { $0.wake() } }
            }
            if let decided { return decided }
        }
    }
}

extension SessionStream {
    /// Whom a change has woken.
    fileprivate struct Wakes: Sendable {
        var reader: CheckedContinuation<Void, Never>?
        var isReady: (@Sendable () -> Void)?
        var senders: [RoomLine<Void, Void>.Member] = []

        func perform() {
            reader?.resume()
            isReady?()
            for sender in senders { sender.resume() }
        }
    }
}

extension SessionStream.State {
    /// Whether this task may add a message. Whoever is cancelled cannot wait, and what it still says is little: that it asks no more. There is some room for it.
    fileprivate var mayAdd: Bool { hasRoom || (Task.isCancelled && waiting.count < 2 * SessionStream.capacity) }

    fileprivate mutating func wake() {
        if let waiter { wakes.reader = waiter }
        waiter = nil
        if let onReady { wakes.isReady = onReady }
    }

    @discardableResult fileprivate mutating func newReader(isRead: Bool, taken: Int) -> Int {
        reader += 1
        self.isRead = isRead
        self.taken = taken
        queued = taken
        waiting = []
        isTicked = false
        wake()
        onReady = nil
        wakeSenders()
        return reader
    }

    fileprivate mutating func wakeSenders() { wakes.senders += senders.removeAll() }
}
