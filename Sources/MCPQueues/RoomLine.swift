import Synchronization

/// Those who wait for room, first come, first served: each until whoever makes room lets it go on, or until its task is cancelled.
///
/// A value in the state of whoever has the room, so that both have one lock: `Mutex.waitInLine` puts a task into it; whoever makes room takes it out, and resumes
/// it behind the lock, never under it: the runtime calls a cancellation handler, which takes this lock, while it holds the task's own, and takes that to resume the task.
/// Each may bring a load, which is then whoever's who takes it out. Who is resumed first need not be the first to find the room.
public struct RoomLine<Load: Sendable, Turn: Sendable>: Sendable {
    public struct Member: Sendable {
        public let load: Load
        @usableFromInline let continuation: CheckedContinuation<Turn, any Error>

        @inlinable init(load: Load, continuation: CheckedContinuation<Turn, any Error>) {
            self.load = load
            self.continuation = continuation
        }

        /// It goes on.
        @inlinable public func resume(returning turn: sending Turn) { continuation.resume(returning: turn) }
        @inlinable public func resume(throwing error: any Error) { continuation.resume(throwing: error) }
    }

    @usableFromInline var members = NumberedLine<Member>()

    @inlinable public init() {}

    @inlinable public var count: Int { members.count }
    @inlinable public var isEmpty: Bool { members.isEmpty }

    /// Takes out who has waited longest.
    @inlinable public mutating func popFirst() -> Member? { members.popFirst() }

    /// Takes out all, in order.
    @inlinable public mutating func removeAll() -> [Member] { members.removeAll() }
}

extension RoomLine.Member where Turn == Void {
    @inlinable public func resume() { resume(returning: ()) }
}

extension Mutex {
    /// Waits in a line of the state that the lock guards.
    /// - Parameters:
    ///   - load: What it brings.
    ///   - decided: What it comes to without waiting; `nil` where it waits. Called under the lock, and before a cancellation is looked at: whoever finds room goes on.
    /// - Throws: `CancellationError` where the task is cancelled while it waits: then it has left the line, and its load with it. Else what it was resumed with.
    public func waitInLine<Load: Sendable, Turn: Sendable>(
        _ line: WritableKeyPath<Value, RoomLine<Load, Turn>> & Sendable, with load: Load, unless decided: (inout Value) -> Result<Turn, any Error>?
    ) async throws -> Turn {
        // Written and read under the lock. A task that is cancelled before it stands in the line finds that out when it is about to.
        let place = Atomic(-1)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Turn, any Error>? = withLock { state in
                    if let outcome = decided(&state) { return outcome }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    let number = state[keyPath: line].members.append(RoomLine.Member(load: load, continuation: continuation))
                    place.store(number, ordering: .relaxed)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            withLock { $0[keyPath: line].members.remove(place.load(ordering: .relaxed)) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits in a line to which nobody brings anything, and of which nobody gets anything but room.
    public func waitInLine(
        _ line: WritableKeyPath<Value, RoomLine<Void, Void>> & Sendable, unless decided: (inout Value) -> Result<Void, any Error>?
    ) async throws {
        try await waitInLine(line, with: (), unless: decided)
    }
}
