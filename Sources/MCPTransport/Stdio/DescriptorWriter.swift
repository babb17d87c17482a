import Dispatch
import MCPCore
import MCPWorkers
import Synchronization

/// Writes messages, one a line, to a descriptor: never interleaved, and together where several wait.
///
/// A small message is written at once by whoever sends it, where that cannot block; everything else is written by a thread of the writer's own,
/// so that a reader at the other end that reads nothing blocks nobody but those who write to it.
final class DescriptorWriter: MessageSink, DeferredWork {
    fileprivate struct State {
        /// Messages, each of which will be a line.
        var messages: [[UInt8]] = []
        /// Their bytes with the ends of lines.
        var bytes = 0
        var isWriting = false
        /// The bytes of what waits and of what is being written.
        var unwritten = 0
        var failure: TransportError?
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0
    }

    /// Senders wait while more bytes than this are unwritten.
    static let highWater = 1 << 20
    /// Messages below this length are written together where several wait; longer ones would cost more to copy than a call of the system does.
    private static let shortMessage = 16 << 10

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "mcp.writer")
    private let state = Mutex(State())
    private let onFailure: @Sendable () -> Void

    /// - Parameter onFailure: Called once, when the other end is gone.
    init(_ descriptor: Int32, onFailure: @escaping @Sendable () -> Void = {}) {
        self.descriptor = descriptor
        self.onFailure = onFailure
    }

    /// Writes a message, possibly later; waits first while too much is unwritten.
    /// - Throws: `TransportError.closed` where the other end is gone; `CancellationError` where the task was cancelled while it waited: then nothing of
    ///   the message is written.
    func write(_ message: [UInt8]) async throws {
        while true {
            let isFirst: Bool? = try state.withLock { state in
                if let failure = state.failure { throw failure }
                guard state.hasRoom else { return nil }
                state.messages.append(message)
                state.bytes += message.count + 1
                state.unwritten += message.count + 1
                defer { state.isWriting = true }
                return !state.isWriting
            }
            guard let isFirst else {
                try await drained()
                continue
            }
            // Where several answers are being made on this thread, they leave together.
            if isFirst, !WorkerPool.defer(self) { writeHere() }
            return
        }
    }

    /// Waits until everything has been written.
    /// - Throws: `TransportError.closed` where the other end is gone; `CancellationError` once the task is cancelled.
    func drained() async throws {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let ready: Result<Void, any Error>? = state.withLock { state in
                    if let failure = state.failure { return .failure(failure) }
                    if !state.isWriting { return .success(()) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits until everything has been written, but not longer than that; also where the task is cancelled.
    /// - Returns: Whether nothing is unwritten any more.
    @discardableResult func drained(atMost gracePeriod: Duration) async -> Bool {
        guard state.withLock(\.isWriting) else { return true }
        // A task of its own, which is not cancelled with the one that waits.
        return await Task {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do { try await self.drained() } catch { return !(error is CancellationError) }
                    return true
                }
                group.addTask {
                    try? await Task.sleep(for: gracePeriod)
                    return false
                }
                defer { group.cancelAll() }
                return await group.next() ?? false
            }
        }.value
    }

    func catchUp() { writeHere() }

    /// Writes what waits, as long as it is little and does not block; leaves the rest to the thread.
    private func writeHere() {
        while true {
            let isSmall = state.withLock { $0.bytes <= SystemCall.pipeCapacity }
            guard isSmall, SystemCall.isWritable(descriptor) else {
                queue.async { [self] in while writeOnce() {} }
                return
            }
            guard writeOnce() else { return }
        }
    }

    /// - Returns: Whether there may be more.
    private func writeOnce() -> Bool {
        let (messages, waiters) = state.withLock { state in
            let messages = state.messages
            state.unwritten = state.bytes
            (state.messages, state.bytes) = ([], 0)
            guard messages.isEmpty else { return (messages, [CheckedContinuation<Void, any Error>]()) }
            state.isWriting = false
            return (messages, state.takeWaiters())
        }
        guard !messages.isEmpty else {
            for waiter in waiters { waiter.resume() }
            return false
        }
        do {
            try write(messages)
            return true
        } catch {
            fail(TransportError.closed("nobody reads what is written (\(error))"))
            return false
        }
    }

    private func write(_ messages: [[UInt8]]) throws(SystemError) {
        if messages.count == 1 { return try SystemCall.writeLine(messages[0], to: descriptor) }
        var together: [UInt8] = []
        for message in messages {
            if message.count < Self.shortMessage {
                together.append(contentsOf: message)
                together.append(UInt8(ascii: "\n"))
            } else {
                try SystemCall.writeAll(together, to: descriptor)
                together.removeAll(keepingCapacity: true)
                try SystemCall.writeLine(message, to: descriptor)
            }
        }
        try SystemCall.writeAll(together, to: descriptor)
    }

    private func fail(_ failure: TransportError) {
        let waiters = state.withLock { state in
            state.failure = failure
            (state.messages, state.bytes) = ([], 0)
            state.isWriting = false
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume(throwing: failure) }
        onFailure()
    }
}

extension DescriptorWriter.State {
    /// Whether a message may be added.
    fileprivate var hasRoom: Bool {
        if unwritten <= DescriptorWriter.highWater { return true }
        // Whoever is cancelled cannot wait, and what it still says is little: that it asks no more. There is some room for it.
        return Task.isCancelled && unwritten <= 2 * DescriptorWriter.highWater
    }

    fileprivate mutating func takeWaiters() -> [CheckedContinuation<Void, any Error>] {
        defer { waiters = [:] }
        return Array(waiters.values)
    }
}
