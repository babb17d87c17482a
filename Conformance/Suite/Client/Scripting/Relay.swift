import NIOCore
import NIOPosix

/// What a client launches as its server: a pipe between its own standard input and output and a port on this machine, where the scripted server is.
public enum Relay {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Copies until the port closes. The end of standard input is passed on.
    /// - Throws: where the port cannot be reached.
    public static func run(port: Int) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let configuration = Connection.Configuration(isOutboundHalfClosureEnabled: true)
        let socket = try await ClientBootstrap(group: group).channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel, configuration: configuration) }
            }
        let streams = try await NIOPipeBootstrap(group: group).channelOption(.allowRemoteHalfClosure, value: true)
            .takingOwnershipOfDescriptors(input: 0, output: 1) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel, configuration: configuration) }
            }
        try await socket.executeThenClose { fromPort, toPort in
            try await streams.executeThenClose { fromClient, toClient in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await part in fromClient { try await toPort.write(part) }
                        toPort.finish()
                    }
                    for try await part in fromPort { try await toClient.write(part) }
                    group.cancelAll()
                }
            }
        }
    }
}
