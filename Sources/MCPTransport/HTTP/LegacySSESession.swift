import MCPCore
import MCPWorkers
import Synchronization

/// A session of the HTTP+SSE transport: one channel of messages, whose two directions travel on different requests.
final class LegacySSESession: Sendable {
    let id: String
    let principal: Principal?
    /// What the client has posted.
    let inbound = InboundQueue()
    /// What goes to the client's event stream.
    let outbound = InboundQueue()
    private let serving: Task<Void, Never>

    init(id: String, principal: Principal?, server: Server) {
        self.id = id
        self.principal = principal
        let connection = ServerConnection(server: server, sink: outbound.sink, principal: principal, sleep: SystemTimer.sleep(for:))
        // Unstructured: it lives as long as the event stream, whose end ends it.
        serving = Task(executorPreference: CurrentExecutor.preference) { [inbound, outbound] in
            defer { outbound.finish() }
            // A queue does not fail.
            try? await connection.run(inbound)
        }
    }

    /// Takes nothing more. The stream ends once what was asked has been answered.
    func finish() { inbound.finish() }

    /// Ends the session: what runs in it is cancelled.
    func end() {
        inbound.finish()
        outbound.finish()
        serving.cancel()
    }
}

/// The sessions that are open, up to a limit. None is ended for another: each holds a connection of its client.
final class LegacySSESessions: Sendable {
    private struct State {
        var sessions: [String: LegacySSESession] = [:]
        var isEnding = false
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func session(_ id: String) -> LegacySSESession? { state.withLock { $0.sessions[id] } }

    /// - Returns: Why the session is not taken, for its client; `nil` where it is.
    func add(_ session: LegacySSESession) -> String? {
        state.withLock { state in
            guard !state.isEnding else { return "The server is ending; try again later" }
            guard state.sessions.count < limit else { return "The server has too many sessions; try again later" }
            state.sessions[session.id] = session
            return nil
        }
    }

    func remove(_ id: String) { state.withLock { $0.sessions.removeValue(forKey: id) }?.end() }

    /// Takes no further session, and nothing more from those that there are.
    func finishAll() {
        let all = state.withLock { state in
            state.isEnding = true
            return Array(state.sessions.values)
        }
        for session in all { session.finish() }
    }

    func endAll() {
        let all = state.withLock { state in
            defer { state.sessions = [:] }
            return Array(state.sessions.values)
        }
        for session in all { session.end() }
    }
}

/// The opening event of a stream, and then the messages of a queue.
final class LegacySSESource: EventSource {
    private struct State {
        var opening: [UInt8]?
        var isTicked = false
    }

    private let queue: InboundQueue
    private let state: Mutex<State>

    init(opening: [UInt8], _ queue: InboundQueue) {
        self.queue = queue
        state = Mutex(State(opening: opening))
    }

    func takeReady() -> (bytes: [UInt8], isEnd: Bool) { (takeOpening() ?? [], false) }

    private func takeOpening() -> [UInt8]? {
        state.withLock { state in
            defer { state.opening = nil }
            return state.opening
        }
    }

    func nextChunk() async -> [UInt8]? {
        if let opening = takeOpening() { return opening }
        var iterator = queue.makeAsyncIterator()
        guard case .messages(let messages)? = try? await iterator.next() else { return nil }
        // Nothing is in what a tick has put there.
        guard !messages.isEmpty else {
            state.withLock { $0.isTicked = false }
            return EventStreamEncoder.keepAlive
        }
        return messages.flatMap { EventStreamEncoder.event($0) }
    }

    func tick() {
        let isFirst = state.withLock { state in
            defer { state.isTicked = true }
            return !state.isTicked
        }
        if isFirst { _ = queue.offer(.messages([])) }
    }
}
