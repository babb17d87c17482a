/// First in, first out, of which each may leave before its turn by the number that it was given: all of it at a cost that does not grow with what waits, but leaving early, which
/// grows with its logarithm.
public struct NumberedLine<Value> {
    @usableFromInline struct Place {
        @usableFromInline let number: Int
        /// `nil` once it has left.
        @usableFromInline var value: Value?

        @inlinable init(number: Int, value: Value) {
            self.number = number
            self.value = value
        }
    }

    /// In the order of their numbers.
    @usableFromInline var places: [Place] = []
    /// Those before this one have had their turn.
    @usableFromInline var first = 0
    @usableFromInline var next = 0
    @usableFromInline var waiting = 0

    @inlinable public init() {}

    /// The number of whoever comes next.
    @inlinable public var nextNumber: Int { next }
    /// How many wait.
    @inlinable public var count: Int { waiting }
    @inlinable public var isEmpty: Bool { waiting == 0 }
    /// How many places are held, empty ones too.
    var placeCount: Int { places.count - first }

    /// Adds at the end.
    /// - Returns: The number that it leaves by.
    @discardableResult @inlinable public mutating func append(_ value: Value) -> Int {
        defer { next += 1 }
        places.append(Place(number: next, value: value))
        waiting += 1
        return next
    }

    @inlinable public mutating func popFirst() -> Value? {
        while first < places.count {
            let value = places[first].value.take()
            first += 1
            if first == places.count {
                places.removeAll(keepingCapacity: true)
                first = 0
            } else if first >= 64, first * 2 >= places.count {
                places.removeSubrange(..<first)
                first = 0
            }
            guard let value else { continue }
            waiting -= 1
            return value
        }
        return nil
    }

    /// Takes out whoever has that number; `nil` where it has left already.
    @inlinable public mutating func remove(_ number: Int) -> Value? {
        var (low, high) = (first, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < places.count, places[low].number == number, let value = places[low].value.take() else { return nil }
        waiting -= 1
        // Empty places would pile up behind one that never gets its turn.
        if places.count - first > 2 * waiting + 32 {
            places.removeAll { $0.value == nil }
            first = 0
        }
        return value
    }

    /// Empties the line.
    /// - Returns: Those that waited, in order.
    @discardableResult @inlinable public mutating func removeAll() -> [Value] {
        var all: [Value] = []
        while let value = popFirst() { all.append(value) }
        return all
    }
}

extension NumberedLine: Sendable where Value: Sendable {}

extension NumberedLine.Place: Sendable where Value: Sendable {}
