/// First in, first out, in memory that is used again: to add and to take cost the same however much waits.
public struct FIFOQueue<Element> {
    /// Taken elements are `nil`, so that the array does not keep them alive.
    @usableFromInline var elements: [Element?] = []
    /// Those before this one have been taken.
    @usableFromInline var first = 0

    @inlinable public init() {}

    @inlinable public var count: Int { elements.count - first }
    @inlinable public var isEmpty: Bool { first == elements.count }

    @inlinable public mutating func append(_ element: Element) { elements.append(element) }

    @inlinable public mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        let element = elements[first].take()
        first += 1
        if first == elements.count {
            elements.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64, first * 2 >= elements.count {
            elements.removeSubrange(..<first)
            first = 0
        }
        return element
    }

    /// Takes out those that match; it looks at all.
    @inlinable public mutating func removeAll(where isRemoved: (Element) throws -> Bool) rethrows {
        elements = try elements[first...].filter { element in try element.map { try !isRemoved($0) } ?? false }
        first = 0
    }
}

extension FIFOQueue: Sendable where Element: Sendable {}
