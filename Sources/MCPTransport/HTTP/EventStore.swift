/// Keeps what was sent on the streams of sessions, so that a client that has lost its connection gets what it missed
/// (2025-11-25, basic/transports, "Resumability and Redelivery").
///
/// `MemoryEventStore` is the default. Another one may keep the events outside of the process. It is used from several tasks at once, but
/// the events of one stream are appended one after the other.
public protocol EventStore: Sendable {
    /// Keeps an event behind those that the stream has. Its number is greater than theirs. A store that is full forgets older events for it.
    /// - Throws: Where it cannot be kept; the stream then ends, and its client is told.
    func append(_ event: StoredEvent, to stream: EventStreamKey) async throws

    /// The events of a stream behind a number, oldest first.
    /// - Returns: `nil` where some of them are kept no more: a stream with a gap is not taken up again.
    func events(of stream: EventStreamKey, after number: Int) async throws -> [StoredEvent]?

    /// Forgets a stream. Returns at once; the work may be done later.
    func remove(_ stream: EventStreamKey)

    /// Forgets all streams of a session that has ended. Returns at once; the work may be done later.
    func removeSession(_ session: String)
}

/// A stream of a session.
public struct EventStreamKey: Sendable, Hashable {
    /// The id of the session, which is as good as a password while it lives.
    public var session: String
    /// Unique in the session.
    public var stream: Int

    public init(session: String, stream: Int) {
        self.session = session
        self.stream = stream
    }
}

/// A message as it was sent on a stream.
public struct StoredEvent: Sendable, Hashable {
    /// Its place in the stream, counted from 1.
    public var number: Int
    /// The message as JSON.
    public var message: [UInt8]

    public init(number: Int, message: [UInt8]) {
        self.number = number
        self.message = message
    }
}
