import Foundation
import MCPCore
import NIOPosix

/// Keeps credentials in one file that only its owner can read (mode 0600). It is replaced as a whole, so that a crash leaves the old one or the
/// new one; processes that share it wait for each other.
public struct FileCredentialStore: CredentialStore, CustomStringConvertible {
    private let path: String

    /// - Parameter path: The file; its folder is made where it is missing, readable by nobody else.
    public init(path: String) { self.path = path }

    public var description: String { "credentials in \(path)" }

    public func load(_ key: CredentialKey) async throws -> JSONObject? { try await run { try read()[key.text]?.object } }

    public func save(_ value: JSONObject?, for key: CredentialKey) async throws {
        try await run {
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let lock = try OwnedFile(path + ".lock", O_RDWR | O_CREAT)
            // Held until the descriptor is closed.
            guard flock(lock.descriptor, LOCK_EX) == 0 else { throw fault("cannot be locked") }
            var values = try read()
            if let value { values[key.text] = .object(value) } else { values.removeValue(forKey: key.text) }
            try replace(values)
        }
    }

    private func read() throws -> JSONObject {
        let file: OwnedFile
        do { file = try OwnedFile(path, O_RDONLY) } catch let error as SystemError where error.code == ENOENT { return [:] }
        guard file.isPrivate else { throw fault("can be read by others than its owner; make it private with: chmod 600 \(path)") }
        guard let bytes = file.contents(limit: 16 << 20) else { throw fault("cannot be read") }
        do { return try JSONObject(json: JSONValue(parsing: bytes)) } catch {
            // What stands in it is secret, so that no part of it is shown.
            throw fault("holds no JSON object; move it away to start anew")
        }
    }

    private func replace(_ values: JSONObject) throws {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        do {
            let file = try OwnedFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
            guard file.write(values.serialized()), fsync(file.descriptor) == 0 else { throw SystemError(code: errno) }
        }
        guard rename(temporary, path) == 0 else {
            let error = SystemError(code: errno)
            unlink(temporary)
            throw error
        }
    }

    private func fault(_ reason: String) -> AuthorizationError { .storage("\(path) \(reason)") }

    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        do { return try await NIOThreadPool.singleton.runIfActive(body) } catch let error as AuthorizationError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as SystemError {
            throw fault("cannot be used: \(String(cString: strerror(error.code)))")
        } catch { throw fault("cannot be used: \(error.localizedDescription)") }
    }
}

private struct SystemError: Error {
    var code: Int32
}

/// An open file that nobody else may read, closed when it is let go.
private final class OwnedFile {
    let descriptor: Int32

    init(_ path: String, _ flags: Int32) throws {
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
    }

    deinit { close(descriptor) }

    var isPrivate: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & 0o077 == 0
    }

    func contents(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0, bytes.count + count <= limit else { return nil }
            if count == 0 { return bytes }
            bytes += buffer.prefix(count)
        }
    }

    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
