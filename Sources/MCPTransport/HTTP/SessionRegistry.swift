import MCPCore
import Synchronization

/// The sessions of the handshake era that a server has over HTTP.
///
/// A session ends by itself once it has been unused for its lifetime: no request has come or ended, and nobody has read. What has not been asked for again
/// by then is looked for whenever sessions are used, several times a lifetime, so that it takes no memory for long.
final class SessionRegistry: Sendable {
    private struct State {
        var sessions: [String: HTTPSession] = [:]
        /// When sessions that have expired are looked for again.
        var nextSweep: Int64
        /// Which end for new ones, where there is no room.
        var queue: SessionQueue
    }

    /// How often a lifetime those are looked for.
    private static let sweepsPerLifetime: Int64 = 8

    private let state: Mutex<State>
    /// The bytes of the requests that are under way in all sessions.
    private let bytes = Atomic(0)
    private let limit: Int
    private let byteLimit: Int
    private let lifetimeMilliseconds: Int64
    private let environment: ServerEnvironment

    /// - Parameters:
    ///   - limit: The most sessions.
    ///   - byteLimit: The most bytes of requests that are under way in them.
    init(limit: Int, byteLimit: Int, lifetime: Duration, environment: ServerEnvironment) {
        self.limit = limit
        self.byteLimit = byteLimit
        lifetimeMilliseconds = Int64(lifetime / .milliseconds(1))
        self.environment = environment
        state = Mutex(State(nextSweep: environment.now(), queue: SessionQueue(limit: limit)))
    }

    /// How many there are, those that have expired and not been looked for included.
    var count: Int { state.withLock { $0.sessions.count } }

    /// How often all sessions were looked at for one that ends.
    var surveys: Int { state.withLock { $0.queue.surveys } }

    /// The session of that id, if it belongs to that principal; it counts as used.
    func session(_ id: String, principal: Principal?) -> HTTPSession? {
        let now = environment.now()
        let (found, ended) = state.withLock { state -> (HTTPSession?, [HTTPSession]) in
            var ended = sweepIfDue(&state, now)
            guard let session = state.sessions[id], session.principal == principal else { return (nil, ended) }
            if isExpired(session, now) {
                state.sessions[id] = nil
                ended.append(session)
                return (nil, ended)
            }
            session.use.note(now)
            return (session, ended)
        }
        for session in ended { session.end() }
        return found
    }

    /// Adds a session; where there are too many, the one that was longest unused ends.
    func add(_ session: HTTPSession) {
        let now = environment.now()
        let ended = state.withLock { state -> [HTTPSession] in
            var ended = sweepIfDue(&state, now)
            if state.sessions.count >= limit, let unused = state.queue.next(of: state.sessions, at: now) {
                state.sessions[unused.id] = nil
                ended.append(unused)
            }
            state.sessions[session.id] = session
            state.queue.append(session)
            return ended
        }
        for session in ended { session.end() }
    }

    // MARK: Bytes

    /// Counts a request in. Where there are too many bytes, sessions whose clients have gone and left requests behind end, the longest unused first.
    /// - Returns: Whether there is room; then `release` is called at its end.
    func admit(_ size: Int, to session: HTTPSession) -> Bool {
        // One that has just been ended takes no more requests either.
        guard session.use.add(size) else { return true }
        let total = bytes.add(size, ordering: .relaxed).newValue
        guard total > byteLimit, !makeRoom(total - byteLimit, beside: session) else { return true }
        release(size, of: session)
        return false
    }

    /// A request has ended.
    func release(_ size: Int, of session: HTTPSession) {
        if session.use.subtract(size) { bytes.subtract(size, ordering: .relaxed) }
    }

    private func makeRoom(_ needed: Int, beside session: HTTPSession) -> Bool {
        let ended = state.withLock { state -> [HTTPSession] in
            let left = state.sessions.values.filter { $0 !== session && $0.use.bytes > 0 && !$0.isRead }.sorted { $0.use.last < $1.use.last }
            var missing = needed
            var ended: [HTTPSession] = []
            for session in left where missing > 0 {
                missing -= session.use.bytes
                ended.append(session)
            }
            guard missing <= 0 else { return [] }
            for session in ended { state.sessions[session.id] = nil }
            return ended
        }
        for session in ended {
            // At once, and not when its handlers have ended.
            bytes.subtract(session.use.giveUp(), ordering: .relaxed)
            session.end()
        }
        return !ended.isEmpty
    }

    // MARK: Ends

    func remove(_ id: String) { state.withLock { $0.sessions.removeValue(forKey: id) }?.end() }

    func removeAll() {
        let all = state.withLock { state in
            defer { state.sessions = [:] }
            return Array(state.sessions.values)
        }
        for session in all { session.end() }
    }

    private func sweepIfDue(_ state: inout State, _ now: Int64) -> [HTTPSession] { now < state.nextSweep ? [] : sweep(&state, now) }

    /// Takes out what has expired.
    private func sweep(_ state: inout State, _ now: Int64) -> [HTTPSession] {
        state.nextSweep = now + max(lifetimeMilliseconds / Self.sweepsPerLifetime, 1)
        let expired = state.sessions.values.filter { isExpired($0, now) }
        for session in expired { state.sessions[session.id] = nil }
        return expired
    }

    /// A handler that runs does not keep a session whose client never comes back: one that waits for an answer would run for ever.
    private func isExpired(_ session: HTTPSession, _ now: Int64) -> Bool { now - session.use.last >= lifetimeMilliseconds && !session.isRead }
}

/// When a session was last used, and what is under way in it.
final class SessionUse: Sendable {
    private let milliseconds: Atomic<Int64>
    /// `nil` once they are counted no more.
    private let underWay = Mutex<Int?>(0)
    private let environment: ServerEnvironment

    init(_ environment: ServerEnvironment) {
        self.environment = environment
        milliseconds = Atomic(environment.now())
    }

    /// When a request came or ended, or somebody stopped reading; in milliseconds since 1970-01-01T00:00:00Z.
    var last: Int64 { milliseconds.load(ordering: .relaxed) }

    func note(_ now: Int64) { milliseconds.store(now, ordering: .relaxed) }
    func note() { note(environment.now()) }

    /// The bytes of the requests that are under way.
    var bytes: Int { underWay.withLock { $0 ?? 0 } }

    /// - Returns: Whether they are counted.
    func add(_ size: Int) -> Bool {
        underWay.withLock { bytes in
            bytes = bytes.map { $0 + size }
            return bytes != nil
        }
    }

    /// - Returns: Whether they were counted.
    func subtract(_ size: Int) -> Bool { add(-size) }

    /// Counts no more.
    /// - Returns: What was counted.
    func giveUp() -> Int {
        underWay.withLock { bytes in
            defer { bytes = nil }
            return bytes ?? 0
        }
    }
}
