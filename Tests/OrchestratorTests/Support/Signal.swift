/// Something that one task waits for until another says that it has happened.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func fire() { continuation.yield() }

    /// Returns at once where it has happened already; for one waiting task. Fails when that is cancelled.
    func wait() async throws {
        for await _ in stream { return }
        throw CancellationError()
    }
}
