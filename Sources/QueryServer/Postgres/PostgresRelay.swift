#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Stands between libpq and the server's socket, so that libpq never holds more than it was given.
///
/// libpq keeps a message of any length in memory before it gives out the row in it. No setting bounds that, and one call of
/// `PQconsumeInput` goes on reading as long as the server sends fast enough, hundreds of megabytes at times. So once
/// the connection is open, libpq's descriptor becomes one end of a socket pair, and what it reads there is handed over in
/// pieces that are counted. Encryption is above this: the relay sees what goes over the wire.
///
/// Nothing in it blocks. Used by one caller at a time.
final class PostgresRelay {
    /// The socket of the server; the one to wait for.
    let server: CInt
    private let inner: CInt
    private var unsent: ArraySlice<UInt8> = []

    /// Bytes that are handed over at once. Smaller than the buffer of any socket pair, so that they always find room.
    private static let pieceSize = 32 << 10

    /// Takes the place of the socket that `descriptor` stands for; the number stays libpq's.
    /// - Returns: `nil` when the process has no descriptors left.
    init?(takingPlaceOf descriptor: CInt) {
        let server = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard server >= 0 else { return nil }
        var pair: [CInt] = [-1, -1]
        guard socketpair(AF_UNIX, Self.stream, 0, &pair) == 0 else {
            close(server)
            return nil
        }
        for end in pair {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
        }
        guard dup2(pair[0], descriptor) >= 0 else {
            for end in pair + [server] { close(end) }
            return nil
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        close(pair[0])
        self.server = server
        inner = pair[1]
    }

    deinit {
        close(inner)
        close(server)
    }

    /// Whether libpq has not yet read all that it was given, the end included.
    static func hasUnread(_ descriptor: CInt) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A descriptor that libpq has closed is for libpq to report.
        return poll(&entry, 1, 0) != 0
    }

    /// Hands over one piece of what the server sent; its end becomes the end that libpq reads. Call it when the socket is readable.
    /// - Returns: how many bytes that were.
    func receive() -> Int {
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        let count = recv(server, &piece, piece.count, 0)
        if count > 0 {
            var start = 0
            while start < count {
                let written = piece[start..<count].withUnsafeBytes { send(inner, $0.baseAddress, $0.count, Self.noSignal) }
                guard written > 0 || errno == EINTR else { break }
                start += max(0, written)
            }
            // Bytes that found no room would be missing in the middle: better an end.
            if start == count { return count }
        } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR {
            return 0
        }
        shutdown(inner, CInt(SHUT_WR))
        return 0
    }

    enum Delivery { case complete, waiting, failed }

    /// Sends what libpq has written on to the server, as far as the socket takes it.
    func deliver() -> Delivery {
        while true {
            while let first = unsent.indices.first {
                let sent = unsent.withUnsafeBytes { send(server, $0.baseAddress, $0.count, Self.noSignal) }
                if sent > 0 {
                    unsent = unsent[(first + sent)...]
                } else if errno == EAGAIN || errno == EWOULDBLOCK {
                    return .waiting
                } else if errno != EINTR {
                    return .failed
                }
            }
            var piece = [UInt8](repeating: 0, count: Self.pieceSize)
            let count = recv(inner, &piece, piece.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return .complete }
            unsent = piece[..<count]
        }
    }

    /// Ends the connection at once: whoever waits for the server sees its end.
    func abandon() { shutdown(server, CInt(SHUT_RDWR)) }

    #if canImport(Glibc)
    private static let stream = CInt(SOCK_STREAM.rawValue)
    private static let noSignal = CInt(MSG_NOSIGNAL)
    #elseif canImport(Musl)
    private static let stream = SOCK_STREAM
    private static let noSignal = CInt(MSG_NOSIGNAL)
    #else
    private static let stream = SOCK_STREAM
    // Darwin has a socket option for it instead; an end of libpq or the server shows in what is read.
    private static let noSignal: CInt = 0
    #endif
}
