import MCPCore
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Launches a server's process and connects to its standard streams.
final class ProcessConnector: StreamConnector {
    /// How long is waited around the end of a process.
    struct Patience: Sendable {
        /// For the end of a process whose output has ended, which is to say how it ended: it comes a moment later.
        var exit = Duration.seconds(5)
        /// For output after the end of the process: from processes that have left its group and hold the pipes. What stands in the pipes by then is read in any case.
        var afterlife = Duration.milliseconds(200)
    }

    let launch: ChildProcess.Launch
    let maximumMessageBytes: Int
    let maximumUnwrittenBytes: Int
    let gracePeriod: Duration
    let patience: Patience
    let onStandardError: @Sendable (String) -> Void
    let errorTail = StandardErrorTail()
    private let processID = Mutex<Int32?>(nil)

    init(
        launch: ChildProcess.Launch, maximumMessageBytes: Int, maximumUnwrittenBytes: Int, gracePeriod: Duration, patience: Patience = Patience(),
        onStandardError: @escaping @Sendable (String) -> Void
    ) {
        self.launch = launch
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumUnwrittenBytes = maximumUnwrittenBytes
        self.gracePeriod = gracePeriod
        self.patience = patience
        self.onStandardError = onStandardError
    }

    /// The process that was launched last.
    var currentProcessID: Int32? { processID.withLock { $0 } }

    /// The transport says it, which knows what was added to the environment.
    var serverIdentity: String? { nil }

    func open() async throws -> StreamChannel {
        SystemCall.ignoreBrokenPipes()
        do {
            let connection = try ProcessConnection(self)
            processID.withLock { $0 = connection.process.processID }
            return StreamChannel(
                inbound: connection.output, sink: connection.input, reasonForEnd: { await connection.reasonForEnd() },
                close: { await connection.close() })
        } catch let error as SystemError {
            let advice = error.code == ENOENT ? ". Is it installed, and on PATH?" : ""
            throw TransportError.unreachable("it could not be started: \(error)\(advice)")
        }
    }
}

/// A running process and this end of its standard streams.
final class ProcessConnection: Sendable {
    let process: ChildProcess
    let input: DescriptorWriter
    let output: DescriptorReader
    private let connector: ProcessConnector
    private let inputEnd: DescriptorEnd
    private let errorReader: DescriptorReader
    /// Reads standard error to its end.
    private let errors: Task<Void, Never>
    /// Ends the output where the process has ended and something else still holds the pipe.
    private let watcher: Task<Void, Never>

    private static let maximumErrorLine = 32 << 10

    /// - Throws: `SystemError`.
    init(_ connector: ProcessConnector) throws {
        self.connector = connector
        var ends: [DescriptorEnd] = []
        func pipe() throws(SystemError) -> (read: DescriptorEnd, write: DescriptorEnd) {
            let raw = try SystemCall.makePipe()
            let pipe = (read: try DescriptorEnd(aboveStandardStreams: raw.read), write: try DescriptorEnd(aboveStandardStreams: raw.write))
            ends += [pipe.read, pipe.write]
            return pipe
        }
        let toServer = try pipe()
        let fromServer = try pipe()
        let errorPipe = try pipe()
        process = try ChildProcess(
            connector.launch, input: toServer.read.descriptor, output: fromServer.write.descriptor, error: errorPipe.write.descriptor)
        // Only the child holds its ends now, so that the end of one is seen at the other.
        for end in [toServer.read, fromServer.write, errorPipe.write] { end.close() }
        inputEnd = toServer.write
        do {
            let output = try DescriptorReader(
                fromServer.read.descriptor, maximumLine: connector.maximumMessageBytes, keeping: fromServer.read)
            self.output = output
            // A server that takes no input any more is of no use: its output ends too, behind what it has said.
            input = DescriptorWriter(toServer.write.descriptor, highWater: connector.maximumUnwrittenBytes) { output.finish() }
            errorReader = try DescriptorReader(errorPipe.read.descriptor, maximumLine: Self.maximumErrorLine, keeping: errorPipe.read)
        } catch {
            process.signal(SIGKILL)
            throw error
        }
        // Unstructured, both: they live as long as the process, and `close` waits for them.
        errors = Task { [errorReader] in
            await Self.read(errorReader, connector)
            errorPipe.read.close()
        }
        watcher = Task { [process, output] in
            await process.waitForExit()
            try? await Task.sleep(for: connector.patience.afterlife)
            output.finish()
            withExtendedLifetime(fromServer.read) {}
        }
    }

    private static func read(_ reader: DescriptorReader, _ connector: ProcessConnector) async {
        do {
            for try await case .messages(let lines) in reader {
                for line in lines {
                    connector.errorTail.append(line: line)
                    connector.onStandardError(String(decoding: line, as: UTF8.self))
                }
            }
        } catch {
            connector.onStandardError("(standard error cannot be read: \(error))")
        }
    }

    /// Waits for the end of standard error, but not for long: the process has ended.
    private func errorsEnded() async {
        await withTaskGroup { group in
            group.addTask { [connector, errorReader] in
                try? await Task.sleep(for: connector.patience.afterlife)
                if !Task.isCancelled { errorReader.finish() }
            }
            await errors.value
            group.cancelAll()
        }
    }

    func reasonForEnd() async -> String {
        let exit = await process.waitForExit(atMost: connector.patience.exit)
        if exit != nil { await errorsEnded() }
        let reason = exit?.description ?? "the process closed its standard streams"
        let lines = connector.errorTail.lines(5)
        return lines.isEmpty ? reason : "\(reason); its standard error ends with:\n" + lines.joined(separator: "\n")
    }

    /// Closes the process's input, and sees to it that it ends (2026-07-28, basic/transports/stdio, "Shutdown").
    func close() async {
        // A task of its own: the grace period holds also where the one who closes is cancelled.
        await Task { [self] in
            let gracePeriod = connector.gracePeriod
            // What waits to be written is written first; a server that does not read is not waited for.
            let closing = Task {
                try? await input.drained()
                inputEnd.close()
            }
            if await process.waitForExit(atMost: gracePeriod) == nil {
                process.signal(SIGTERM)
                if await process.waitForExit(atMost: gracePeriod) == nil {
                    process.signal(SIGKILL)
                    await process.waitForExit()
                }
            }
            await closing.value
            await errorsEnded()
            watcher.cancel()
            await watcher.value
        }.value
    }
}
