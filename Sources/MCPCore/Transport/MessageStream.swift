/// The writing end of a channel that carries one message after the other: stdio, a socket, in process.
public protocol MessageSink: Sendable {
    /// Writes one message, complete and without a line break; messages are never interleaved. Suspends while the channel is full.
    /// - Throws: `TransportError.closed` once the other end is gone.
    func write(_ message: [UInt8]) async throws
}

/// What came in on a channel: one element is what one read brought, so that a burst costs one hop.
public enum InboundFrames: Sendable {
    case messages([[UInt8]])
    /// A message that was dropped because it is longer than the limit, in bytes.
    case tooLong(limit: Int)
}
