import Testing

@testable import MCPCore

/// Which reports of progress go out.
@Suite struct ProgressPaceTests {
    private static func update(_ progress: Double) -> ProgressUpdate { ProgressUpdate(progress: progress) }

    @Test func onlyWhatGrowsGoesOut() {
        var pace = ProgressPace(nil)
        var out: [Double] = []
        for value in [-1, 0, 0, 1, 0.5, 1, 1.5, -.infinity, .nan, .infinity, 2, 1.9, 3] {
            var next = pace.report(Self.update(value), at: 0)
            while let update = next {
                out.append(update.progress)
                next = pace.sent(at: 0)
            }
        }
        #expect(out == [-1, 0, 1, 1.5, 2, 3])
    }

    @Test func ofTooManyTheNewestWaitsForRoom() {
        var pace = ProgressPace(RateLimit(perSecond: 10, burst: 2))
        for value in [1.0, 2] {
            #expect(pace.report(Self.update(value), at: 0) == Self.update(value))
            #expect(pace.sent(at: 0) == nil)
        }
        for value in [3.0, 4, 5] { #expect(pace.report(Self.update(value), at: 50) == nil) }
        #expect(pace.report(Self.update(6), at: 100) == Self.update(6))
        #expect(pace.sent(at: 100) == nil)
        #expect(pace.report(Self.update(7), at: 100) == nil)
        #expect(pace.report(Self.update(6.5), at: 300) == nil, "it does not grow beyond what waits")
        #expect(pace.takeHeld() == Self.update(7))
        #expect(pace.takeHeld() == nil)
    }

    /// One task of a call was cancelled while it sent: what another has to report goes on.
    @Test func aReportThatCouldNotBeSentDoesNotSilenceTheRest() {
        var pace = ProgressPace(nil)
        #expect(pace.report(Self.update(1), at: 0) == Self.update(1))
        #expect(pace.report(Self.update(2), at: 0) == nil)
        pace.failed()
        #expect(pace.report(Self.update(3), at: 0) == Self.update(3))
    }

    @Test func noneOvertakesTheOneThatIsOnItsWay() {
        var pace = ProgressPace(RateLimit(perSecond: 1, burst: 3))
        #expect(pace.report(Self.update(1), at: 0) == Self.update(1))
        for value in [2.0, 3] { #expect(pace.report(Self.update(value), at: 0) == nil) }
        #expect(pace.sent(at: 0) == Self.update(3))
        #expect(pace.report(Self.update(4), at: 0) == nil)
        #expect(pace.sent(at: 0) == Self.update(4))
        #expect(pace.sent(at: 0) == nil)
    }
}
