/// Names and where each stands in a list, found by their code points without allocation.
struct NameTable: Sendable {
    private(set) var names: [String] = []
    /// Indices into `names` by hash, with -1 for a free slot; empty while the names are few enough to be looked through.
    private var slots: [Int32] = []

    private static let scanned = 6

    init() {}

    /// Later duplicates are left out.
    init(_ names: some Sequence<String>) {
        for name in names { insert(name) }
    }

    /// The position of the name, which is added when it is new.
    @discardableResult
    mutating func insert(_ name: String) -> Int {
        if let index = index(of: name) { return index }
        names.append(name)
        if names.count > Self.scanned {
            if names.count * 2 > slots.count {
                slots = Array(repeating: -1, count: max(16, slots.count * 2))
                for index in names.indices { place(index) }
            } else {
                place(names.count - 1)
            }
        }
        return names.count - 1
    }

    private mutating func place(_ index: Int) {
        var slot = Self.hash(names[index]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index)
    }

    func index(of name: String) -> Int? {
        if slots.isEmpty {
            for index in names.indices where names[index].hasSameBytes(as: name) { return index }
            return nil
        }
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if names[index].hasSameBytes(as: name) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a. Whoever writes the names also writes the schema, so that collisions hurt only themselves.
    private static func hash(_ name: String) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
