/// The writing end of a channel that carries one message after the other: stdio, a socket, in process.
public protocol MessageSink: Sendable {
    /// Writes one message, complete and without a line break; messages are never interleaved. Suspends while the channel is full.
    /// - Throws: `TransportError.closed` once the other end is gone.
    func write(_ message: [UInt8]) async throws

    /// Takes a message where that needs no waiting; whoever sends small ones is spared a suspension. Where others wait for room, it goes before them at most once.
    /// - Returns: Whether it was taken, as if `write` had ended. If not, nothing of it is written: `write` waits for room. Always `false` where a channel does not say.
    /// - Throws: `TransportError.closed` once the other end is gone.
    func offer(_ message: [UInt8]) throws -> Bool

    /// Writes several messages one after the other, in one go where the channel can.
    /// - Throws: `TransportError.closed` once the other end is gone.
    func write(contentsOf messages: [[UInt8]]) async throws
}

extension MessageSink {
    public func offer(_ message: [UInt8]) throws -> Bool { false }

    public func write(contentsOf messages: [[UInt8]]) async throws {
        for message in messages { try await write(message) }
    }
}

/// What came in on a channel: one element is what one read brought, so that a burst costs one hop.
public enum InboundFrames: Sendable {
    case messages([[UInt8]])
    /// A message that came by itself with a token of its own, and who that says the client is: `nil` where nobody is asked.
    indirect case message([UInt8], of: Principal?)
    /// A message that was dropped because it is longer than the limit, in bytes; and how it begins, where that is known: some hundred bytes, to tell whose it was.
    indirect case tooLong(limit: Int, beginning: [UInt8] = [])

    /// The bytes that are held. A message takes some however short it is, so that a flood of empty ones is bounded too.
    var byteCount: Int {
        let overhead = 32
        return switch self {
        case .messages(let messages): messages.reduce(0) { $0 + $1.count + overhead }
        case .message(let message, _): message.count + overhead
        case .tooLong(_, let beginning): beginning.count + overhead
        }
    }
}
