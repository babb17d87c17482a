import MCPCore
import MCPStdio

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A host: it launches a server, says its process's id on standard output, and holds it until it is killed.
enum Host {
    static func run(_ command: [String]) async throws {
        let transport = StdioClientTransport(command: command[0], arguments: Array(command.dropFirst()))
        try await withClient(transport, configuration: ClientConfiguration(era: .handshake)) { client in
            print(transport.processID ?? 0)
            fflush(nil)
            _ = await client.waitUntilEnd()
        }
    }
}
