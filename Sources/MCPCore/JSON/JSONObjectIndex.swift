/// Where the members of a large object stand, by name: a hash table of positions with linear probing.
///
/// `Hasher` has a seed of the process, so nobody can choose names that fall on one another.
struct JSONObjectIndex: Sendable {
    /// A position, or one of the marks below; their number is a power of two.
    private var slots: [Int32]
    /// Slots that are not free.
    private var used = 0

    private static let free: Int32 = -1
    /// Held a member that was removed: a search goes on behind it.
    private static let removed: Int32 = -2

    /// An index without members, with room for that many.
    init(capacity: Int) {
        var size = 32
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: Self.free, count: size)
    }

    /// Indexes members whose names are known to be unique.
    init(_ members: [JSONObject.Member]) {
        self.init(capacity: members.count)
        for position in members.indices { _ = insert(position, in: members) }
    }

    func position(of name: String, in members: [JSONObject.Member]) -> Int? {
        var slot = start(of: name)
        while slots[slot] != Self.free {
            let position = Int(slots[slot])
            if position >= 0, members[position].key.hasSameBytes(as: name) { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Takes in the member at `position`, unless there is one of its name: then the position of that one is returned.
    mutating func insert(_ position: Int, in members: [JSONObject.Member]) -> Int? {
        let name = members[position].key
        var slot = start(of: name)
        while slots[slot] != Self.free {
            let other = Int(slots[slot])
            if other >= 0, members[other].key.hasSameBytes(as: name) { return other }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(truncatingIfNeeded: position)
        used += 1
        return nil
    }

    /// Takes in the last member, whose name is known to be new.
    mutating func append(in members: [JSONObject.Member]) {
        if (used + 1) * 4 > slots.count * 3 {
            self = JSONObjectIndex(members)
        } else {
            _ = insert(members.count - 1, in: members)
        }
    }

    /// Forgets the member at `position`, which still stands there, and moves those behind it forward by one.
    mutating func remove(_ position: Int, in members: [JSONObject.Member]) {
        for slot in slots.indices {
            if slots[slot] == position {
                slots[slot] = Self.removed
            } else if slots[slot] > position {
                slots[slot] -= 1
            }
        }
    }

    private func start(of name: String) -> Int {
        var hasher = Hasher()
        hasher.combineBytes(of: name)
        return hasher.finalize() & (slots.count - 1)
    }
}
