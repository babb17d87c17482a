import AsyncHTTPClient
import MCPCore
import MCPHTTP
import Synchronization

/// Reads the messages of an event stream, and of the streams that take it up again.
///
/// What is no message is skipped: events of other types, which the specification leaves to servers, and data that is no JSON-RPC. The stream goes on behind it.
final class EventStreamReader: Sendable {
    /// Nothing has come for as long as is allowed.
    struct Silence: Error, CustomStringConvertible {
        let limit: Duration
        var description: String { "the server sent nothing on its event stream for \(limit)" }
    }

    /// What the stream is waiting for.
    private enum Wait: Sendable {
        case server(beats: Int)
        /// A message is being handed on, for however long whoever takes it needs.
        case receiver
    }

    private struct State {
        var parser: EventStreamParser
        var wait = Wait.server(beats: 0)
        var fault: String?
        var hasEvent = false
    }

    private let transport: HTTPClientTransport
    private let state: Mutex<State>

    init(_ transport: HTTPClientTransport) {
        self.transport = transport
        state = Mutex(State(parser: EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes)))
    }

    /// The id that takes the stream up again.
    var lastEventID: String? { state.withLock { $0.parser.lastEventID } }
    var retryMilliseconds: Int? { state.withLock { $0.parser.retryMilliseconds } }
    /// What was wrong with the last data that was no message.
    var fault: String? { state.withLock(\.fault) }
    /// Whether the stream that was read last has brought an event.
    var hasEvent: Bool { state.withLock(\.hasEvent) }

    /// Gets ready for a stream that takes up the one before.
    func resume() { state.withLock { $0.parser = $0.parser.resumed() } }

    /// Gets ready for a stream that has nothing to do with the one before.
    func begin() { state.withLock { $0.parser = EventStreamParser(maximumBytes: transport.limits.maximumResponseBytes) } }

    /// Reads a stream.
    /// - Parameters:
    ///   - mayEnd: Asked when the server has been silent for as long as is allowed: whether the stream counts as lost.
    ///   - take: Takes the messages, in order, and says when it has what it wants.
    /// - Returns: What `take` has given; `nil` where the stream ends before.
    /// - Throws: `Silence`; `TransportError.limit` for an event that is too long; what cuts the stream; `CancellationError`.
    func read<Value: Sendable>(
        _ response: HTTPClientResponse, mayEnd: @escaping @Sendable () -> Bool = { true }, _ take: @escaping @Sendable (JSONRPCMessage) async -> Value?
    ) async throws -> Value? {
        state.withLock { state in
            state.wait = .server(beats: 0)
            state.hasEvent = false
        }
        guard let limit = transport.limits.maximumSilence else { return try await events(of: response, take) }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await self.events(of: response, take) }
            group.addTask {
                // In parts, so that a stream that has just been heard is not looked at only after twice the time.
                repeat { try await self.transport.limits.clock.sleep(for: limit / Self.beatsOfSilence) } while !self.isSilent() || !mayEnd()
                throw Silence(limit: limit)
            }
            // The reader ends with the group: its connection is closed.
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private static let beatsOfSilence = 4

    /// Counts a part of the time that is allowed.
    /// - Returns: Whether nothing has come in all of it.
    private func isSilent() -> Bool {
        state.withLock { state in
            guard case .server(let beats) = state.wait else { return false }
            state.wait = .server(beats: beats + 1)
            return beats + 1 >= Self.beatsOfSilence
        }
    }

    private func events<Value: Sendable>(of response: HTTPClientResponse, _ take: @Sendable (JSONRPCMessage) async -> Value?) async throws -> Value? {
        for try await part in response.body {
            let events: [ServerSentEvent]
            do {
                events = try state.withLock { state throws(EventStreamParser.LimitError) in
                    state.wait = .receiver
                    let events = try state.parser.feed(part.readableBytesView)
                    if !events.isEmpty { state.hasEvent = true }
                    return events
                }
            } catch { throw TransportError.limit("\(error)") }
            for event in events {
                for message in messages(in: event) {
                    if let value = await take(message) { return value }
                }
            }
            state.withLock { $0.wait = .server(beats: 0) }
        }
        return nil
    }

    private func messages(in event: ServerSentEvent) -> [JSONRPCMessage] {
        guard event.type == "message" else {
            transport.report(.ignored("an event of type \(event.type.prefix(40))"))
            return []
        }
        return HTTPClientTransport.messages(in: event.data) { fault in
            transport.report(.malformed(reason: fault, excerpt: String(decoding: event.data.prefix(200), as: UTF8.self)))
            state.withLock { $0.fault = fault }
        }
    }
}
