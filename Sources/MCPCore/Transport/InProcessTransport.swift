/// Reaches a server in the same process: the same bytes as over stdio, through two bounded queues.
///
///     try await withClient(.inProcess(server)) { client in … }
public struct InProcessTransport: StreamConnector {
    private let server: Server

    public init(_ server: Server) { self.server = server }

    public var serverIdentity: String? { nil }

    public func open() async throws -> StreamChannel {
        try server.validate()
        let toServer = InboundQueue()
        let toClient = InboundQueue()
        let connection = ServerConnection(server: server, sink: toClient.sink)
        // Unstructured: the server's side of the channel lives until the channel is closed, and `close` waits for it.
        let serving = Task(executorPreference: CurrentExecutor.preference) {
            defer {
                toClient.finish()
                toServer.finish()
            }
            try await connection.run(toServer)
        }
        return StreamChannel(
            inbound: toClient, sink: toServer.sink,
            reasonForEnd: { if case .failure(let error) = await serving.result { "the server failed: \(error)" } else { "the server has ended" } },
            close: {
                // First: nobody reads any more. Else the server, which sees its input end, would say that it ends its subscriptions, and a client that opens the channel anew would not listen
                // to the next one.
                toClient.finish()
                toServer.finish()
                serving.cancel()
                _ = await serving.result
            })
    }
}

extension ClientTransport where Self == StreamClientTransport {
    /// A server in the same process.
    public static func inProcess(_ server: Server) -> StreamClientTransport { StreamClientTransport(InProcessTransport(server)) }
}
