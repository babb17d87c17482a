import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A real PostgreSQL server of this test process alone, on a free port, in a temporary directory.
///
/// PostgreSQL refuses to run as root, so root runs it as the user `postgres`. The server ends with the test process, however that
/// ends: a shell holds the other end of a pipe and stops the server when the pipe closes.
public final class PostgresServer: Sendable {
    public let port: Int
    public let directory: String
    private let binaries: String
    // Open as long as this process lives.
    private let guardPipe: Pipe

    /// Whether tests that need PostgreSQL can run; with `CI=true` they run in any case and fail without it.
    public static var isExpected: Bool { binariesDirectory != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    /// The server that all tests of this process share; started at the first call.
    public static func shared() throws -> PostgresServer { try sharedResult.get() }

    private static let sharedResult = Result { try PostgresServer() }

    /// The URL of a database for the superuser `postgres`, or another role; any password is accepted.
    public func url(database: String, user: String = "postgres", password: String? = nil) -> String {
        "postgres://\(user)\(password.map { ":\($0)" } ?? "")@127.0.0.1:\(port)/\(database)"
    }

    /// Makes a database and fills it with an SQL script.
    public func createDatabase(_ name: String, script: String) throws {
        try psql("postgres", "CREATE DATABASE \"\(name)\"")
        try psql(name, script)
    }

    /// Runs a script as the superuser and returns what it printed, unaligned and without headings.
    @discardableResult
    public func psql(_ database: String, _ script: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("mcp-test-\(UUID().uuidString).sql")
        try Data(script.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Self.run(
            "\(binaries)/psql",
            ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(database: database), "-f", file.path])
    }

    private static let binariesDirectory: String? = {
        let manager = FileManager.default
        let packaged = ((try? manager.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? [])
            .compactMap(Int.init).sorted(by: >).map { "/usr/lib/postgresql/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (packaged + path).first { directory in
            ["initdb", "pg_ctl", "psql"].allSatisfy { manager.isExecutableFile(atPath: "\(directory)/\($0)") }
        }
    }()

    private init() throws {
        guard let binaries = Self.binariesDirectory else {
            throw PostgresServerError("PostgreSQL is not installed: apt install postgresql")
        }
        self.binaries = binaries
        directory = "/tmp/mcp-postgres-\(UUID().uuidString.prefix(8))"
        // The user `postgres` has no right to this process's own directories.
        let asServer: (String, [String]) throws -> Void =
            getuid() == 0
            ? { try Self.run("/usr/sbin/runuser", ["-u", "postgres", "--", $0] + $1) }
            : { try Self.run($0, $1) }
        try asServer("/bin/mkdir", ["-m", "700", directory])
        try asServer("\(binaries)/initdb", ["-D", "\(directory)/data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"])
        port = try Self.freePort()
        let options = "-p \(port) -k \(directory) -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50 -c shared_buffers=16MB"
        do {
            try asServer(
                "\(binaries)/pg_ctl",
                ["-D", "\(directory)/data", "-o", options, "-l", "\(directory)/log", "-w", "-t", "60", "start"])
        } catch {
            let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
            throw PostgresServerError("\(error)\n\(log)")
        }
        guardPipe = Pipe()
        _ = fcntl(guardPipe.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let keeper = Process()
        keeper.executableURL = URL(fileURLWithPath: "/bin/sh")
        let stop = "\(binaries)/pg_ctl -D \(directory)/data -m immediate stop"
        keeper.arguments = [
            "-c",
            "trap '' INT TERM HUP; read _; \(getuid() == 0 ? "runuser -u postgres -- " : "")\(stop) >/dev/null 2>&1; rm -rf \(directory)",
        ]
        keeper.standardInput = guardPipe.fileHandleForReading
        keeper.standardOutput = FileHandle.nullDevice
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
    }

    /// Runs a program to its end; what it prints goes through a file, because a server that it leaves behind keeps a pipe open.
    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) throws -> String {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("mcp-test-\(UUID().uuidString).out")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard process.terminationStatus == 0 else {
            throw PostgresServerError("\(program) ended with status \(process.terminationStatus):\n\(text)")
        }
        return text
    }

    private static func freePort() throws -> Int {
        #if canImport(Glibc)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0 }
        }
        guard bound else { throw PostgresServerError("There is no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

public struct PostgresServerError: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
