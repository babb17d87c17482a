import Foundation
import Synchronization

/// A launched server, and the bytes of its standard streams.
final class ServerProcess: Sendable {
    enum Output: Sendable {
        case line([UInt8])
        /// Bytes at the end of the output that no line feed follows.
        case rest([UInt8])
    }

    struct LaunchError: Error, CustomStringConvertible {
        let command: String
        let reason: String
        var description: String { "'\(command)' cannot be started: \(reason)" }
    }

    let output = Inbox<Output>()
    private let process: Mutex<Process>
    private let input: FileHandle
    private let writing = DispatchQueue(label: "mcp-conformance.stdin")
    private let errors = Mutex<[UInt8]>([])
    private let exit = Inbox<Int32>()
    private static let maximumErrorBytes = 4000

    /// Launches a command through the shell.
    /// - Throws: `LaunchError`.
    init(_ command: String) throws {
        // A server that has ended must not end the suite.
        signal(SIGPIPE, SIG_IGN)
        let (toServer, fromServer, errorPipe) = (Pipe(), Pipe(), Pipe())
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = toServer
        process.standardOutput = fromServer
        process.standardError = errorPipe
        let exit = exit
        process.terminationHandler = { process in
            exit.push(process.terminationStatus)
            exit.finish()
        }
        do { try process.run() } catch { throw LaunchError(command: command, reason: "\(error.localizedDescription)") }
        input = toServer.fileHandleForWriting
        self.process = Mutex(process)
        let (output, reading) = (output, fromServer.fileHandleForReading)
        Self.readToEnd(reading) { bytes, buffer in
            buffer += bytes
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                output.push(.line(Array(buffer[..<end])))
                buffer.removeSubrange(...end)
            }
        } atEnd: { buffer in
            if !buffer.isEmpty { output.push(.rest(buffer)) }
            output.finish()
        }
        Self.readToEnd(errorPipe.fileHandleForReading) { [weak self] bytes, _ in
            self?.errors.withLock { $0 = ($0 + bytes).suffix(Self.maximumErrorBytes) }
        } atEnd: { _ in
        }
    }

    /// Reads on a thread of its own, because it blocks.
    private static func readToEnd(
        _ handle: FileHandle, _ take: @escaping @Sendable ([UInt8], inout [UInt8]) -> Void, atEnd: @escaping @Sendable ([UInt8]) -> Void
    ) {
        Thread.detachNewThread {
            var buffer: [UInt8] = []
            while case let data = handle.availableData, !data.isEmpty { take([UInt8](data), &buffer) }
            atEnd(buffer)
        }
    }

    /// Writes bytes to its standard input.
    func write(_ bytes: [UInt8]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            writing.async { [input] in continuation.resume(with: Result { try input.write(contentsOf: Data(bytes)) }) }
        }
    }

    /// Closes its standard input.
    func closeInput() {
        writing.async { [input] in try? input.close() }
    }

    /// Its exit status; `nil` where it has not ended by then.
    func waitForExit(within limit: Duration) async -> Int32? {
        let exit = exit
        return try? await withTimeLimit(limit, "the end of the process") { try await exit.next() } ?? nil
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// The end of its standard error.
    var errorTail: String { String(decoding: errors.withLock { $0 }, as: UTF8.self) }

    /// Ends it, gently first (2026-07-28, basic/transports/stdio, "Shutdown").
    func end() async {
        closeInput()
        // Whatever is left when the shell has ended has no business any more.
        defer { kill() }
        guard isRunning, await waitForExit(within: .seconds(2)) == nil, isRunning else { return }
        signalAll(SIGTERM)
        guard await waitForExit(within: .seconds(1)) == nil, isRunning else { return }
        kill()
        _ = await waitForExit(within: .seconds(1))
    }

    /// Kills it, without a chance to clean up.
    func kill() { signalAll(SIGKILL) }

    /// The shell and what it has launched are a process group.
    private func signalAll(_ signal: Int32) {
        let id = process.withLock { $0.processIdentifier }
        if id > 0 { _ = Foundation.kill(-id, signal) }
    }
}
