import MCPCore
import Synchronization
import Testing

@testable import MCPHTTP

/// A stream of the handshake era, which outlives its readers.
@Suite(.timeLimit(.minutes(1))) struct SessionStreamTests {
    private static func note(_ number: Int) -> JSONRPCMessage {
        .notification(JSONRPCNotification(method: "n", params: ["n": .integer(Int64(number))]))
    }

    private static func stream(
        _ store: any EventStore = MemoryEventStore(), mayBeOneResponse: Bool = false, onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
    ) -> SessionStream {
        SessionStream(key: EventStreamKey(session: "s", stream: 1), store: store, mayBeOneResponse: mayBeOneResponse, onFailure: onFailure)
    }

    private static func numbers(_ reader: SessionStream.Reader?) async -> [Int] {
        var numbers: [Int] = []
        while case .event(let event)? = await reader?.next() { numbers.append(event.number) }
        return numbers
    }

    @Test func whatWasSentIsThereForALaterReader() async throws {
        let stream = Self.stream()
        for number in 1...3 { try await stream.send(Self.note(number)) }
        stream.finish()
        #expect(await Self.numbers(try stream.attach(after: 0)) == [1, 2, 3])
        #expect(await Self.numbers(try stream.attach(after: 2)) == [3])
        #expect(await Self.numbers(try stream.attach(after: 0)) == [1, 2, 3])
    }

    @Test func aStreamWithAGapIsNotTakenUpAgain() async throws {
        let stream = Self.stream(MemoryEventStore(maximumEvents: 3))
        for number in 1...5 { try await stream.send(Self.note(number)) }
        stream.finish()
        #expect(try await stream.attach(after: 1) == nil)
        #expect(stream.isRead == false)
        #expect(await Self.numbers(try stream.attach(after: 2)) == [3, 4, 5])
    }

    @Test func aReaderThatIsThereLosesNothingHoweverSmallTheStoreIs() async throws {
        let stream = Self.stream(MemoryEventStore(maximumEvents: 1))
        let reader = stream.attach()
        async let sending: Void = {
            for number in 1...500 { try await stream.send(Self.note(number)) }
            stream.finish()
        }()
        #expect(await Self.numbers(reader) == Array(1...500))
        try await sending
    }

    @Test func aSlowReaderSlowsWhoeverSends() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        let sending = Task {
            for number in 1...500 { try await stream.send(Self.note(number)) }
            stream.finish()
        }
        // Sixteen wait for the reader; whoever sends waits behind them.
        while stream.last < 16 { await Task.yield() }
        for _ in 0..<1000 { await Task.yield() }
        #expect(stream.last == 16)
        #expect(await Self.numbers(reader) == Array(1...500))
        try await sending.value
    }

    @Test func whoeverIsToldTakesEverythingInOrder() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        reader.whenReady { call.yield() }
        let sending = Task {
            for number in 1...500 { try await stream.send(Self.note(number)) }
            stream.finish()
        }
        var taken: [Int] = []
        for await _ in calls {
            let (items, isEnd) = reader.takeReady()
            #expect(items.count <= 16)
            for case .event(let event) in items { taken.append(event.number) }
            if isEnd { break }
        }
        #expect(taken == Array(1...500))
        try await sending.value
    }

    @Test func whoeverIsToldSeesTicksAndTheEndOfItsTurn() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        reader.whenReady { call.yield() }
        reader.tick()
        guard case .tick? = reader.takeReady().items.first else {
            Issue.record("a tick was expected")
            return
        }
        #expect(reader.takeReady().items.isEmpty)
        try await stream.send(Self.note(1))
        stream.closeConnection(retry: nil)
        let (items, isEnd) = reader.takeReady()
        #expect(items.count == 2 && isEnd)
        #expect(stream.isRead == false)
        let second = stream.attach()
        second.whenReady { call.yield() }
        _ = stream.attach()
        #expect(second.takeReady().isEnd)
        var iterator = calls.makeAsyncIterator()
        #expect(await iterator.next() != nil)
    }

    @Test func everyEventReachesExactlyOneOfManyReaders() async throws {
        let stream = Self.stream(MemoryEventStore(maximumEvents: 10_000))
        async let producing: Void = {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<4 {
                    group.addTask { for number in 1...500 { try await stream.send(Self.note(sender * 500 + number)) } }
                }
                try await group.waitForAll()
            }
            stream.finish()
        }()
        var seen: [Int] = []
        while seen.last != 2000 {
            let reader = try #require(try await stream.attach(after: seen.last ?? 0))
            for _ in 0..<50 {
                guard case .event(let event)? = await reader.next() else { break }
                seen.append(event.number)
            }
        }
        try await producing
        #expect(seen == Array(1...2000))
    }

    @Test func aReaderThatIsDisplacedOrCancelledOrDetachedEnds() async throws {
        for turn in 0..<300 {
            let stream = Self.stream()
            let reader = stream.attach()
            let reading = Task { await reader.next() == nil }
            if turn.isMultiple(of: 2) { await Task.yield() }
            switch turn % 3 {
            case 0: reading.cancel()
            case 1: reader.detach()
            default: _ = try await stream.attach(after: 0)
            }
            #expect(await reading.value)
            #expect(stream.isRead == (turn % 3 != 1))
        }
    }

    @Test func aSingleResponseIsNoEventStreamAndIsNotKept() async throws {
        let store = MemoryEventStore()
        let stream = Self.stream(store, mayBeOneResponse: true)
        let reader = stream.attach()
        try await stream.send(.response(JSONRPCResponse(id: 1, [:])))
        stream.finish()
        guard case .response(let response) = await reader.opening() else {
            Issue.record("one response was expected")
            return
        }
        #expect(response.id == 1)
        #expect(!stream.isEventStream)
        #expect(store.byteCount == 0)
    }

    @Test func behindASlowOpeningTheResponseIsAnEvent() async throws {
        let stream = Self.stream(mayBeOneResponse: true)
        let reader = stream.attach()
        reader.tick()
        guard case .slowEventStream = await reader.opening() else {
            Issue.record("a slow opening was expected")
            return
        }
        try await stream.send(.response(JSONRPCResponse(id: 1, [:])))
        stream.finish()
        #expect(await Self.numbers(reader) == [1])
    }

    @Test func theConnectionIsClosedBehindWhatWasSent() async throws {
        let stream = Self.stream(mayBeOneResponse: true)
        let reader = stream.attach()
        try await stream.send(Self.note(1))
        stream.closeConnection(retry: .seconds(7))
        try await stream.send(Self.note(2))
        guard case .event(let event)? = await reader.next(), event.number == 1,
            case .closeConnection(let retry, let taken)? = await reader.next()
        else {
            Issue.record("an event and the end of the connection were expected")
            return
        }
        #expect(retry == .seconds(7))
        #expect(taken == 1)
        #expect(await reader.next() == nil)
        #expect(!stream.isRead)
        try await stream.send(.response(JSONRPCResponse(id: 1, [:])))
        stream.finish()
        #expect(await Self.numbers(try stream.attach(after: 1)) == [2, 3])
    }

    /// Answers what it is told to.
    private struct ScriptedStore: EventStore {
        var events: @Sendable (Int) throws -> [StoredEvent]?
        func append(_ event: StoredEvent, to stream: EventStreamKey) async throws {}
        func events(of stream: EventStreamKey, after number: Int) async throws -> [StoredEvent]? { try events(number) }
        func remove(_ stream: EventStreamKey) {}
        func removeSession(_ session: String) {}
    }

    @Test func whoeverCannotReadTheStoreIsNoReader() async throws {
        struct Unreachable: Error {}
        let stream = Self.stream(ScriptedStore { _ in throw Unreachable() })
        await #expect(throws: Unreachable.self) { _ = try await stream.attach(after: 0) }
        #expect(!stream.isRead)
        // Nobody waits for a reader that there is not.
        for number in 1...100 { try await stream.send(Self.note(number)) }
        #expect(stream.last == 100)
    }

    @Test(arguments: [[], [2, 3], [1, 2]])
    func aStoreThatHasLostEventsAndDoesNotSaySoIsFoundOut(kept: [Int]) async throws {
        let stream = Self.stream(ScriptedStore { _ in kept.map { StoredEvent(number: $0, message: []) } })
        for number in 1...3 { try await stream.send(Self.note(number)) }
        #expect(try await stream.attach(after: 0) == nil)
        #expect(!stream.isRead)
    }

    @Test func aStoreThatFailsEndsTheStreamAndIsTold() async throws {
        struct Full: Error {}
        struct FailingStore: EventStore {
            func append(_ event: StoredEvent, to stream: EventStreamKey) async throws { throw Full() }
            func events(of stream: EventStreamKey, after number: Int) async throws -> [StoredEvent]? { [] }
            func remove(_ stream: EventStreamKey) {}
            func removeSession(_ session: String) {}
        }
        let told = Mutex(0)
        let stream = Self.stream(FailingStore()) { error in if error is Full { told.withLock { $0 += 1 } } }
        let reader = stream.attach()
        try await stream.send(Self.note(1))
        try await stream.send(Self.note(2))
        #expect(await reader.next() == nil)
        #expect(told.withLock(\.self) == 1)
    }

    @Test func whoeverWaitsForASlowReaderCanBeCancelledAndSendsNothing() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        for number in 1...16 { try await stream.send(Self.note(number)) }
        for _ in 0..<100 {
            let sending = Task { try await stream.send(Self.note(17)) }
            while stream.waitingSenders == 0 { await Task.yield() }
            sending.cancel()
            await #expect(throws: CancellationError.self) { try await sending.value }
        }
        #expect(stream.last == 16 && stream.waitingSenders == 0)
        stream.finish()
        #expect(await Self.numbers(reader) == Array(1...16))
    }

    /// It still says that it asks no more, and waits for nobody.
    @Test func whoeverIsCancelledHasSomeRoomOfItsOwn() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        for number in 1...16 { try await stream.send(Self.note(number)) }
        // Those who wait for room do not stand in its way.
        let waiting = Task { try await stream.send(Self.note(33)) }
        while stream.waitingSenders == 0 { await Task.yield() }
        func sendCancelled(_ number: Int) async throws {
            try await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await stream.send(Self.note(number))
            }.value
        }
        for number in 17...32 { try await sendCancelled(number) }
        await #expect(throws: CancellationError.self) { try await sendCancelled(34) }
        #expect(stream.last == 32)
        #expect(reader.takeReady().items.count == 32)
        try await waiting.value
        stream.finish()
        #expect(await Self.numbers(reader) == [33])
    }

    @Test func aQuestionThatNobodyWaitsForIsTakenBackThoughTheClientReadsSlowly() async throws {
        let stream = Self.stream()
        let reader = stream.attach()
        let requests = PendingRequests()
        let asking = Task { try await StreamBackChannel(stream: stream, requests: requests, isResumable: true).request("roots/list", params: [:]) }
        while stream.last == 0 { await Task.yield() }
        for number in 2...16 { try await stream.send(Self.note(number)) }
        asking.cancel()
        await #expect(throws: CancellationError.self) { try await asking.value }
        stream.finish()
        var methods: [String?] = []
        while case .event(let event)? = await reader.next() { methods.append(try JSONValue(parsing: event.message)["method"]?.string) }
        #expect(methods.count == 17 && methods.first == "roots/list" && methods.last == "notifications/cancelled")
    }

    /// The runtime holds a task's own lock while it calls its cancellation handler, and takes it to resume the task: under the stream's lock two threads would wait for each other.
    @Test func aSenderIsCancelledWhileRoomIsMadeForIt() async throws {
        for _ in 0..<2000 {
            let stream = Self.stream()
            let reader = stream.attach()
            for number in 1...16 { try await stream.send(Self.note(number)) }
            let sending = Task { try? await stream.send(Self.note(17)) }
            await Task.yield()
            async let taken = reader.takeReady()
            sending.cancel()
            #expect(await taken.items.count >= 16)
            await sending.value
        }
    }
}
