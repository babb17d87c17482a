import Synchronization

/// Who follows tasks through `subscriptions/listen`: each task that has changed waits once, and is looked up when it is told, so that a slow
/// listener costs bounded memory.
final class TaskListener: Sendable {
    let ids: Set<String>
    private let changed: Mutex<[String]>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// - Parameter ids: The tasks that are followed. Each is told of once at the beginning: it may have changed before anybody listened.
    init(_ ids: [String]) {
        self.ids = Set(ids)
        changed = Mutex(ids)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ id: String) {
        guard ids.contains(id) else { return }
        changed.withLock { if !$0.contains(id) { $0.append(id) } }
        wake.yield()
    }

    func finish() { wake.finish() }

    /// The next task that has changed, for one task at a time; `nil` at the end and once the task is cancelled.
    func next() async -> String? {
        while true {
            if let id = changed.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return id }
            var iterator = wakes.makeAsyncIterator()
            guard await iterator.next() != nil else { return nil }
        }
    }
}
