import Testing

@testable import MCPCore

/// What waits on its way into a channel is bounded, also where those who bring it come and go.
@Suite(.timeLimit(.minutes(1))) struct InboundQueueTests {
    private static func frames(_ count: Int) -> InboundFrames { .messages([[UInt8](repeating: 1, count: count)]) }

    private static func all(_ queue: InboundQueue) async throws -> Int {
        queue.finish()
        var count = 0
        for try await case .messages(let messages) in queue { count += messages.joined().count }
        return count
    }

    @Test func whoeverGoesWhileTheQueueIsFullTakesAwayWhatItBrought() async throws {
        let queue = InboundQueue(limit: 100)
        #expect(await queue.push(Self.frames(100)))
        for turn in 0..<100 {
            let pushing = Task { await queue.push(Self.frames(1000)) }
            if turn.isMultiple(of: 2) { await Task.yield() }
            pushing.cancel()
            #expect(await pushing.value == false)
        }
        #expect(try await Self.all(queue) == 100)
    }

    @Test func aSinkThatIsFullThrowsWhenItsTaskIsCancelledAndWhenItIsClosed() async throws {
        let queue = InboundQueue(limit: 1)
        let sink = queue.sink
        try await sink.write([1])
        let cancelled = Task { try await sink.write([2]) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let closed = Task { try await sink.write([3]) }
        for _ in 0..<10 { await Task.yield() }
        queue.finish()
        await #expect(throws: TransportError.self) { try await closed.value }
        #expect(try await Self.all(queue) == 1)
    }

    /// Whoever does not want to wait is refused while there is no room, and nothing of it is kept.
    @Test func aSinkTakesAnOfferOnlyWhereThereIsRoom() async throws {
        let queue = InboundQueue(limit: 1)
        let sink = queue.sink
        #expect(try sink.offer([1]))
        #expect(try !sink.offer([2]))
        var iterator = queue.makeAsyncIterator()
        _ = try await iterator.next()
        #expect(try sink.offer([3]))
        queue.finish()
        #expect(throws: TransportError.self) { try sink.offer([4]) }
        guard case .messages([[3]])? = try await iterator.next() else {
            Issue.record("what was taken comes, and nothing else")
            return
        }
        #expect(try await iterator.next() == nil)
    }

    @Test func everythingArrivesInOrderThroughAFullQueue() async throws {
        let queue = InboundQueue(limit: 3)
        let pushing = Task {
            for number in 0..<1000 { await queue.push(.messages([[UInt8(number % 256)]])) }
            queue.finish()
        }
        var seen: [UInt8] = []
        for try await case .messages(let messages) in queue { seen += messages.joined() }
        await pushing.value
        #expect(seen == (0..<1000).map { UInt8($0 % 256) })
    }

    @Test func whatIsOfferedDuringAPauseDoesNotEndIt() async throws {
        // Each message counts for 32 bytes more than it has.
        let queue = InboundQueue(limit: 74)
        for _ in 0..<2 { #expect(queue.offer(Self.frames(5)) == (queue.hasRoom)) }
        #expect(!queue.hasRoom)
        var iterator = queue.makeAsyncIterator()
        #expect(!queue.offer(Self.frames(2)))
        _ = try await iterator.next()
        // 71 bytes are more than half of what may wait: nobody has been told to go on.
        #expect(!queue.offer(.messages([])))
        #expect(!queue.hasRoom)
        let pushing = Task { await queue.push(Self.frames(1)) }
        _ = try await iterator.next()
        #expect(await pushing.value)
    }
}
