import MCPCore
import Testing

@testable import MCPHTTP

/// The queue between a handler and the one response that carries its messages.
@Suite(.timeLimit(.minutes(1))) struct MessageQueueTests {
    fileprivate static func note(_ number: Int) -> JSONRPCMessage {
        .notification(JSONRPCNotification(method: "n", params: ["n": .integer(Int64(number))]))
    }

    fileprivate static func number(_ item: MessageQueue.Item?) -> Int64? {
        guard case .message(.notification(let note))? = item else { return nil }
        return note.params["n"]?.integer
    }

    @Test func messagesKeepTheirOrderHoweverFullItIs() async throws {
        let queue = MessageQueue()
        async let producing: Void = {
            for number in 0..<500 { try await queue.send(Self.note(number)) }
            queue.finish(with: Self.note(500))
        }()
        for number in 0...500 { #expect(Self.number(await queue.next()) == Int64(number)) }
        #expect(await queue.next() == nil)
        try await producing
    }

    @Test func aSlowClientSlowsTheHandler() async throws {
        let queue = MessageQueue()
        let (sent, report) = AsyncStream.makeStream(of: Int.self)
        let sending = Task {
            for number in 0..<100 {
                try await queue.send(Self.note(number))
                report.yield(number)
            }
        }
        var count = 0
        for await number in sent where number == 14 {
            count = number + 1
            break
        }
        #expect(count == 15, "fifteen are in without a reader")
        for number in 0..<100 { #expect(Self.number(await queue.next()) == Int64(number)) }
        try await sending.value
    }

    @Test func whoeverSendsIsToldThatTheClientIsGone() async throws {
        let queue = MessageQueue()
        let sending = Task { for number in 0..<100 { try await queue.send(Self.note(number)) } }
        #expect(Self.number(await queue.next()) == 0)
        queue.abandon()
        await #expect(throws: TransportError.self) { try await sending.value }
        #expect(await queue.next() == nil)
        await #expect(throws: TransportError.self) { try await queue.send(Self.note(1)) }
    }

    @Test func whoeverWaitsForRoomCanBeCancelledAndAddsNothing() async throws {
        let queue = MessageQueue()
        for number in 0..<16 { try await queue.send(Self.note(number)) }
        for turn in 0..<100 {
            let sending = Task { try await queue.send(Self.note(99)) }
            if turn.isMultiple(of: 2) { await Task.yield() }
            sending.cancel()
            await #expect(throws: CancellationError.self) { try await sending.value }
        }
        // Those that are cancelled take nobody's turn.
        let waiting = Task { try await queue.send(Self.note(16)) }
        for number in 0...16 { #expect(Self.number(await queue.next()) == Int64(number)) }
        try await waiting.value
    }

    @Test func aCancelledReaderEndsIt() async throws {
        for _ in 0..<200 {
            let queue = MessageQueue()
            let reading = Task { await queue.next() }
            reading.cancel()
            #expect(await reading.value == nil)
            await #expect(throws: TransportError.self) { try await queue.send(Self.note(1)) }
        }
    }

    @Test func whoeverIsToldTakesEverythingInOrderAndIsToldOfSilenceAndOfTheEnd() async throws {
        let queue = MessageQueue()
        let (calls, call) = AsyncStream.makeStream(of: Void.self)
        try await queue.send(Self.note(0))
        queue.whenReady { call.yield() }
        let sending = Task {
            for number in 1..<200 { try await queue.send(Self.note(number)) }
            queue.finish(with: Self.note(200))
        }
        var taken: [Int64?] = []
        for await _ in calls {
            let (messages, isEnd, _) = queue.takeReady()
            // Sixteen wait, the seventeenth has been let in by the last look, and one comes with the end.
            #expect(messages.count <= 18)
            taken += messages.map { Self.number(.message($0)) }
            if isEnd { break }
        }
        try await sending.value
        #expect(taken == (0...200).map { Int64($0) })

        let silent = MessageQueue()
        silent.whenReady { call.yield() }
        silent.tick()
        let (messages, isEnd, isTicked) = silent.takeReady()
        #expect(messages.isEmpty && !isEnd && isTicked)
        #expect(!silent.takeReady().isTicked)
        silent.abandon()
        #expect(silent.takeReady().isEnd)
    }

    @Test func aTickWakesAReaderThatWaits() async throws {
        let queue = MessageQueue()
        let ticking = Task {
            while !Task.isCancelled {
                queue.tick()
                await Task.yield()
            }
        }
        let item = await queue.next()
        ticking.cancel()
        guard case .tick? = item else {
            Issue.record("expected a tick")
            return
        }
    }
}

extension MessageQueueTests {
    @Test func whatIsThereIsTakenTogetherAndMakesRoom() async throws {
        let queue = MessageQueue()
        let sending = Task {
            for number in 0..<20 { try await queue.send(Self.note(number)) }
            queue.finish(with: Self.note(20))
        }
        var taken: [Int64?] = []
        while true {
            let (messages, isEnd, _) = queue.takeReady()
            taken += messages.map { Self.number(.message($0)) }
            if isEnd { break }
            await Task.yield()
        }
        try await sending.value
        #expect(taken == (0...20).map { Int64($0) })
        #expect(await queue.next() == nil)
    }
}
