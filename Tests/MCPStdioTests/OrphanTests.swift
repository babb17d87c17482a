#if os(Linux)
import Foundation
import Testing

/// A host that is killed leaves no server behind. Linux only: other systems have no signal for the death of a parent.
@Suite(.timeLimit(.minutes(1))) struct OrphanTests {
    /// Ignores the end of its input and every signal that can be ignored.
    private static let stubborn = """
        import sys, json, signal, time
        for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE): signal.signal(s, signal.SIG_IGN)
        for line in sys.stdin:
            m = json.loads(line)
            if m.get("method") == "initialize":
                print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {
                    "protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "stubborn", "version": "1"}}}), flush=True)
        while True: time.sleep(600)
        """

    @Test func aServerThatIgnoresEverythingDiesWithAHostThatIsKilled() async throws {
        let host = Process()
        host.executableURL = URL(filePath: fixture)
        host.arguments = ["host", "python3", "-c", Self.stubborn]
        let output = Pipe()
        host.standardOutput = output
        host.standardError = FileHandle.nullDevice
        try host.run()
        var iterator = Self.lines(output.fileHandleForReading).makeAsyncIterator()
        let line = try #require(await iterator.next())
        let server = try #require(Int32(line))
        defer { kill(server, SIGKILL) }
        #expect(Self.isRunning(server))
        kill(host.processIdentifier, SIGKILL)
        // Without the signal it would run until the time limit of this test.
        while Self.isRunning(server) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// A zombie that its new parent has yet to collect has ended.
    private static func isRunning(_ process: Int32) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    private static func lines(_ handle: FileHandle) -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        Thread.detachNewThread {
            var text = ""
            while true {
                let data = handle.availableData
                guard !data.isEmpty else { break }
                text += String(decoding: data, as: UTF8.self)
                while let end = text.firstIndex(of: "\n") {
                    continuation.yield(String(text[..<end]))
                    text = String(text[text.index(after: end)...])
                }
            }
            continuation.finish()
        }
        return lines
    }
}
#endif
