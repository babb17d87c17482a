import MCPCore

/// A way to send messages to a server under test and to see what it sends, byte for byte.
protocol ServerLink: Sendable {
    /// Sends a request.
    func open(_ request: JSONValue, _ context: LinkContext) async throws -> Exchange
    /// Sends a notification or a response.
    func send(_ message: JSONValue, _ context: LinkContext) async throws
    /// Messages that answer nothing that was asked, where the transport has a place for them.
    func listen(_ context: LinkContext) async throws -> Exchange?
    func close(_ context: LinkContext) async
}

/// What a transport must know besides the message.
struct LinkContext: Sendable {
    var revision: ProtocolRevision
    /// The session, where HTTP has one.
    var sessionID: String?
    /// Whether `initialize` has been answered; before it the version header is not sent.
    var isInitialized = false
}
