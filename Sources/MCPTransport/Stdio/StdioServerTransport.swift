import MCPCore
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

    public init(maximumMessageBytes: Int = 16 << 20) { self.maximumMessageBytes = maximumMessageBytes }

    /// Serves until standard input ends, standard output is closed, or the task is cancelled.
    public func serve(_ server: Server) async throws {
        SystemCall.ignoreBrokenPipes()
        let output = try SystemCall.duplicate(STDOUT_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        defer {
            dup2(output, STDOUT_FILENO)
            close(output)
        }
        let reader = try DescriptorReader(STDIN_FILENO, maximumLine: maximumMessageBytes)
        defer { reader.stop() }
        let writer = DescriptorWriter(output) { reader.stop() }
        let connection = ServerConnection(server: server, sink: writer)
        try await connection.run(reader)
        // Whoever has closed its end wants nothing more.
        try? await writer.drained()
    }
}

extension ServerTransport where Self == StdioServerTransport {
    /// Standard input and output.
    public static var stdio: StdioServerTransport { StdioServerTransport() }
}
