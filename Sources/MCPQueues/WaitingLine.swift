/// First in, first out, of which each may leave before its turn: all of it at a cost that does not grow with what waits.
public struct WaitingLine<Key: Hashable, Value> {
    @usableFromInline var members: [Key: Numbered<Value>] = [:]
    /// Whoever left before its turn leaves its place behind. A place has a number, because a key may come again.
    @usableFromInline var places = FIFOQueue<Numbered<Key>>()
    @usableFromInline var nextNumber = 0

    @inlinable public init() {}

    @inlinable public var count: Int { members.count }
    @inlinable public var isEmpty: Bool { members.isEmpty }

    @inlinable public func contains(_ key: Key) -> Bool { members[key] != nil }

    /// Adds at the end. The key must not be in the line.
    @inlinable public mutating func append(_ value: Value, for key: Key) {
        members[key] = Numbered(number: nextNumber, content: value)
        places.append(Numbered(number: nextNumber, content: key))
        nextNumber += 1
    }

    @inlinable public mutating func popFirst() -> Value? {
        while let place = places.popFirst() {
            guard let index = members.index(forKey: place.content), members.values[index].number == place.number else { continue }
            return members.remove(at: index).value.content
        }
        return nil
    }

    @inlinable public mutating func remove(_ key: Key) -> Value? {
        guard let member = members.removeValue(forKey: key) else { return nil }
        // Empty places would pile up behind one that never gets its turn.
        if places.count > 2 * members.count + 32 {
            places.removeAll { [members] place in members[place.content]?.number != place.number }
        }
        return member.content
    }

    /// Empties the line.
    /// - Returns: Those that waited, in order.
    @discardableResult @inlinable public mutating func removeAll() -> [Value] {
        var all: [Value] = []
        while let value = popFirst() { all.append(value) }
        return all
    }
}

extension WaitingLine: Sendable where Key: Sendable, Value: Sendable {}

/// A member of a line, or its place.
@usableFromInline struct Numbered<Content> {
    @usableFromInline let number: Int
    @usableFromInline let content: Content

    @inlinable init(number: Int, content: Content) {
        self.number = number
        self.content = content
    }
}

extension Numbered: Sendable where Content: Sendable {}
