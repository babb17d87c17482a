import MCPWorkers

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The few calls of POSIX that the transports need, with the names that differ between systems.
enum SystemCall {
    /// Why a call failed, in words.
    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// A pipe whose ends are not inherited by child processes.
    static func makePipe() throws(SystemError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A second descriptor of the same file, not inherited by child processes.
    static func duplicate(_ descriptor: Int32) throws(SystemError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw SystemError(call: "dup", code: errno) }
        return copy
    }

    /// Waits until one of the descriptors can be read or has ended.
    /// - Returns: Which of them.
    static func waitReadable(_ first: Int32, _ second: Int32) -> (first: Bool, second: Bool) {
        var descriptors = [pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0)]
        while poll(&descriptors, 2, -1) < 0, errno == EINTR {}
        return (descriptors[0].revents != 0, descriptors[1].revents != 0)
    }

    /// Whether there is something to read, or the end.
    static func isReadable(_ descriptor: Int32) -> Bool {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        return poll(&descriptors, 1, 0) > 0
    }

    /// Whether a write of up to `PIPE_BUF` bytes would not block.
    static func isWritable(_ descriptor: Int32) -> Bool {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
        return poll(&descriptors, 1, 0) > 0 && descriptors[0].revents & Int16(POLLOUT) != 0
    }

    /// Writes all bytes, however often the system takes a part only.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        try writeAll(bytes.count, to: descriptor) { offset in
            bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
        }
    }

    /// Writes all bytes and a line feed behind them, without copying them together.
    static func writeLine(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var lineFeed = UInt8(ascii: "\n")
        try writeAll(bytes.count + 1, to: descriptor) { offset in
            bytes.withUnsafeBytes { line in
                withUnsafeMutablePointer(to: &lineFeed) { end in
                    let start = min(offset, line.count)
                    var parts = (
                        iovec(iov_base: UnsafeMutableRawPointer(mutating: line.baseAddress.map { $0 + start }), iov_len: line.count - start),
                        iovec(iov_base: end, iov_len: 1)
                    )
                    return withUnsafeMutablePointer(to: &parts) { parts in
                        parts.withMemoryRebound(to: iovec.self, capacity: 2) { writev(descriptor, $0, 2) }
                    }
                }
            }
        }
    }

    /// - Parameter write: Writes from an offset on, and says how many bytes, as the calls of the system do.
    private static func writeAll(_ total: Int, to descriptor: Int32, _ write: (_ offset: Int) -> Int) throws(SystemError) {
        var offset = 0
        while offset < total {
            let count = write(offset)
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                // The other end has made the shared description non-blocking: wait for room instead.
                var room = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&room, 1, -1)
            } else if errno != EINTR {
                throw SystemError(call: "write", code: errno)
            }
        }
    }

    /// Starts a thread for something that waits in the system most of its life.
    static func startThread(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        do { try SystemThread.start(body) } catch { throw SystemError(call: "pthread_create", code: error.code) }
    }

    /// A write to a closed pipe is an error of that write, not the end of the process.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// The most bytes that a pipe takes at once without blocking when it says that it is writable.
    static let pipeCapacity = 4096
}

/// A call of the system failed.
struct SystemError: Error, Sendable, CustomStringConvertible {
    var call: String
    var code: Int32
    var description: String { "\(call): \(SystemCall.reason(code))" }
}
