import Synchronization

/// Keeps results for as long as their server allows (`ttlMs` and `cacheScope`; 2026-07-28, server/utilities/caching).
///
/// A client that is given one asks the server again only when a result is stale, or when the server has told of a change. Clients may share one: what a
/// server calls private is shared only between clients of the same authorization context. Its size is bounded; the longest unused goes first.
public final class ResponseCache: Sendable {
    /// What a result is kept under.
    struct Key: Sendable, Hashable {
        var server: String
        /// `nil` for what anybody may share.
        var context: String?
        var method: String
        /// Params in canonical form, without `_meta`.
        var params: [UInt8]
    }

    /// What has been forgotten of a server so far: a result that was asked for before and comes after may be stale already.
    struct Changes: Sendable, Equatable {
        /// How often everything was forgotten.
        fileprivate var epoch: Int
        /// How many changes the server has told of since.
        fileprivate var count: Int
    }

    private struct Entry {
        var result: JSONObject
        /// By the cache's clock.
        var end: Duration
        var lastUse: Int
        var size: Int
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var size = 0
        var uses = 0
        var epoch = 0
        /// How many changes each server has told of in this epoch.
        var changes: [String: Int] = [:]

        func changes(of server: String) -> Changes { Changes(epoch: epoch, count: changes[server] ?? 0) }

        mutating func remove(_ key: Key) {
            if let entry = entries.removeValue(forKey: key) { size -= entry.size }
        }
    }

    private let state = Mutex(State())
    private let maximumBytes: Int
    private let clock: ClientClock

    /// - Parameter maximumBytes: About how much is kept, counted as written JSON.
    public init(maximumBytes: Int = 16 << 20, clock: ClientClock = .continuous) {
        self.maximumBytes = maximumBytes
        self.clock = clock
    }

    /// Methods whose results carry hints.
    static let methods: Set<String> = [
        "server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list", "resources/read",
    ]

    /// Forgets everything, and keeps no result of what is under way.
    public func removeAll() { state.withLock { $0 = State(epoch: $0.epoch + 1) } }

    /// The number of results that are kept.
    public var count: Int { state.withLock { $0.entries.count } }

    func result(for key: Key) -> JSONObject? {
        let now = clock.now()
        return state.withLock { state in
            for context in [key.context, nil] {
                var key = key
                key.context = context
                guard let entry = state.entries[key] else { continue }
                guard now < entry.end else {
                    state.remove(key)
                    continue
                }
                state.uses += 1
                state.entries[key]?.lastUse = state.uses
                return entry.result
            }
            return nil
        }
    }

    /// Another one after each change that a server tells of.
    func changes(of server: String) -> Changes { state.withLock { $0.changes(of: server) } }

    /// Keeps a result if its hint allows it.
    /// - Parameters:
    ///   - changes: Those that were known when the request was sent: what was told since may have made the result stale.
    ///   - keepsPrivate: Whether it is certain that a private result belongs to the context of the key.
    func store(_ result: JSONObject, for key: Key, changes: Changes, keepsPrivate: Bool = true) {
        guard let hint = CacheHint(of: result), hint.ttlMilliseconds > 0 else { return remove(key) }
        guard keepsPrivate || hint.scope == .public else { return }
        let size = JSONValue.object(result).serialized().count
        var key = key
        if hint.scope == .public { key.context = nil }
        let end = clock.now() + .milliseconds(hint.ttlMilliseconds)
        state.withLock { state in
            state.remove(key)
            guard size <= maximumBytes / 4, state.changes(of: key.server) == changes else { return }
            state.uses += 1
            state.entries[key] = Entry(result: result, end: end, lastUse: state.uses, size: size)
            state.size += size
            while state.size > maximumBytes, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) { state.remove(oldest.key) }
        }
    }

    /// Forgets what a change has made stale, in every context.
    func invalidate(_ change: ServerChange, of server: String) {
        let methods: Set<String>
        var uri: String?
        switch change {
        case .toolsListChanged: methods = ["tools/list"]
        case .promptsListChanged: methods = ["prompts/list"]
        case .resourcesListChanged: methods = ["resources/list", "resources/templates/list"]
        case .resourceUpdated(let updated):
            methods = ["resources/read"]
            uri = updated
        case .elicitationCompleted: return
        }
        let params = uri.map { JSONValue.object(["uri": .string($0)]).canonicalBytes }
        state.withLock { state in
            state.changes[server, default: 0] += 1
            for key in state.entries.keys where key.server == server && methods.contains(key.method) && (params == nil || key.params == params) {
                state.remove(key)
            }
        }
    }

    /// Forgets all results of a method, in every context.
    func discard(_ method: String, of server: String) {
        state.withLock { state in
            state.changes[server, default: 0] += 1
            for key in state.entries.keys where key.server == server && key.method == method { state.remove(key) }
        }
    }

    private func remove(_ key: Key) {
        state.withLock { state in
            state.remove(key)
            var shared = key
            shared.context = nil
            state.remove(shared)
        }
    }
}
