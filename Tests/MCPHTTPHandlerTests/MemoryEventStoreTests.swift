import MCPHTTP
import Testing

/// The bounds of the event store, and what is lost beyond them.
struct MemoryEventStoreTests {
    private static func key(_ stream: Int, of session: String = "a") -> EventStreamKey { EventStreamKey(session: session, stream: stream) }
    private static func event(_ number: Int, bytes: Int = 10) -> StoredEvent { StoredEvent(number: number, message: [UInt8](repeating: 0x20, count: bytes)) }

    @Test func eventsOfOneStreamComeBackInOrderAndOfNoOther() {
        let store = MemoryEventStore()
        for number in 1...3 {
            store.append(Self.event(number), to: Self.key(1))
            store.append(Self.event(number, bytes: 20), to: Self.key(2))
            store.append(Self.event(number, bytes: 30), to: Self.key(1, of: "b"))
        }
        #expect(store.events(of: Self.key(1), after: 1) == [Self.event(2), Self.event(3)])
        #expect(store.events(of: Self.key(2), after: 0)?.map(\.message.count) == [20, 20, 20])
        #expect(store.events(of: Self.key(1), after: 3) == [])
        #expect(store.events(of: Self.key(9), after: 0) == [])
        #expect(store.byteCount == 180)
    }

    @Test func beyondTheEventsOfASessionTheOldestGoesWhateverItsStream() {
        let store = MemoryEventStore(maximumEvents: 4)
        store.append(Self.event(1), to: Self.key(1))
        for number in 1...4 { store.append(Self.event(number), to: Self.key(2)) }
        // A client that has not seen event 1 of stream 1 would miss it; one that has misses nothing.
        #expect(store.events(of: Self.key(1), after: 0) == nil)
        #expect(store.events(of: Self.key(1), after: 1) == [])
        #expect(store.events(of: Self.key(2), after: 0)?.count == 4)
        store.append(Self.event(1), to: Self.key(1, of: "b"))
        #expect(store.events(of: Self.key(2), after: 0)?.count == 4, "another session's events count for themselves")
    }

    @Test func bytesAreBoundedAndTheNewestIsKeptHoweverLongItIs() {
        let store = MemoryEventStore(maximumBytes: 100)
        for number in 1...5 { store.append(Self.event(number, bytes: 40), to: Self.key(1)) }
        #expect(store.events(of: Self.key(1), after: 2) == nil)
        #expect(store.events(of: Self.key(1), after: 3)?.map(\.number) == [4, 5])
        store.append(Self.event(6, bytes: 1000), to: Self.key(1))
        #expect(store.events(of: Self.key(1), after: 5)?.map(\.number) == [6])
        #expect(store.byteCount == 1000)
    }

    @Test func beyondTheBytesOfAllTheQuietestSessionLosesItsEvents() {
        let store = MemoryEventStore(maximumTotalBytes: 100)
        for session in ["a", "b", "c"] { store.append(Self.event(1, bytes: 30), to: Self.key(1, of: session)) }
        store.append(Self.event(2, bytes: 5), to: Self.key(1, of: "a"))
        store.append(Self.event(2, bytes: 30), to: Self.key(1, of: "c"))
        #expect(store.events(of: Self.key(1, of: "a"), after: 0)?.count == 2)
        #expect(store.events(of: Self.key(1, of: "b"), after: 0) == nil)
        #expect(store.events(of: Self.key(1, of: "b"), after: 1) == [])
        #expect(store.events(of: Self.key(1, of: "c"), after: 0)?.count == 2)
        #expect(store.byteCount == 95)
    }

    @Test func whatIsRemovedCountsNoMore() {
        let store = MemoryEventStore(maximumEvents: 3)
        store.append(Self.event(1), to: Self.key(1))
        store.append(Self.event(1), to: Self.key(2))
        store.remove(Self.key(1))
        #expect(store.events(of: Self.key(1), after: 0) == [])
        // Whoever has seen some of it may have missed what was forgotten.
        #expect(store.events(of: Self.key(1), after: 1) == nil)
        store.append(Self.event(3), to: Self.key(1))
        #expect(store.events(of: Self.key(1), after: 1) == nil)
        #expect(store.events(of: Self.key(1), after: 2)?.map(\.number) == [3])
        store.remove(Self.key(1))
        for number in 2...3 { store.append(Self.event(number), to: Self.key(2)) }
        #expect(store.events(of: Self.key(2), after: 0)?.count == 3)
        store.append(Self.event(4), to: Self.key(2))
        #expect(store.events(of: Self.key(2), after: 0) == nil)
        store.removeSession("a")
        #expect(store.byteCount == 0)
        #expect(store.events(of: Self.key(2), after: 0) == [])
    }

    @Test func aLongStreamKeepsItsOrder() {
        let store = MemoryEventStore(maximumEvents: 10)
        for number in 1...5000 { store.append(Self.event(number), to: Self.key(number % 2)) }
        #expect(store.events(of: Self.key(0), after: 4990)?.map(\.number) == [4992, 4994, 4996, 4998, 5000])
        #expect(store.byteCount == 100)
    }
}
