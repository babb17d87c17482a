/// A JSON object that keeps its members in the order in which they were set, so that what is written is stable.
///
/// Two objects are equal when they have the same members, in any order.
public struct JSONObject: Sendable {
    @usableFromInline var members: [(key: String, value: JSONValue)]

    public init() { members = [] }

    /// Later pairs replace earlier ones of the same name.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        members = []
        for (key, value) in pairs { self[key] = value }
    }

    /// Takes members whose names are known to be unique.
    init(unchecked members: [(key: String, value: JSONValue)]) { self.members = members }

    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    func index(of name: String) -> Int? { members.firstIndex { $0.key == name } }

    public var keys: [String] { members.map(\.key) }

    /// Sets each member of `other`, replacing members of the same name.
    public mutating func merge(_ other: JSONObject) {
        for (key, value) in other { self[key] = value }
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> (key: String, value: JSONValue) { members[position] }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject: Hashable {
    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
    }

    public func hash(into hasher: inout Hasher) {
        // Independent of the order of members: the sum of the members' own hashes.
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }
}
