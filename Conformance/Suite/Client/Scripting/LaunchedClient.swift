import Foundation

/// A process of the client under test, launched as the official suite launches it: a command line for the shell, with one more argument at its end.
struct LaunchedClient: Sendable {
    /// How it ended.
    enum End: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
    }

    struct Outcome: Sendable {
        var end: End
        /// The last of what it wrote to standard error and output.
        var tail: String

        var hasExited: Bool { if case .exited = end { true } else { false } }
    }

    /// What the shell runs; the argument is added to it.
    var command: String
    var argument: String
    /// What is added to the environment of this process.
    var environment: [String: String]

    /// The most that is kept of its output, in bytes.
    private static let tailLength = 2000

    /// Launches the client and waits for its end. Cancelling the task kills it, and what it has launched.
    /// - Throws: where the shell cannot be launched; `CancellationError`.
    func run() async throws -> Outcome {
        // A file and no pipe: nobody has to read it while the client runs.
        let log = FileManager.default.temporaryDirectory.appending(path: "mcp-conformance-\(UUID().uuidString).log")
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        defer { try? output.close() }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(command) \(Self.quoted(argument))"]
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let ended = Latch()
        process.terminationHandler = { _ in ended.open() }
        try process.run()
        let group = process.processIdentifier
        await ended.wait()
        // The shell and what it has launched are a process group; whatever is left of it has no business any more.
        kill(-group, SIGKILL)
        if Task.isCancelled {
            kill(group, SIGKILL)
            // In a task of its own, which is not cancelled.
            await Task { await ended.wait() }.value
            throw CancellationError()
        }
        let tail = (try? Data(contentsOf: log)).map { String(decoding: $0.suffix(Self.tailLength), as: UTF8.self) } ?? ""
        return Outcome(
            end: process.terminationReason == .exit ? .exited(process.terminationStatus) : .signalled(process.terminationStatus), tail: tail)
    }

    /// A word for the shell.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
}
