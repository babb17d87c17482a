/// The states of tasks as the server tells them (`notifications/tasks`), until the sequence is let go or the server ends it.
///
/// Each followed task is told once at the beginning. A slow reader may miss states in between.
public struct TaskChanges: AsyncSequence, Sendable {
    public typealias Element = DetailedTask
    public typealias Failure = any Error

    /// The tasks that the server has agreed to tell of.
    public let acknowledged: [String]
    private let tasks: AsyncThrowingStream<DetailedTask, any Error>

    init(of ids: [String], on connection: ClientConnection, revision: ProtocolRevision, options: RequestOptions = RequestOptions()) async throws {
        let (tasks, continuation) = AsyncThrowingStream<DetailedTask, any Error>.makeStream(bufferingPolicy: .bufferingNewest(64 + 4 * ids.count))
        let diagnostics = connection.configuration.diagnostics
        let subscription = try await connection.listen(to: ["taskIds": ids.json], revision: revision, options: options) { notification in
            guard notification.method == TasksMethods.notification else { return diagnostics(.ignored("\(notification.method) on a subscription to tasks")) }
            do { continuation.yield(try DetailedTask(json: .object(notification.params))) } catch {
                diagnostics(.ignored("a task that cannot be read: \(error)"))
            }
        } ended: { error in
            continuation.finish(throwing: error)
        }
        continuation.onTermination = { _ in subscription.request.cancel() }
        self.tasks = tasks
        acknowledged = (try? subscription.acknowledged.decodeIfPresent("taskIds")) ?? []
    }

    public func makeAsyncIterator() -> AsyncThrowingStream<DetailedTask, any Error>.Iterator { tasks.makeAsyncIterator() }
}
