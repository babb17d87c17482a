import MCPCore
import Synchronization

/// The sessions of the handshake era that a server has over HTTP.
final class SessionRegistry: Sendable {
    private struct Entry {
        var session: HTTPSession
        var lastUsed: Int64
    }

    private let sessions = Mutex<[String: Entry]>([:])
    private let limit: Int
    private let lifetimeMilliseconds: Int64
    private let environment: ServerEnvironment

    init(limit: Int, lifetime: Duration, environment: ServerEnvironment) {
        self.limit = limit
        lifetimeMilliseconds = Int64(lifetime / .milliseconds(1))
        self.environment = environment
    }

    /// The session of that id, if it belongs to that principal; it counts as used.
    func session(_ id: String, principal: Principal?) -> HTTPSession? {
        let now = environment.now()
        return sessions.withLock { sessions in
            guard let entry = sessions[id], entry.session.principal == principal else { return nil }
            guard entry.session.isBusy || now - entry.lastUsed < lifetimeMilliseconds else {
                sessions[id] = nil
                entry.session.end()
                return nil
            }
            sessions[id]?.lastUsed = now
            return entry.session
        }
    }

    /// Adds a session; where there are too many, the one that was longest unused ends.
    func add(_ session: HTTPSession) {
        let now = environment.now()
        let ended = sessions.withLock { sessions -> [HTTPSession] in
            var ended: [HTTPSession] = []
            if sessions.count >= limit {
                let expired = sessions.filter { now - $0.value.lastUsed >= lifetimeMilliseconds && !$0.value.session.isBusy }
                for (id, entry) in expired {
                    sessions[id] = nil
                    ended.append(entry.session)
                }
                if sessions.count >= limit, let oldest = sessions.min(by: { $0.value.lastUsed < $1.value.lastUsed }) {
                    sessions[oldest.key] = nil
                    ended.append(oldest.value.session)
                }
            }
            sessions[session.id] = Entry(session: session, lastUsed: now)
            return ended
        }
        for session in ended { session.end() }
    }

    func remove(_ id: String) { sessions.withLock { $0.removeValue(forKey: id) }?.session.end() }

    func removeAll() {
        let all = sessions.withLock { sessions in
            defer { sessions = [:] }
            return sessions.values.map(\.session)
        }
        for session in all { session.end() }
    }
}
