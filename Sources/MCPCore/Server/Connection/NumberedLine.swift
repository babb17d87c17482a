/// First in, first out, of which each may leave before its turn by the number that it was given: all of it at a cost that does not grow with what waits, but leaving early, which
/// grows with its logarithm.
struct NumberedLine<Value> {
    private struct Place {
        let number: Int
        /// `nil` once it has left.
        var value: Value?
    }

    /// In the order of their numbers.
    private var places: [Place] = []
    /// Those before this one have had their turn.
    private var first = 0
    /// The number of whoever comes next.
    private(set) var nextNumber = 0
    /// How many places are held, empty ones too.
    var placeCount: Int { places.count - first }
    /// How many wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds at the end.
    mutating func append(_ value: Value) {
        places.append(Place(number: nextNumber, value: value))
        nextNumber += 1
        count += 1
    }

    mutating func popFirst() -> Value? {
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
            count -= 1
            return value
        }
        return nil
    }

    /// Takes out whoever has that number; `nil` where it has left already.
    mutating func remove(_ number: Int) -> Value? {
        var (low, high) = (first, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < places.count, places[low].number == number, let value = places[low].value.take() else { return nil }
        count -= 1
        // Empty places would pile up behind one that never gets its turn.
        if places.count - first > 2 * count + 32 {
            places.removeAll { $0.value == nil }
            first = 0
        }
        return value
    }

    /// Empties the line.
    /// - Returns: Those that waited, in order.
    @discardableResult mutating func removeAll() -> [Value] {
        var all: [Value] = []
        while let value = popFirst() { all.append(value) }
        return all
    }
}
