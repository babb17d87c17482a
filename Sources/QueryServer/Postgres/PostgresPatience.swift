import Dispatch

/// How long is waited for a PostgreSQL server beside the time that a caller's statement has.
struct PostgresPatience: Sendable {
    /// For a statement to end after it was cancelled; then its session is ended.
    var cancel = Duration.seconds(5)
    /// For what a session does around a statement: an idle one that has not begun a transaction by then is taken for lost, and one that is not clean again is not
    /// used again.
    var session = Duration.seconds(5)
    /// For the count of a table that was never analysed; then it is left out.
    var count = Duration.seconds(2)

    var sessionDeadline: DispatchTime { .now() + .nanoseconds(Int(session / .nanoseconds(1))) }
}
