import Dispatch
import MCPCore
import MCPQueues
import MCPWorkers
import Synchronization

/// Writes messages, one a line, to a descriptor: never interleaved, and together where several wait.
///
/// A small message is written at once by whoever sends it, where that cannot block; everything else is written by a thread of the writer's own,
/// so that a reader at the other end that reads nothing blocks nobody but those who write to it. Those who wait for room are served in the order in which they came, and
/// before whoever comes later: however slowly the other end reads, nobody waits for ever while others are served.
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
        /// Those who wait for room, with their messages. Each gets `false`: somebody else writes.
        var senders = RoomLine<[UInt8], Bool>()
        /// Those who wait until everything has been written.
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var nextWaiter = 0
    }

    /// What `highWater` is where nobody says.
    static let defaultHighWater = 1 << 20
    /// Messages below this length are written together where several wait; longer ones would cost more to copy than a call of the system does.
    private static let shortMessage = 16 << 10

    private let descriptor: Int32
    /// Senders wait while more bytes than this are unwritten.
    private let highWater: Int
    /// A serial one: Dispatch does not look after its threads, as it does each second after those of the global queues, so that a server sleeps after it (Linux).
    private let queue = DispatchQueue(label: "mcp.writer")
    private let state = Mutex(State())
    private let onFailure: @Sendable () -> Void

    /// - Parameters:
    ///   - highWater: Senders wait while more bytes than this are unwritten.
    ///   - onFailure: Called once, when the other end is gone.
    init(_ descriptor: Int32, highWater: Int = DescriptorWriter.defaultHighWater, onFailure: @escaping @Sendable () -> Void = {}) {
        self.descriptor = descriptor
        self.highWater = max(highWater, 0)
        self.onFailure = onFailure
    }

    /// How many wait for room.
    var waitingSenders: Int { state.withLock { $0.senders.count } }

    /// Writes a message, possibly later; waits first while too much is unwritten.
    /// - Throws: `TransportError.closed` where the other end is gone; `CancellationError` where the task was cancelled while it waited: then nothing of
    ///   the message is written.
    func write(_ message: [UInt8]) async throws {
        if try !offer(message), try await waitForRoom(message) { begin() }
    }

    func offer(_ message: [UInt8]) throws -> Bool {
        let isWriter: Bool? = try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.hasRoom(highWater) ? state.add(message) : nil
        }
        guard let isWriter else { return false }
        if isWriter { begin() }
        return true
    }

    /// Writes what waits, or sees to it that it is written.
    private func begin() {
        // Where several answers are being made on this thread, they leave together.
        if !WorkerPool.defer(self) { writeHere() }
    }

    /// - Returns: Whether the caller is the one who writes.
    private func waitForRoom(_ message: [UInt8]) async throws -> Bool {
        try await state.waitInLine(\.senders, with: message) { state in
            if let failure = state.failure { return .failure(failure) }
            // There may be some by now.
            return state.hasRoom(highWater) ? .success(state.add(message)) : nil
        }
    }

    /// Waits until everything has been written.
    /// - Throws: `TransportError.closed` where the other end is gone; `CancellationError` once the task is cancelled.
    func drained() async throws {
        let ticket = state.withLock { $0.makeTicket() }
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
        return await Task(executorPreference: CurrentExecutor.preference ?? WorkerPool.preferred) {
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do { try await self.drained() } catch { return !(error is CancellationError) }
                    return true
                }
                group.addTask {
                    try? await SystemTimer.sleep(for: gracePeriod)
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
        while SystemCall.isWritable(descriptor) {
            switch writeOnce(atMost: SystemCall.pipeCapacity) {
            case .more: continue
            case .done: return
            case .tooMuch: break
            }
            break
        }
        queue.async { [self] in while writeOnce(atMost: .max) == .more {} }
    }

    private enum Progress {
        /// There may be more.
        case more
        case done
        /// What waits is more than was asked for, and nothing of it was written.
        case tooMuch
    }

    /// - Parameter limit: Beyond that many bytes it writes nothing: what comes in between was not looked at by whoever asked whether it blocks.
    private func writeOnce(atMost limit: Int) -> Progress {
        let (messages, senders, waiters) = state.withLock {
            state -> ([[UInt8]]?, [RoomLine<[UInt8], Bool>.Member], [CheckedContinuation<Void, any Error>]) in
            // What was taken before has been written.
            state.unwritten = state.bytes
            let senders = state.releaseSenders(highWater)
            if state.bytes > limit { return (nil, senders, []) }
            let messages = state.messages
            (state.messages, state.bytes) = ([], 0)
            guard messages.isEmpty else { return (messages, senders, []) }
            state.isWriting = false
            return (messages, senders, state.takeWaiters())
        }
        for sender in senders { sender.resume(returning: false) }
        guard let messages else { return .tooMuch }
        guard !messages.isEmpty else {
            for waiter in waiters { waiter.resume() }
            return .done
        }
        do {
            try write(messages)
            return .more
        } catch {
            fail(TransportError.closed("nobody reads what is written (\(error))"))
            return .done
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
        let (senders, waiters) = state.withLock { state in
            state.failure = failure
            (state.messages, state.bytes) = ([], 0)
            state.isWriting = false
            return (state.senders.removeAll(), state.takeWaiters())
        }
        for sender in senders { sender.resume(throwing: failure) }
        for waiter in waiters { waiter.resume(throwing: failure) }
        onFailure()
    }
}

extension DescriptorWriter.State {
    /// Whether a message may be added.
    fileprivate func hasRoom(_ highWater: Int) -> Bool {
        if senders.isEmpty && unwritten <= highWater { return true }
        // Whoever is cancelled cannot wait, and what it still says is little: that it asks no more. There is some room for it.
        return Task.isCancelled && unwritten <= 2 * highWater
    }

    /// - Returns: Whether nobody writes, so that the caller has to.
    fileprivate mutating func add(_ message: [UInt8]) -> Bool {
        messages.append(message)
        bytes += message.count + 1
        unwritten += message.count + 1
        defer { isWriting = true }
        return !isWriting
    }

    /// Adds the messages of those who have waited longest, as far as there is room.
    fileprivate mutating func releaseSenders(_ highWater: Int) -> [RoomLine<[UInt8], Bool>.Member] {
        var released: [RoomLine<[UInt8], Bool>.Member] = []
        while unwritten <= highWater, let sender = senders.popFirst() {
            _ = add(sender.load)
            released.append(sender)
        }
        return released
    }

    fileprivate mutating func makeTicket() -> Int {
        nextWaiter += 1
        return nextWaiter
    }

    fileprivate mutating func takeWaiters() -> [CheckedContinuation<Void, any Error>] {
        defer { waiters = [:] }
        return Array(waiters.values)
    }
}
