/// Who is held to a rate.
enum Caller: Sendable, Hashable {
    case principal(String)
    case connection(ConnectionID)
    /// Nothing tells callers apart.
    case anyone

    init(_ peer: Peer) {
        if let principal = peer.principal {
            self = .principal(principal.id)
        } else if let connection = peer.connection {
            self = .connection(connection)
        } else {
            self = .anyone
        }
    }
}

/// The buckets of all callers, in bounded memory. A value: time is given to it, in milliseconds.
struct RateTable: Sendable {
    enum Verdict: Sendable, Hashable {
        case granted
        /// - Parameters:
        ///   - milliseconds: After which there is room again.
        ///   - isFirst: Whether the caller's request before this one was granted.
        case refused(milliseconds: Int64, isFirst: Bool)
    }

    fileprivate struct Entry: Sendable {
        var bucket: TokenBucket
        var isRefusing = false
    }

    private let limit: RateLimit
    private let maximumCallers: Int
    private var entries: [Caller: Entry] = [:]

    init(_ limit: RateLimit, maximumCallers: Int = 10_000) {
        self.limit = limit
        self.maximumCallers = maximumCallers
    }

    var count: Int { entries.count }

    mutating func take(for caller: Caller, at now: Int64) -> Verdict {
        if entries[caller] == nil { makeRoom(at: now) }
        // Changed in place.
        return entries[caller, default: Entry(bucket: TokenBucket(limit, at: now))].take(at: now)
    }

    /// A caller whose bucket is full is forgotten without a loss. Where that is not enough, those go that were quiet longest, half of them, so that the
    /// search is rare.
    private mutating func makeRoom(at now: Int64) {
        guard entries.count >= maximumCallers else { return }
        entries = entries.filter { !$0.value.bucket.isFull(at: now) }
        guard entries.count >= maximumCallers else { return }
        let oldest = entries.sorted { $0.value.bucket.lastUsed < $1.value.bucket.lastUsed }.prefix(max(maximumCallers / 2, 1))
        for (caller, _) in oldest { entries[caller] = nil }
    }
}

extension RateTable.Entry {
    fileprivate mutating func take(at now: Int64) -> RateTable.Verdict {
        guard let milliseconds = bucket.take(at: now) else {
            isRefusing = false
            return .granted
        }
        defer { isRefusing = true }
        return .refused(milliseconds: milliseconds, isFirst: !isRefusing)
    }
}
