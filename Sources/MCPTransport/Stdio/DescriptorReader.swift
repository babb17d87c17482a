import Dispatch
import MCPCore
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads messages, one a line, from a descriptor.
///
/// A thread waits in `poll` on the descriptor and on a pipe that wakes it; there is no timer, and an idle reader never runs. What one `read`
/// brings is handed over at once. While the consumer is behind, nothing is read.
final class DescriptorReader: FrameReader {
    typealias Element = InboundFrames
    typealias Failure = any Error

    private struct State {
        var ready: [InboundFrames] = []
        var isEnded = false
        var consumer: CheckedContinuation<InboundFrames?, Never>?
    }

    /// What has been read and not been taken yet is at most this many reads.
    private static let maximumBehind = 8
    private static let chunk = 64 << 10

    private let descriptor: Int32
    private let wake: (read: Int32, write: Int32)
    private let maximumLine: Int
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: DescriptorReader.maximumBehind)
    private let isStopped = Mutex(false)

    /// - Parameter descriptor: Stays open; whoever opened it closes it after `stop` has been called or the input has ended.
    init(_ descriptor: Int32, maximumLine: Int) throws(SystemError) {
        self.descriptor = descriptor
        self.maximumLine = maximumLine
        wake = try SystemCall.makePipe()
        try SystemCall.startThread { [self] in run() }
    }

    deinit {
        close(wake.read)
        close(wake.write)
    }

    /// Ends the sequence without waiting for the input to end.
    func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        var byte: UInt8 = 0
        _ = write(wake.write, &byte, 1)
        room.signal()
    }

    func makeAsyncIterator() -> Iterator { Iterator(reader: self) }

    struct Iterator: AsyncIteratorProtocol {
        let reader: DescriptorReader
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
                guard let taken else { return }
                if taken != nil { room.signal() }
                continuation.resume(returning: taken)
            }
        } onCancel: {
            stop()
        }
    }

    // MARK: On the reader's thread

    private func run() {
        var splitter = LineSplitter(maximumLength: maximumLine)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            room.wait()
            guard !isStopped.withLock(\.self) else { return end() }
            let (canRead, isWoken) = SystemCall.waitReadable(descriptor, wake.read)
            if isWoken { return end() }
            guard canRead else { continue }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                let frames = splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                if frames.isEmpty { room.signal() }
                deliver(frames)
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                deliver(splitter.end())
                return end()
            } else {
                room.signal()
            }
        }
    }

    private func deliver(_ frames: [InboundFrames]) {
        for (index, frame) in frames.enumerated() {
            // One place was taken for the read; a read that brought more takes more.
            if index > 0 { room.wait() }
            let consumer = state.withLock { state -> CheckedContinuation<InboundFrames?, Never>? in
                if let consumer = state.consumer {
                    state.consumer = nil
                    return consumer
                }
                state.ready.append(frame)
                return nil
            }
            if let consumer {
                room.signal()
                consumer.resume(returning: frame)
            }
        }
    }

    private func end() {
        let consumer = state.withLock { state in
            state.isEnded = true
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
        // A semaphore must not be destroyed below the value that it was made with.
        for _ in 0..<Self.maximumBehind { room.signal() }
    }
}
