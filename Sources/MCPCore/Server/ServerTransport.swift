/// A way to reach a server: stdio, Streamable HTTP, in process.
public protocol ServerTransport: Sendable {
    /// Serves until the transport ends or the task is cancelled.
    ///
    /// It begins where its caller stands, so that it is the transport that decides what its tasks run on.
    nonisolated(nonsending) func serve(_ server: Server) async throws
}

extension Server {
    /// Serves over one transport until it ends (standard input is closed, the listener is stopped) or the task is cancelled.
    /// - Throws: `ServerDefinitionError` before anything is served; what the transport throws.
    nonisolated(nonsending) public func serve(_ transport: some ServerTransport) async throws {
        try validate()
        try await transport.serve(self)
    }
}
