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

/// Serves on a socket in the file system, with the messages of stdio: several clients at once, each with a connection of its own.
///
/// Only processes of this user (and of root) can connect.
public struct UnixSocketServerTransport: ServerTransport {
    public var path: String
    /// The most clients at once; one on top of them is closed at once.
    public var maximumConnections: Int
    /// The longest message that is read, in bytes; longer ones are refused.
    public var maximumMessageBytes: Int
    /// Whoever writes to a client waits while more bytes than this are unwritten to it.
    public var maximumUnwrittenBytes: Int
    /// Called once clients can connect.
    public var onListening: @Sendable () -> Void

    public init(
        path: String, maximumConnections: Int = 64, maximumMessageBytes: Int = 16 << 20, maximumUnwrittenBytes: Int = 1 << 20,
        onListening: @escaping @Sendable () -> Void = {}
    ) {
        self.path = path
        self.maximumConnections = maximumConnections
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumUnwrittenBytes = maximumUnwrittenBytes
        self.onListening = onListening
    }

    /// Serves until the task is cancelled, and then removes the socket.
    /// - Throws: `UnixSocketError` where the path cannot be listened on.
    nonisolated(nonsending) public func serve(_ server: Server) async throws {
        SystemCall.ignoreBrokenPipes()
        let listener: UnixSocketListener
        do { listener = try UnixSocketListener(path: path) } catch { throw UnixSocketError(path: path, reason: error) }
        defer { listener.close() }
        let connections = try listener.connections()
        onListening()
        await WorkerPool.run { await serve(server, connections) }
    }

    private func serve(_ server: Server, _ connections: AsyncStream<DescriptorEnd>) async {
        await withDiscardingTaskGroup { group in
            let room = Room(maximumConnections)
            for await socket in connections {
                guard room.enter() else {
                    server.configuration.diagnostics(.ignored(reason: "a connection to \(path): \(maximumConnections) are open already"))
                    continue
                }
                group.addTask {
                    do { try await serve(server, on: socket) } catch {
                        server.configuration.diagnostics(.ignored(reason: "a connection to \(path) failed: \(error)"))
                    }
                    room.leave()
                }
            }
            group.cancelAll()
        }
    }

    private func serve(_ server: Server, on socket: DescriptorEnd) async throws {
        let connection = try SocketConnection(
            socket, maximumMessageBytes: maximumMessageBytes, maximumUnwrittenBytes: maximumUnwrittenBytes, servesHere: true)
        let served = ServerConnection(server: server, sink: connection.output, sleep: SystemTimer.sleep(for:))
        let result: Result<Void, any Error>
        do { result = .success(try await served.run(connection.input)) } catch {
            result = .failure(error)
        }
        await connection.close()
        try result.get()
    }
}

/// How many more connections may be open.
private final class Room: Sendable {
    private let left: Mutex<Int>

    init(_ places: Int) { left = Mutex(places) }

    /// - Returns: Whether there was a place.
    func enter() -> Bool {
        left.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }

    func leave() { left.withLock { $0 += 1 } }
}

extension ServerTransport where Self == UnixSocketServerTransport {
    /// A socket in the file system.
    public static func unixSocket(path: String) -> UnixSocketServerTransport { UnixSocketServerTransport(path: path) }
}

/// A socket's path cannot be listened on.
public struct UnixSocketError: Error, Sendable, CustomStringConvertible {
    public var path: String
    var reason: SystemError

    public var description: String {
        switch reason.code {
        case EADDRINUSE: "\(path) is in use: stop the server that listens there, or choose another path; what stands there and is no socket is left alone"
        case ENAMETOOLONG: "\(path) is too long for a socket's path, which has at most about 100 bytes: choose a shorter one"
        case ENOENT: "The directory of \(path) does not exist: make it first"
        case EACCES: "This user may not make \(path): choose a directory of its own"
        default: "Cannot listen on \(path): \(reason)"
        }
    }
}
