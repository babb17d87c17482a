import Foundation
import Logging
import MCPTransport
import Synchronization

@testable import Orchestrator

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Programs that the package builds, beside the tests.
enum ServerPrograms {
    static func path(_ name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
    }

    /// Tools that wait, ask, report progress and come and go, over stdio.
    ///
    /// - Parameter isOld: Whether it knows the handshake era alone.
    static func fixture(_ name: String, isOld: Bool = false) -> ServerEntry {
        ServerEntry(
            name: name,
            place: .process(command: path("stdio-fixture"), arguments: isOld ? ["handshake"] : [], environment: [:], workingDirectory: nil),
            isTrusted: false)
    }

    /// Runs `conformance-server` over HTTP for as long as `body` runs, and gives its address.
    static func servingHTTP<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path("conformance-server"))
        process.arguments = ["--http", "0"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        let url = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return try await body(url)
    }
}

/// The fixture server behind a gate: its process is known, and it can only start while the gate is open.
final class GatedServer: Sendable {
    let entry: ServerEntry
    private let folder: URL

    init(_ name: String) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "gate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = #"test -e "$1/open" || exit 7; echo $$ > "$1/new" && mv "$1/new" "$1/pid" && exec "$2""#
        entry = ServerEntry(
            name: name,
            place: .process(
                command: "/bin/sh", arguments: ["-c", script, "sh", folder.path, ServerPrograms.path("stdio-fixture")], environment: [:],
                workingDirectory: nil), isTrusted: true)
        open()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func open() { _ = FileManager.default.createFile(atPath: folder.appending(path: "open").path, contents: Data()) }
    func close() throws { try FileManager.default.removeItem(at: folder.appending(path: "open")) }

    /// The process that was started last.
    func process() throws -> pid_t {
        let text = try String(contentsOf: folder.appending(path: "pid"), encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard let process = pid_t(text) else { throw RawSocketError(description: "no process: \(text)") }
        return process
    }

    /// Ends it as the system does when memory is out.
    func kill() throws { _ = sendSignal(try process(), SIGKILL) }

    /// Whether a process of that number is there.
    static func exists(_ process: pid_t) -> Bool { sendSignal(process, 0) == 0 }
}

/// `kill` of the C library, which a method of that name would hide.
private func sendSignal(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }

extension MCPHost {
    /// Runs a host over servers for as long as `body` runs.
    static func running<Result>(_ servers: [ServerEntry], _ body: (MCPHost) async throws -> Result) async throws -> Result {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let host = MCPHost(ServerList(servers), info: Implementation(name: "test", version: "1"), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await host.run() }
            defer { group.cancelAll() }
            return try await body(host)
        }
    }

    /// Suspends until the health is as wanted; nil where the host ended before.
    @discardableResult
    func health(where isWanted: ([ServerHealth]) -> Bool) async -> [ServerHealth]? {
        for await health in healthChanges() where isWanted(health) { return health }
        return nil
    }

    func allReady() async { await health { $0.allSatisfy { $0.state == .ready } } }

    /// Calls a tool and gives the text of its result.
    func text(_ server: String, _ tool: String, _ arguments: JSONObject = [:], observer: CallRecorder = CallRecorder()) async throws -> String {
        let result = try await call(ToolNameTable.Tool(server: server, tool: tool), arguments: arguments, observer: observer)
        return result.content.compactMap { $0["text"]?.string }.joined()
    }
}

/// Keeps what is told during a call, and answers as the test says.
final class CallRecorder: ToolCallObserver {
    private let state = Mutex((progress: [ToolProgress](), questions: [ServerQuestion]()))
    private let onProgress: @Sendable (ToolProgress) async -> Void
    private let answer: @Sendable (ServerQuestion) async -> ElicitationAnswer

    init(
        onProgress: @escaping @Sendable (ToolProgress) async -> Void = { _ in },
        answer: @escaping @Sendable (ServerQuestion) async -> ElicitationAnswer = { _ in .cancel }
    ) {
        self.onProgress = onProgress
        self.answer = answer
    }

    var progress: [ToolProgress] { state.withLock(\.progress) }
    var questions: [ServerQuestion] { state.withLock(\.questions) }

    func progress(_ progress: ToolProgress) async {
        state.withLock { $0.progress.append(progress) }
        await onProgress(progress)
    }

    func answer(to question: ServerQuestion) async -> ElicitationAnswer {
        state.withLock { $0.questions.append(question) }
        return await answer(question)
    }
}
