#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A pipe that ends a `poll`: not inherited by child processes, never one of the standard streams, and closed with this.
public final class KickPipe: Sendable {
    /// What is polled beside the rest; it can be read once somebody has kicked.
    public let reading: Int32
    private let writing: Int32

    /// `nil` where the system gives no descriptors; `errno` says why.
    public init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        // A process may have been started without its standard streams.
        let high = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
        let code = errno
        for end in ends { close(end) }
        guard high.allSatisfy({ $0 >= 0 }) else {
            for end in high where end >= 0 { close(end) }
            errno = code
            return nil
        }
        for end in high { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (reading, writing) = (high[0], high[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    public func kick() {
        var byte: UInt8 = 0
        // Where it is full there is a kick in it.
        _ = write(writing, &byte, 1)
    }

    /// Forgets the kicks that there were.
    public func clear() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(reading, &bytes, 16) == 16 {}
    }
}
