import Dispatch
import MCPCore
import Synchronization

/// Writes messages, one a line, to a descriptor: never interleaved, and together where several wait.
///
/// A small message is written at once by whoever sends it, where that cannot block; everything else is written by a thread of the writer's own,
/// so that a reader at the other end that reads nothing blocks nobody but those who write to it.
final class DescriptorWriter: MessageSink {
    private struct State {
        var buffer: [UInt8] = []
        var isWriting = false
        var failure: TransportError?
        var waiters: [CheckedContinuation<Void, any Error>] = []
    }

    /// Senders wait while more bytes than this are unwritten.
    private static let highWater = 1 << 20

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "mcp.writer")
    private let state = Mutex(State())
    private let onFailure: @Sendable () -> Void

    /// - Parameter onFailure: Called once, when the other end is gone.
    init(_ descriptor: Int32, onFailure: @escaping @Sendable () -> Void = {}) {
        self.descriptor = descriptor
        self.onFailure = onFailure
    }

    func write(_ message: [UInt8]) async throws {
        let (isFirst, isFull) = try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.buffer.append(contentsOf: message)
            state.buffer.append(UInt8(ascii: "\n"))
            defer { state.isWriting = true }
            return (!state.isWriting, state.buffer.count > Self.highWater)
        }
        if isFirst { writeHere() }
        if isFull { try await drained() }
    }

    /// Waits until everything has been written.
    /// - Throws: `TransportError.closed` where the other end is gone.
    func drained() async throws {
        try await withCheckedThrowingContinuation { continuation in
            let ready: Result<Void, any Error>? = state.withLock { state in
                if let failure = state.failure { return .failure(failure) }
                if !state.isWriting { return .success(()) }
                state.waiters.append(continuation)
                return nil
            }
            if let ready { continuation.resume(with: ready) }
        }
    }

    /// Writes what waits, as long as it is little and does not block; leaves the rest to the thread.
    private func writeHere() {
        while true {
            let isSmall = state.withLock { $0.buffer.count <= SystemCall.pipeCapacity }
            guard isSmall, SystemCall.isWritable(descriptor) else {
                queue.async { [self] in while writeOnce() {} }
                return
            }
            guard writeOnce() else { return }
        }
    }

    /// - Returns: Whether there may be more.
    private func writeOnce() -> Bool {
        let (bytes, waiters) = state.withLock { state in
            let bytes = state.buffer
            state.buffer = []
            guard bytes.isEmpty else { return (bytes, [CheckedContinuation<Void, any Error>]()) }
            state.isWriting = false
            defer { state.waiters = [] }
            return (bytes, state.waiters)
        }
        guard !bytes.isEmpty else {
            for waiter in waiters { waiter.resume() }
            return false
        }
        do {
            try SystemCall.writeAll(bytes, to: descriptor)
            return true
        } catch {
            fail(TransportError.closed("nobody reads what is written (\(error))"))
            return false
        }
    }

    private func fail(_ failure: TransportError) {
        let waiters = state.withLock { state in
            state.failure = failure
            state.buffer = []
            state.isWriting = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(throwing: failure) }
        onFailure()
    }
}
