import Foundation
import Synchronization

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
    private let databases = Mutex<[String: String]>([:])
    // Open as long as this process lives.
    private let guardPipe: Pipe

    /// Whether tests that need PostgreSQL can run; with `CI=true` they run in any case and fail without it.
    public static var isExpected: Bool { binariesDirectory != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    /// The server that all tests of this process share; started at the first call.
    public static func shared() async throws -> PostgresServer { try await blocking { try sharedResult.get() } }

    private static let sharedResult = Result { try PostgresServer() }

    /// The URL of a database for the superuser `postgres`, or another role; any password is accepted.
    public func url(database: String, user: String = "postgres", password: String? = nil) -> String {
        "postgres://\(user)\(password.map { ":\($0)" } ?? "")@127.0.0.1:\(port)/\(database)"
    }

    /// The name of a database that was filled with this script. Tests that give the same script share it, so it is for reading.
    public func database(filledBy script: String) async throws -> String {
        try await Self.blocking { [self] in
            if let name = databases.withLock({ $0[script] }) { return name }
            let name = "t\(UUID().uuidString.prefix(8).lowercased())"
            try run("postgres", "CREATE DATABASE \"\(name)\" TEMPLATE template0;\n\\connect \(name)\n\(script)")
            databases.withLock { $0[script] = name }
            return name
        }
    }

    /// Runs a script as the superuser and returns what it printed, unaligned and without headings.
    @discardableResult
    public func psql(_ database: String, _ script: String) async throws -> String {
        try await Self.blocking { [self] in try run(database, script) }
    }

    @discardableResult
    private func run(_ database: String, _ script: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("mcp-test-\(UUID().uuidString).sql")
        try Data(script.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Self.run(
            "\(binaries)/psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(database: database), "-f", file.path])
    }

    /// Waiting for a program would hold up a thread that other tests need, so it is done on this queue.
    private static let queue = DispatchQueue(label: "tests.postgres")

    private static func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
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
        port = try DeafPort().number
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
        // Not Foundation's `Process`, which takes a child for running while the server that it left behind holds its descriptors.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_APPEND, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // The server outlives its starter: it must not keep descriptors of this process open.
        for descriptor in CInt(3)..<256 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { argv.forEach { free($0) } }
        var child: pid_t = 0
        let spawned = posix_spawn(&child, program, &actions, nil, &argv, environ)
        guard spawned == 0 else { throw PostgresServerError("\(program) cannot be started: \(String(cString: strerror(spawned)))") }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard status == 0 else { throw PostgresServerError("\(program) ended with wait status \(status):\n\(text)") }
        return text
    }
}

public struct PostgresServerError: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
