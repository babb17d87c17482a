/// Entries by a key, in the order in which they were added, with pages that survive changes.
struct OrderedEntries<Entry: Sendable>: Sendable {
    private var entries: [String: (ordinal: Int, entry: Entry)] = [:]
    /// In the order of their ordinals.
    private var keys: [(ordinal: Int, key: String)] = []
    private var nextOrdinal = 0

    /// Whether there is, or has been, an entry.
    private(set) var isOffered = false

    subscript(key: String) -> Entry? { entries[key]?.entry }

    var all: [Entry] { keys.compactMap { entries[$0.key]?.entry } }
    var count: Int { keys.count }

    /// - Returns: Whether the key was free.
    mutating func add(_ entry: Entry, for key: String) -> Bool {
        guard entries[key] == nil else { return false }
        entries[key] = (nextOrdinal, entry)
        keys.append((nextOrdinal, key))
        nextOrdinal += 1
        isOffered = true
        return true
    }

    mutating func remove(_ key: String) -> Bool {
        guard let removed = entries.removeValue(forKey: key) else { return false }
        keys.removeAll { $0.ordinal == removed.ordinal }
        return true
    }

    /// One page behind the entry with ordinal `after`, and the ordinal that the next page begins behind.
    func page(after: Int?, count: Int) -> (entries: [Entry], next: Int?) {
        let start = after.map { after in keys.sortedIndex { $0.ordinal > after } } ?? 0
        // At least one entry a page: a list that never ends would keep a client asking.
        let end = start + min(max(count, 1), keys.count - start)
        return (keys[start..<end].compactMap { entries[$0.key]?.entry }, end < keys.count ? keys[end - 1].ordinal : nil)
    }
}

extension RandomAccessCollection {
    /// The first index whose element matches, where all behind it do too; the end where none does. It looks at a number of elements that is the logarithm of theirs.
    func sortedIndex(where matches: (Element) throws -> Bool) rethrows -> Index {
        var (start, count) = (startIndex, self.count)
        while count > 0 {
            let half = count / 2
            let middle = index(start, offsetBy: half)
            if try matches(self[middle]) {
                count = half
            } else {
                start = index(after: middle)
                count -= half + 1
            }
        }
        return start
    }
}
