/// A stack in memory of its own that gives its topmost elements away as an array of exactly their number.
struct ScratchStack<Element>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int
    /// Whether `base` is memory of this stack's own, or what it was first given.
    private var isOwner = false

    /// Stands in `memory` as long as that is enough.
    init(_ memory: UnsafeMutableRawBufferPointer) {
        capacity = memory.count / MemoryLayout<Element>.stride
        if let start = memory.baseAddress {
            base = start.bindMemory(to: Element.self, capacity: capacity)
        } else {
            base = .allocate(capacity: 0)
            isOwner = true
        }
    }

    deinit {
        base.deinitialize(count: count)
        if isOwner { base.deallocate() }
    }

    /// The topmost element; there must be one.
    @inline(__always) var top: UnsafeMutablePointer<Element> { base + (count - 1) }

    @inline(__always) mutating func push(_ element: consuming Element) { reserve().initialize(to: element) }

    /// Room for one more on top, which counts from now on: the caller initializes it at once.
    @inline(__always) private mutating func reserve() -> UnsafeMutablePointer<Element> {
        if count == capacity { grow(to: count + 1) }
        count += 1
        return base + (count - 1)
    }

    @inline(__always) mutating func pop() -> Element {
        count -= 1
        return (base + count).move()
    }

    @inline(__always) mutating func removeAll(from start: Int) {
        (base + start).deinitialize(count: count - start)
        count = start
    }

    /// Moves the elements from `start` on into an array.
    @inline(__always) mutating func popArray(from start: Int) -> [Element] {
        let array = Array(MovedElements(next: base + start, remaining: count - start))
        count = start
        return array
    }

    @inline(never) private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.moveInitialize(from: base, count: count)
        if isOwner { base.deallocate() }
        isOwner = true
        base = moved
        capacity = larger
    }
}

extension ScratchStack where Element == JSONObject.Member {
    /// Puts a member without its value on top. Made where it stands: a whole one is copied by a call of a function.
    @inline(__always) mutating func begin(_ key: consuming String) {
        let place = reserve()
        guard let name = place.pointer(to: \.key), let value = place.pointer(to: \.value) else {
            return place.initialize(to: JSONObject.Member(key: key, value: .null))
        }
        name.initialize(to: key)
        value.initialize(to: .null)
    }
}

extension ScratchStack where Element == UInt8 {
    @inline(__always) mutating func push(_ source: UnsafePointer<UInt8>, count added: Int) {
        if count + added > capacity { grow(to: count + added) }
        (base + count).initialize(from: source, count: added)
        count += added
    }
}

/// Elements that leave the memory in which they stand one after the other.
///
/// `Array` takes them from here into memory of just the right size with a third of the work that
/// `Array(unsafeUninitializedCapacity:)` has, whose allocation looks its type up at run time.
private struct MovedElements<Element>: Sequence, IteratorProtocol {
    private var pointer: UnsafeMutablePointer<Element>
    private var remaining: Int

    @inline(__always) init(next: UnsafeMutablePointer<Element>, remaining: Int) {
        pointer = next
        self.remaining = remaining
    }

    @inline(__always) var underestimatedCount: Int { remaining }

    @inline(__always) mutating func next() -> Element? {
        if remaining == 0 { return nil }
        remaining -= 1
        defer { pointer += 1 }
        return pointer.move()
    }
}
