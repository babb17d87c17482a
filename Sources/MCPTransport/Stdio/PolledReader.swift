import MCPCore
import MCPWorkers
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads messages, one a line, from a descriptor that the threads of a pool wait for while they have nothing to run: what has come is served where it was read, and no
/// thread is woken for it.
///
/// It reads when its consumer has taken everything, 64 KiB at the most.
final class PolledReader: FrameReader, PolledSource {
    private struct State {
        var splitter: LineSplitter
        var ready: [InboundFrames] = []
        var isEnded = false
        var consumer: CheckedContinuation<InboundFrames?, Never>?
    }

    private static let chunk = 64 << 10

    let descriptor: Int32
    private let pool: WorkerPool
    private let state: Mutex<State>
    /// Used under the lock alone.
    private nonisolated(unsafe) let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PolledReader.chunk, alignment: 16)

    /// - Parameter descriptor: Stays open; whoever opened it closes it after `stop` has been called or the input has ended.
    init(_ descriptor: Int32, maximumLine: Int, pool: WorkerPool) {
        self.descriptor = descriptor
        self.pool = pool
        state = Mutex(State(splitter: LineSplitter(maximumLength: maximumLine)))
    }

    deinit { buffer.deallocate() }

    func stop() {
        let consumer = state.withLock { state in
            state.isEnded = true
            defer { state.consumer = nil }
            return state.consumer
        }
        pool.stopPolling(self)
        consumer?.resume(returning: nil)
    }

    func makeAsyncIterator() -> Iterator { Iterator(reader: self) }

    struct Iterator: AsyncIteratorProtocol {
        let reader: PolledReader
        mutating func next() async throws -> InboundFrames? { await reader.next() }
    }

    private func next() async -> InboundFrames? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let taken: InboundFrames?? = state.withLock { state in
                    if !state.ready.isEmpty { return .some(state.ready.removeFirst()) }
                    if state.isEnded { return .some(nil) }
                    state.consumer = continuation
                    return nil
                }
                if let taken { return continuation.resume(returning: taken) }
                wait()
            }
        } onCancel: {
            stop()
        }
    }

    private func wait() {
        pool.poll(self)
        // It may have been stopped in between.
        if state.withLock(\.isEnded) { pool.stopPolling(self) }
    }

    /// Reads once: the system has said that this does not block. Under the lock, so that nothing is read after `stop`.
    func becameReadable() {
        enum Outcome {
            case deliver(CheckedContinuation<InboundFrames?, Never>, InboundFrames?)
            case goOn
            case nothing
        }
        let outcome = state.withLock { state -> Outcome in
            guard !state.isEnded else { return .nothing }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                state.ready += state.splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                state.ready += state.splitter.end()
                state.isEnded = true
            }
            guard let consumer = state.consumer else { return .nothing }
            guard !state.ready.isEmpty || state.isEnded else { return .goOn }
            state.consumer = nil
            return .deliver(consumer, state.ready.isEmpty ? nil : state.ready.removeFirst())
        }
        switch outcome {
        case .deliver(let consumer, let frames): consumer.resume(returning: frames)
        case .goOn: wait()
        case .nothing: break
        }
    }
}
