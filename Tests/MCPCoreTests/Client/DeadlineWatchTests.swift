import Synchronization
import TestSupport
import Testing

@testable import MCPCore

/// The time-outs of many requests with few sleeps.
@Suite(.timeLimit(.minutes(1))) struct DeadlineWatchTests {
    /// A clock that stands still and says how often somebody has begun to sleep.
    private final class CountingClock: Sendable {
        let standing = StandingClock()
        private let count = Mutex(0)
        var sleeps: Int { count.withLock(\.self) }

        var clock: ClientClock {
            let plain = ClientClock(standing)
            var clock = plain
            clock.sleep = { [self] time in
                count.withLock { $0 += 1 }
                try await plain.sleep(time)
            }
            return clock
        }
    }

    private static func deadline(_ timeout: Duration, _ clock: ClientClock) -> RequestDeadline {
        RequestDeadline(timeout: timeout, maximum: timeout, clock: clock)
    }

    /// A cancelled sleep leaves its timer in the runtime until its time; a call must not leave one each.
    @Test func requestsOneAfterTheOtherShareOneSleep() async throws {
        let time = CountingClock()
        let clock = time.clock
        let watch = DeadlineWatch(clock: clock)
        for _ in 0..<100 {
            let ticket = watch.begin(Self.deadline(.seconds(60), clock)) { Issue.record("it was not over") }
            await time.standing.waitForSleeper(until: .seconds(60))
            watch.end(ticket)
        }
        #expect(time.sleeps == 1)
        // It ends by itself when its time has come and nothing is left, and the next request is watched over all the same.
        time.standing.advance(by: .seconds(60))
        let (ends, end) = AsyncStream<Void>.makeStream()
        _ = watch.begin(Self.deadline(.seconds(30), clock)) { end.yield() }
        await time.standing.waitForSleeper(until: .seconds(90))
        time.standing.advance(by: .seconds(30))
        for await _ in ends { break }
    }

    @Test func eachRequestEndsInItsTime() async throws {
        let time = CountingClock()
        let clock = time.clock
        let watch = DeadlineWatch(clock: clock)
        let (ends, end) = AsyncStream<Int>.makeStream()
        for seconds in [60, 40, 50] {
            _ = watch.begin(Self.deadline(.seconds(seconds), clock)) { end.yield(seconds) }
        }
        var iterator = ends.makeAsyncIterator()
        // The second one sleeps half as long as the first, and looks.
        await time.standing.waitForSleeper(until: .seconds(30))
        time.standing.advance(by: .seconds(30))
        for (at, step) in [(40, 10), (50, 10), (60, 10)] {
            await time.standing.waitForSleeper(until: .seconds(at))
            time.standing.advance(by: .seconds(step))
            #expect(await iterator.next() == at)
        }
    }

    @Test func timeOutsThatGetShorterAndShorterTakeFewSleeps() async throws {
        let time = CountingClock()
        let clock = time.clock
        let watch = DeadlineWatch(clock: clock)
        let count = 2000
        let (ends, end) = AsyncStream<Void>.makeStream()
        for number in 0..<count {
            _ = watch.begin(Self.deadline(.seconds(60) - .milliseconds(25) * number, clock)) { end.yield() }
        }
        time.standing.advance(by: .seconds(60))
        var ended = 0
        for await _ in ends {
            ended += 1
            if ended == count { break }
        }
        // 60, 30, 15 and at last those between 15 and 10: each half of the one before.
        #expect(time.sleeps <= 8)
    }

    @Test func aClientThatIsClosedLeavesNoSleep() async throws {
        let clock = StandingClock()
        let (client, _) = try await scriptedClient(configuration: ClientConfiguration(clock: ClientClock(clock)))
        _ = try await client.request("com.example/own")
        await clock.waitForSleeper(until: .seconds(60))
        await client.close()
        #expect(clock.sleeperCount == 0)
    }
}
