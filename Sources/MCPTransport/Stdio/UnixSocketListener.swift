import MCPWorkers
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Listens on a socket in the file system. A thread waits for connections.
final class UnixSocketListener: Sendable {
    private let path: String
    private let socket: DescriptorEnd
    private let lock: DescriptorEnd
    private let wake: KickPipe

    /// Takes the path, also from a server that died and left its socket behind. Whoever sees the socket can connect.
    ///
    /// A lock on a file beside it says whether its server lives: whoever has the lock may remove the socket. The file stays.
    /// - Throws: `SystemError`; `EADDRINUSE` where another server listens, or where what stands there is no socket.
    init(path: String) throws(SystemError) {
        self.path = path
        lock = try Self.lock(path + ".lock")
        guard let wake = KickPipe() else { throw SystemError(call: "pipe", code: errno) }
        self.wake = wake
        socket = try UnixSocket.make()
        guard Self.makeFree(path) else { throw SystemError(call: "bind", code: EADDRINUSE) }
        try Self.listen(socket, at: path)
        // A connection that is gone before it is taken must not hold the thread.
        _ = fcntl(socket.descriptor, F_SETFL, fcntl(socket.descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// The connections as they come, until the listener is closed or the task that iterates is cancelled.
    func connections() throws(SystemError) -> AsyncStream<DescriptorEnd> {
        let (connections, continuation) = AsyncStream.makeStream(of: DescriptorEnd.self)
        try SystemCall.startThread { [socket, wake] in
            while true {
                let (canAccept, isWoken) = SystemCall.waitReadable(socket.descriptor, wake.reading)
                if isWoken { break }
                guard canAccept else { continue }
                do throws(SystemError) {
                    if let connection = try UnixSocket.accept(socket) { continuation.yield(connection) }
                } catch {
                    // Out of descriptors: those who are connected go on, and the next one is taken when one of them has ended.
                    if error.code != EMFILE && error.code != ENFILE { break }
                    sleep(1)
                }
            }
            continuation.finish()
        }
        return connections
    }

    /// Takes no more connections, and removes the socket.
    func close() {
        unlink(path)
        wake.kick()
    }

    private static func lock(_ path: String) throws(SystemError) -> DescriptorEnd {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(call: "open", code: errno) }
        let file = try DescriptorEnd(aboveStandardStreams: descriptor)
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SystemError(call: "flock", code: errno == EWOULDBLOCK ? EADDRINUSE : errno)
        }
        return file
    }

    /// Removes the socket of a server that died.
    /// - Returns: Whether nothing stands there now.
    private static func makeFree(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return true }
        guard UnixSocket.isSocket(path), !isAnswered(path) else { return false }
        return unlink(path) == 0
    }

    /// A socket has a name before it listens, and who connects in between is refused. So it listens under another name first and is then
    /// put in its place, where there is room for a longer name.
    private static func listen(_ socket: DescriptorEnd, at path: String) throws(SystemError) {
        // It may be somebody else's, or have been left by a server that died between the two.
        let name = path + ".new"
        let first = UnixSocket.canBeNamed(name) && makeFree(name) ? name : path
        try UnixSocket.bind(socket, to: first)
        guard systemListen(socket.descriptor, 64) == 0 else { throw failure(of: "listen", leaving: first) }
        guard first != path else { return }
        // Not over what has appeared there meanwhile, where the file system has second names for sockets.
        if link(first, path) == 0 {
            unlink(first)
        } else if errno == EEXIST {
            unlink(first)
            throw SystemError(call: "bind", code: EADDRINUSE)
        } else if rename(first, path) != 0 {
            throw failure(of: "rename", leaving: first)
        }
    }

    private static func failure(of call: String, leaving path: String) -> SystemError {
        let code = errno
        unlink(path)
        return SystemError(call: call, code: code)
    }

    /// Whether somebody listens there: a server that takes no lock.
    private static func isAnswered(_ path: String) -> Bool {
        guard let socket = try? UnixSocket.make() else { return true }
        do { try UnixSocket.connect(socket, to: path) } catch { return error.code != ECONNREFUSED }
        return true
    }
}

private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { listen(descriptor, backlog) }
