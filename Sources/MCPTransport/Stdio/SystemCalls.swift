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

    /// Whether a write of up to `PIPE_BUF` bytes would not block.
    static func isWritable(_ descriptor: Int32) -> Bool {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
        return poll(&descriptors, 1, 0) > 0 && descriptors[0].revents & Int16(POLLOUT) != 0
    }

    /// Writes all bytes, however often the system takes a part only.
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
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

    /// Starts a thread for something that waits in the system most of its life: a worker of Dispatch that did so would be missing in its pool.
    static func startThread(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let argument = Unmanaged.passRetained(ThreadBody(run: body))
        #if canImport(Darwin)
        var thread: pthread_t?
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument.toOpaque())
        #else
        var thread = pthread_t()
        let result = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        #endif
        guard result != 0 else { return }
        argument.release()
        throw SystemError(call: "pthread_create", code: result)
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

/// What a thread runs.
private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
