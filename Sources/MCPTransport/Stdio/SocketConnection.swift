import MCPCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One end of a connected socket, which carries one message a line in both directions.
final class SocketConnection: Sendable {
    let input: any FrameReader
    let output: DescriptorWriter
    private let socket: DescriptorEnd

    /// - Parameter servesHere: It is a server's end, which the threads that serve wait for.
    init(
        _ socket: DescriptorEnd, maximumMessageBytes: Int, maximumUnwrittenBytes: Int = DescriptorWriter.defaultHighWater, servesHere: Bool = false
    ) throws(SystemError) {
        self.socket = socket
        let input: any FrameReader =
            servesHere
            ? try FrameReaders.forServer(socket, maximumLine: maximumMessageBytes)
            : try DescriptorReader(socket.descriptor, maximumLine: maximumMessageBytes, keeping: socket)
        self.input = input
        // A write that hangs when the connection is given up still uses the descriptor, whose number must not become another's before it has ended.
        output = DescriptorWriter(socket.descriptor, highWater: maximumUnwrittenBytes) { withExtendedLifetime(socket) { input.stop() } }
    }

    /// Ends the connection. What waits to be written is written first, unless the other end does not read for that long.
    func close(gracePeriod: Duration = .seconds(2)) async {
        await output.drained(atMost: gracePeriod)
        // A write that hangs ends with it.
        shutDown()
    }

    /// Ends both directions; a write that waits fails. The descriptor is closed with the last reference to the connection.
    func shutDown() {
        input.stop()
        _ = shutdown(socket.descriptor, Int32(SHUT_RDWR))
    }
}
