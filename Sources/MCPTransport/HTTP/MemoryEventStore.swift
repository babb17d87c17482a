import Synchronization

/// Keeps events in memory, up to bounds for each session and for all of them.
///
/// Beyond the bounds of a session its oldest event goes first, whichever stream it belongs to; beyond those of the store all events of the
/// session that was quiet longest. The newest event of a session is always kept. A stream that has lost an event which its client has not seen cannot be
/// taken up again, and the client is told so; the connection that it has goes on.
public final class MemoryEventStore: EventStore {
    fileprivate struct Stream {
        var events: [StoredEvent] = []
        /// The number of the newest event that was forgotten.
        var forgotten = 0
    }

    fileprivate struct Session {
        var streams: [Int: Stream] = [:]
        var count = 0
        var bytes = 0
        /// When it was appended to last, counted in events of the store.
        var lastUse = 0
        /// The streams of the events, oldest first; those of removed streams are skipped.
        var order: [Int] = []
        var firstInOrder = 0
    }

    fileprivate struct State {
        var sessions: [String: Session] = [:]
        var bytes = 0
        var uses = 0
    }

    private let maximumEvents: Int
    private let maximumBytes: Int
    private let maximumTotalBytes: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximumEvents: The most events of a session.
    ///   - maximumBytes: The most bytes of the messages of a session.
    ///   - maximumTotalBytes: The most bytes of the messages of all sessions.
    public init(maximumEvents: Int = 1024, maximumBytes: Int = 4 << 20, maximumTotalBytes: Int = 256 << 20) {
        self.maximumEvents = max(maximumEvents, 1)
        self.maximumBytes = maximumBytes
        self.maximumTotalBytes = maximumTotalBytes
    }

    /// The bytes of all messages that are kept.
    public var byteCount: Int { state.withLock { $0.bytes } }

    public func append(_ event: StoredEvent, to stream: EventStreamKey) {
        state.withLock { state in
            state.uses += 1
            var session = state.sessions.removeValue(forKey: stream.session) ?? Session()
            let before = session.bytes
            session.append(event, to: stream.stream)
            session.lastUse = state.uses
            while session.count > 1, session.count > maximumEvents || session.bytes > maximumBytes { session.forgetOldest() }
            state.bytes += session.bytes - before
            // Looked for while this session is not among them: what was just appended stays.
            while state.bytes > maximumTotalBytes, state.forgetQuietest() {}
            state.sessions[stream.session] = session
        }
    }

    public func events(of stream: EventStreamKey, after number: Int) -> [StoredEvent]? {
        state.withLock { state in
            // Of a stream that is not known nothing was kept, or it has been forgotten: then a client that has seen some of it may have missed the rest.
            guard let kept = state.sessions[stream.session]?.streams[stream.stream] else { return number > 0 ? nil : [] }
            guard kept.forgotten <= number else { return nil }
            return Array(kept.events[(kept.events.firstIndex { $0.number > number } ?? kept.events.count)...])
        }
    }

    public func remove(_ stream: EventStreamKey) {
        state.withLock { state in
            guard var session = state.sessions.removeValue(forKey: stream.session) else { return }
            let before = session.bytes
            session.remove(stream.stream)
            state.bytes += session.bytes - before
            state.sessions[stream.session] = session
        }
    }

    public func removeSession(_ session: String) {
        state.withLock { state in state.bytes -= state.sessions.removeValue(forKey: session)?.bytes ?? 0 }
    }
}

extension MemoryEventStore.Session {
    fileprivate mutating func append(_ event: StoredEvent, to stream: Int) {
        // One that was removed before may still be sent on.
        streams[stream, default: .init(forgotten: event.number - 1)].events.append(event)
        order.append(stream)
        count += 1
        bytes += event.message.count
    }

    fileprivate mutating func forgetOldest() {
        while firstInOrder < order.count {
            let stream = order[firstInOrder]
            firstInOrder += 1
            if firstInOrder > 1024, firstInOrder * 2 > order.count {
                order.removeFirst(firstInOrder)
                firstInOrder = 0
            }
            guard let event = streams[stream]?.events.first else { continue }
            streams[stream]?.events.removeFirst()
            streams[stream]?.forgotten = event.number
            count -= 1
            bytes -= event.message.count
            return
        }
    }

    fileprivate mutating func remove(_ stream: Int) {
        guard let removed = streams.removeValue(forKey: stream) else { return }
        count -= removed.events.count
        bytes -= removed.events.reduce(0) { $0 + $1.message.count }
        order.removeSubrange(..<firstInOrder)
        firstInOrder = 0
        order.removeAll { $0 == stream }
    }

    /// Forgets all events, and remembers that there were some.
    fileprivate mutating func forgetAll() {
        streams = streams.mapValues { stream in .init(forgotten: stream.events.last?.number ?? stream.forgotten) }
        (count, bytes, order, firstInOrder) = (0, 0, [], 0)
    }
}

extension MemoryEventStore.State {
    /// - Returns: Whether there was a session to forget.
    fileprivate mutating func forgetQuietest() -> Bool {
        let quietest = sessions.filter { $0.value.bytes > 0 }.min { $0.value.lastUse < $1.value.lastUse }
        guard let quietest else { return false }
        bytes -= quietest.value.bytes
        sessions[quietest.key]?.forgetAll()
        return true
    }
}
