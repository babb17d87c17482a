import MCPCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The calls of POSIX for sockets in the file system.
enum UnixSocket {
    /// - Throws: `SystemError`.
    static func make() throws(SystemError) -> DescriptorEnd {
        #if os(Linux)
        let type = Int32(SOCK_STREAM.rawValue)
        #else
        let type = SOCK_STREAM
        #endif
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw SystemError(call: "socket", code: errno) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return try DescriptorEnd(aboveStandardStreams: descriptor)
    }

    /// - Throws: `SystemError`; `ENAMETOOLONG` for a path that no socket can have.
    static func connect(_ socket: DescriptorEnd, to path: String) throws(SystemError) {
        try withAddress(path, call: "connect") { address, length in
            var result: Int32
            repeat { result = systemConnect(socket.descriptor, address, length) } while result != 0 && errno == EINTR
            return result
        }
    }

    /// Gives the socket its path, with access for this user alone.
    /// - Throws: `SystemError`.
    static func bind(_ socket: DescriptorEnd, to path: String) throws(SystemError) {
        // Before it has a name, where the system takes it (Linux), so that nobody else can connect in between.
        _ = fchmod(socket.descriptor, 0o600)
        try withAddress(path, call: "bind") { address, length in systemBind(socket.descriptor, address, length) }
        guard chmod(path, 0o600) == 0 else {
            let code = errno
            unlink(path)
            throw SystemError(call: "chmod", code: code)
        }
    }

    /// Takes a connection that waits.
    /// - Returns: `nil` where it is gone again.
    /// - Throws: `SystemError`.
    static func accept(_ listener: DescriptorEnd) throws(SystemError) -> DescriptorEnd? {
        let descriptor = systemAccept(listener.descriptor)
        guard descriptor >= 0 else {
            if [EINTR, EAGAIN, ECONNABORTED].contains(errno) { return nil }
            throw SystemError(call: "accept", code: errno)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return try DescriptorEnd(aboveStandardStreams: descriptor)
    }

    /// Whether a socket stands at that path, whoever listens on it.
    static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Whether a socket can have that path: the system leaves it about a hundred bytes.
    static func canBeNamed(_ path: String) -> Bool {
        // One byte is left for the end.
        path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) && !path.utf8.contains(0)
    }

    private static func withAddress(
        _ path: String, call: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(SystemError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard canBeNamed(path) else { throw SystemError(call: call, code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard result == 0 else { throw SystemError(call: call, code: errno) }
    }
}

private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 { connect(descriptor, address, length) }
private func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 { bind(descriptor, address, length) }
private func systemAccept(_ descriptor: Int32) -> Int32 { accept(descriptor, nil, nil) }
