import MCPCore
import MCPWorkers
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Serves over standard input and output, one message a line (stdio transport).
///
/// While it serves, what the process prints goes to standard error, so that a stray `print` cannot spoil the stream. What was asked before the
/// input ended is still answered.
public struct StdioServerTransport: ServerTransport {
    /// The longest message that is read, in bytes; longer ones are refused.
    public var maximumMessageBytes: Int
    /// How long a host that does not read may take the last answers once the task has been cancelled.
    public var gracePeriod: Duration
    /// Whoever writes to the host waits while more bytes than this are unwritten.
    public var maximumUnwrittenBytes: Int

    public init(maximumMessageBytes: Int = 16 << 20, gracePeriod: Duration = .seconds(2), maximumUnwrittenBytes: Int = 1 << 20) {
        self.maximumMessageBytes = maximumMessageBytes
        self.gracePeriod = gracePeriod
        self.maximumUnwrittenBytes = maximumUnwrittenBytes
    }

    /// Serves until standard input ends, standard output is closed, or the task is cancelled.
    nonisolated(nonsending) public func serve(_ server: Server) async throws {
        SystemCall.ignoreBrokenPipes()
        let streams = try StandardStreams()
        // A write that hangs still needs its descriptor.
        var isWritten = true
        defer { streams.giveBack(closesOutput: isWritten) }
        let reader = try FrameReaders.forServer(streams.input, maximumLine: maximumMessageBytes)
        defer { reader.stop() }
        let writer = DescriptorWriter(streams.output, highWater: maximumUnwrittenBytes) { reader.stop() }
        let connection = ServerConnection(server: server, sink: writer, sleep: SystemTimer.sleep(for:))
        try await WorkerPool.run { try await connection.run(reader) }
        // Whoever has closed its end wants nothing more.
        do { try await writer.drained() } catch is CancellationError { isWritten = await writer.drained(atMost: gracePeriod) } catch {}
    }
}

extension ServerTransport where Self == StdioServerTransport {
    /// Standard input and output.
    public static var stdio: StdioServerTransport { StdioServerTransport() }
}

/// Standard input and output while they carry messages: the descriptors 0 and 1 lead to nothing and to standard error meanwhile.
private struct StandardStreams {
    /// Is closed when nothing is read any more.
    let input: DescriptorEnd
    let output: Int32

    init() throws(SystemError) {
        input = DescriptorEnd(try SystemCall.duplicate(STDIN_FILENO))
        output = try SystemCall.duplicate(STDOUT_FILENO)
        // What was printed before belongs to the real output, what is printed from now on does not: `print` keeps it in a buffer.
        fflush(nil)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        let nothing = open("/dev/null", O_RDONLY)
        if nothing >= 0 {
            dup2(nothing, STDIN_FILENO)
            close(nothing)
        }
    }

    func giveBack(closesOutput: Bool) {
        fflush(nil)
        dup2(output, STDOUT_FILENO)
        dup2(input.descriptor, STDIN_FILENO)
        if closesOutput { close(output) }
    }
}
