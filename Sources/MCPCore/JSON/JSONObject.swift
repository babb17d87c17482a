/// A JSON object that keeps its members in the order in which they were set, so that what is written is stable.
///
/// Names are compared by their UTF-8 bytes: `"\u{e9}"` and `"e\u{301}"` are different members, although Swift takes the strings for equal.
/// Two objects are equal when they have the same members, in any order.
///
/// Looking a member up and setting one takes constant time on average however many there are (up to 16 are searched one by one, beyond
/// that there is an index that is hashed with a seed of the process). Removing a member takes time in proportion to their number.
public struct JSONObject: Sendable {
    /// A structure and no tuple: a tuple is copied and destroyed through its metadata, which takes several times as long.
    struct Member: Sendable {
        var key: String
        var value: JSONValue
    }

    /// Where the members stand, once there are many: one pointer, because objects are copied often and mostly have none.
    private indirect enum NameIndex: Sendable {
        case none
        case hashed(JSONObjectIndex)

        var isNone: Bool { if case .none = self { true } else { false } }

        /// Changes the index in place: it is taken out meanwhile, so that its table has one owner.
        mutating func change(_ body: (inout JSONObjectIndex) -> Void) {
            guard case .hashed(var index) = self else { return }
            self = .none
            body(&index)
            self = .hashed(index)
        }
    }

    private(set) var members: [Member]
    private var index = NameIndex.none

    /// Up to this many members are searched one by one.
    static let greatestUnindexedCount = 16

    public init() { members = [] }

    /// Later pairs replace earlier ones of the same name.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        members = []
        members.reserveCapacity(pairs.underestimatedCount)
        for (key, value) in pairs { self[key] = value }
    }

    /// Takes members whose names are known to be unique.
    init(unchecked members: [Member]) {
        self.members = members
        if members.count > Self.greatestUnindexedCount { index = .hashed(JSONObjectIndex(members)) }
    }

    /// One member, with room for as many as are to come.
    init(first: Member, of capacity: Int) {
        members = []
        members.reserveCapacity(capacity)
        members.append(first)
    }

    /// The position of the first member whose name an earlier one has already.
    struct DuplicateName: Error { var position: Int }

    /// Takes members whose names may not be unique, and builds the index with the search for duplicates.
    static func indexing(_ members: [Member]) -> Result<JSONObject, DuplicateName> {
        var object = JSONObject()
        var index = JSONObjectIndex(capacity: members.count)
        for position in members.indices {
            if index.insert(position, in: members) != nil { return .failure(DuplicateName(position: position)) }
        }
        object.members = members
        object.index = .hashed(index)
        return .success(object)
    }

    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): remove(at: position)
            case (nil, let value?): append(name, value)
            case (nil, nil): break
            }
        }
    }

    func index(of name: String) -> Int? {
        if case .hashed(let index) = index { return index.position(of: name, in: members) }
        return members.withUnsafeBufferPointer { members in
            for position in 0..<members.count where members[position].key.hasSameBytes(as: name) { return position }
            return nil
        }
    }

    /// Whether both are one and the same value, in the same memory, and not only equal. While both are held neither changes: whoever changes one gets a copy.
    func isSame(as other: JSONObject) -> Bool {
        members.count == other.members.count
            && members.withUnsafeBufferPointer { one in other.members.withUnsafeBufferPointer { one.baseAddress == $0.baseAddress } }
    }

    private mutating func append(_ name: String, _ value: JSONValue) {
        members.append(Member(key: name, value: value))
        if !index.isNone {
            index.change { [members] in $0.append(in: members) }
        } else if members.count > Self.greatestUnindexedCount {
            index = .hashed(JSONObjectIndex(members))
        }
    }

    private mutating func remove(at position: Int) {
        index.change { [members] in $0.remove(position, in: members) }
        members.remove(at: position)
    }

    /// Removes the member of that name, and returns its value; `nil` where there is none.
    @discardableResult
    public mutating func removeValue(forKey name: String) -> JSONValue? {
        guard let position = index(of: name) else { return nil }
        let value = members[position].value
        remove(at: position)
        return value
    }

    public var keys: [String] { members.map(\.key) }

    /// Makes room for that many members.
    public mutating func reserveCapacity(_ capacity: Int) { members.reserveCapacity(capacity) }

    /// Sets each member of `other`, replacing members of the same name.
    public mutating func merge(_ other: JSONObject) {
        guard !isEmpty else {
            self = other
            return
        }
        // The names of `other` are unique among themselves: only those that were here before may meet them.
        let own = index.isNone ? members.count : 0
        guard own > 0, own + other.count <= Self.greatestUnindexedCount else {
            for (key, value) in other { self[key] = value }
            return
        }
        for member in other.members {
            if let position = (0..<own).first(where: { members[$0].key.hasSameBytes(as: member.key) }) {
                members[position].value = member.value
            } else {
                members.append(member)
            }
        }
    }
}

extension JSONObject {
    func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        merged.merge(other)
        return merged
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> (key: String, value: JSONValue) {
        let member = members[position]
        return (member.key, member.value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Hashable {
    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        guard one.count == other.count else { return false }
        for position in one.members.indices {
            let member = one.members[position]
            // Mostly both have the same order.
            if other.members[position].key.hasSameBytes(as: member.key) {
                if other.members[position].value != member.value { return false }
            } else if other[member.key] != member.value {
                return false
            }
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        // Independent of the order of members: the sum of the members' own hashes.
        var sum = 0
        for member in members {
            var hasher = Hasher()
            hasher.combineBytes(of: member.key)
            hasher.combine(member.value)
            sum &+= hasher.finalize()
        }
        hasher.combine(sum)
    }
}

extension Hasher {
    /// Feeds the bytes of a string, where `combine` would feed a normalised form of it.
    mutating func combineBytes(of string: String) {
        combine(string.utf8.count)
        string.withBytes { combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
