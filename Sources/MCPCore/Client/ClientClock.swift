/// The clock of time-outs; tests give their own.
public struct ClientClock: Sendable {
    /// The time since some fixed moment.
    var now: @Sendable () -> Duration
    /// Sleeps until that time; ends early with `CancellationError`.
    var sleep: @Sendable (_ until: Duration) async throws -> Void

    /// Sleeps for that time.
    /// - Throws: `CancellationError`.
    public func sleep(for duration: Duration) async throws { try await sleep(now() + duration) }

    public init<C: Clock>(_ clock: C) where C.Duration == Duration {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
    }

    public static let continuous = ClientClock(ContinuousClock())
}
