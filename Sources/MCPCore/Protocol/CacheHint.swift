/// How long and by whom a result may be kept (`ttlMs` and `cacheScope`, SEP-2549; 2026-07-28, server/utilities/caching).
public struct CacheHint: Sendable, Hashable {
    /// From the moment of receipt; 0 for a result that is stale at once. A server sends 0 for less.
    public var ttlMilliseconds: Int
    public var scope: CacheScope

    public init(ttlMilliseconds: Int, scope: CacheScope = .private) {
        self.ttlMilliseconds = ttlMilliseconds
        self.scope = scope
    }

    /// The hint of a result; `nil` where it gives none, or none that makes sense: then it may not be kept.
    init?(of result: JSONObject) {
        guard let milliseconds = result["ttlMs"]?.integer, milliseconds >= 0, let scope = result["cacheScope"]?.string.flatMap(CacheScope.init) else {
            return nil
        }
        self.init(ttlMilliseconds: Int(milliseconds), scope: scope)
    }
}

/// Who may share a kept result (`cacheScope`, SEP-2549).
public enum CacheScope: String, Sendable, Hashable {
    /// Anybody: the result is the same for all.
    case `public`
    /// Only the same authorization context.
    case `private`
}
