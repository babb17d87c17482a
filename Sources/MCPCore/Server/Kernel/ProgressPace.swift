/// Which of the reports of progress of one call go out: only those that grow, one after the other, and no more of them than a rate allows. Of those
/// that it does not allow the newest is kept. A value: time is given to it, in milliseconds.
struct ProgressPace: Sendable {
    private let limit: RateLimit?
    private var bucket: TokenBucket?
    /// The value of the newest report that was taken, sent or not.
    private var newest: Double?
    /// The report that waits until there is room.
    private var held: ProgressUpdate?
    /// Whether one is on its way. Another one that went out meanwhile could overtake it.
    private var isSending = false

    init(_ limit: RateLimit?) { self.limit = limit }

    /// Takes a report.
    /// - Returns: What is to be sent now; `sent` follows when that is done.
    mutating func report(_ update: ProgressUpdate, at now: Int64) -> ProgressUpdate? {
        // What does not grow is not sent (basic/patterns/progress, "Progress Flow"); this leaves out NaN too.
        guard newest.map({ update.progress > $0 }) ?? update.progress.isFinite, update.progress.isFinite else { return nil }
        newest = update.progress
        held = update
        return next(at: now)
    }

    /// - Returns: What is to be sent next.
    mutating func sent(at now: Int64) -> ProgressUpdate? {
        isSending = false
        return next(at: now)
    }

    /// Nothing was sent. What waits stays for the next report.
    mutating func failed() { isSending = false }

    /// What is still held back when the call ends. Nothing is sent after it.
    mutating func takeHeld() -> ProgressUpdate? {
        defer { held = nil }
        return held
    }

    private mutating func next(at now: Int64) -> ProgressUpdate? {
        guard let update = held, !isSending, hasRoom(at: now) else { return nil }
        held = nil
        isSending = true
        return update
    }

    private mutating func hasRoom(at now: Int64) -> Bool {
        guard let limit else { return true }
        var bucket = bucket ?? TokenBucket(limit, at: now)
        defer { self.bucket = bucket }
        return bucket.take(at: now) == nil
    }
}
