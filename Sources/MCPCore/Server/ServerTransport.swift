/// A way to reach a server: stdio, Streamable HTTP, in process.
public protocol ServerTransport: Sendable {
    /// Serves until the transport ends or the task is cancelled.
    func serve(_ server: Server) async throws
}

extension Server {
    /// Serves over one transport until it ends (standard input is closed, the listener is stopped) or the task is cancelled.
    /// - Throws: `ServerDefinitionError` before anything is served; what the transport throws.
    public func serve(_ transport: some ServerTransport) async throws {
        try validate()
        try await transport.serve(self)
    }
}
