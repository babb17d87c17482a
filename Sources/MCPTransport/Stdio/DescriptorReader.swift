import Dispatch
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

/// Reads messages, one a line, from a descriptor.
///
/// A thread waits in `poll` on the descriptor and on a pipe that wakes it; there is no timer, and an idle reader never runs. What one `read`
/// brings is handed over at once. While the consumer is behind, nothing is read: what waits for it is at most `maximumBehind` and what one `read` completed on top.
final class DescriptorReader: FrameReader {
    typealias Element = InboundFrames
    typealias Failure = any Error

    /// Nothing is read while this many bytes have been read and not been taken yet.
    static let maximumBehind = 512 << 10
    private static let chunk = 64 << 10
    /// What stands in a pipe is no more than this, unless somebody goes on writing to it.
    private static let maximumRest = 1 << 20

    /// How the sequence ends before the input does.
    private enum Ending { case atOnce, behindTheRest }

    private let descriptor: Int32
    private let wake: KickPipe
    private let maximumLine: Int
    private let ready: InboundQueue
    /// Signalled when there is room again, or when the reader has been stopped.
    private let room: DispatchSemaphore
    private let ending = Mutex<Ending?>(nil)

    /// - Parameters:
    ///   - descriptor: Stays open until nothing is read any more.
    ///   - owner: Whoever closes the descriptor when it goes: it is kept until then.
    init(_ descriptor: Int32, maximumLine: Int, keeping owner: (any Sendable)? = nil) throws(SystemError) {
        self.descriptor = descriptor
        self.maximumLine = maximumLine
        let room = DispatchSemaphore(value: 0)
        self.room = room
        ready = InboundQueue(limit: Self.maximumBehind) { room.signal() }
        guard let wake = KickPipe() else { throw SystemError(call: "pipe", code: errno) }
        self.wake = wake
        try SystemCall.startThread { [self] in withExtendedLifetime(owner) { run() } }
    }

    /// Ends the sequence without waiting for the input to end.
    func stop() { end(.atOnce) }

    /// Ends the sequence behind what stands in the pipe, where nothing more is waited for.
    func finish() { end(.behindTheRest) }

    private func end(_ wanted: Ending) {
        let isFirst = ending.withLock { ending in
            defer { ending = ending ?? wanted }
            return ending == nil
        }
        guard isFirst else { return }
        wake.kick()
        room.signal()
    }

    func makeAsyncIterator() -> InboundQueue.Iterator { ready.makeAsyncIterator() }

    /// Whether nothing is read because the consumer is behind.
    var isPaused: Bool { !ready.hasRoom }

    // MARK: On the reader's thread

    private func run() {
        var splitter = LineSplitter(maximumLength: maximumLine)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { buffer.deallocate() }
        defer { ready.finish() }
        while true {
            let (canRead, isWoken) = SystemCall.waitReadable(descriptor, wake.reading)
            if isWoken {
                if ending.withLock(\.self) == .behindTheRest { readRest(&splitter, buffer) }
                return
            }
            guard canRead else { continue }
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                deliver(splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                return deliver(splitter.end())
            }
        }
    }

    /// Reads what is there, and waits for nothing.
    private func readRest(_ splitter: inout LineSplitter, _ buffer: UnsafeMutableRawBufferPointer) {
        var left = Self.maximumRest
        while left > 0, SystemCall.isReadable(descriptor) {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 {
                deliver(splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])))
                left -= count
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        deliver(splitter.end())
    }

    private func deliver(_ frames: [InboundFrames]) {
        for frame in frames where !ready.offer(frame) {
            // What has been read is still handed over once the reader has been stopped.
            if ending.withLock({ $0 == nil }) { room.wait() }
        }
    }
}
