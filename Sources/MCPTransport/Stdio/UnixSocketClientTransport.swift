import MCPCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Connects to a server that listens on a socket in the file system; the messages are those of stdio.
public struct UnixSocketConnector: StreamConnector {
    public var path: String
    /// The longest message that is taken, in bytes; a longer one is dropped and reported.
    public var maximumMessageBytes: Int
    /// Whoever writes to the server waits while more bytes than this are unwritten.
    public var maximumUnwrittenBytes: Int

    public init(path: String, maximumMessageBytes: Int = 16 << 20, maximumUnwrittenBytes: Int = 1 << 20) {
        self.path = path
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumUnwrittenBytes = maximumUnwrittenBytes
    }

    public var serverIdentity: String? { "unix:\(path)" }

    public func open() async throws -> StreamChannel {
        SystemCall.ignoreBrokenPipes()
        do throws(SystemError) {
            let socket = try UnixSocket.make()
            try UnixSocket.connect(socket, to: path)
            let connection = try SocketConnection(
                socket, maximumMessageBytes: maximumMessageBytes, maximumUnwrittenBytes: maximumUnwrittenBytes)
            return StreamChannel(
                inbound: connection.input, sink: connection.output, reasonForEnd: { "the server has closed the socket" },
                close: { await connection.close() })
        } catch {
            throw TransportError.unreachable("\(path): \(error). \(Self.advice(error.code))")
        }
    }

    private static func advice(_ code: Int32) -> String {
        switch code {
        case ENOENT, ECONNREFUSED: "Is the server running?"
        case EACCES: "The socket belongs to another user."
        case ENAMETOOLONG: "A socket's path has at most about 100 bytes: choose a shorter one."
        default: "Look at the path."
        }
    }
}

extension ClientTransport where Self == StreamClientTransport {
    /// A server that listens on a socket in the file system.
    public static func unixSocket(path: String) -> StreamClientTransport { StreamClientTransport(UnixSocketConnector(path: path)) }
}
