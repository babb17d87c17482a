/// Who asks: what a client has said of itself, and what the transport and authorization know of it.
public struct Peer: Sendable {
    /// The revision that the request is served in.
    public var revision: ProtocolRevision
    /// What the client says of itself: for display and logs, never for decisions.
    public var clientInfo: Implementation?
    public var capabilities: ClientCapabilities
    /// Who the client is, as authorization has established it; `nil` where there is none.
    public var principal: Principal?
    /// The least severe log message that the client wants for this request; `nil` for none.
    public var logLevel: LoggingLevel?
    /// The connection that the request came on, where there is one that outlives the request.
    public var connection: ConnectionID?
    /// A live way to ask the client, in the handshake era; `nil` in the per-request era and where there is no session.
    public var backChannel: (any BackChannel)?
    /// Where the journal of a call waits while the client answers questions, in the per-request era.
    public var requestStates: (any RequestStateStore)?

    public init(
        revision: ProtocolRevision, clientInfo: Implementation? = nil, capabilities: ClientCapabilities = ClientCapabilities(),
        principal: Principal? = nil, logLevel: LoggingLevel? = nil, connection: ConnectionID? = nil,
        backChannel: (any BackChannel)? = nil, requestStates: (any RequestStateStore)? = nil
    ) {
        self.revision = revision
        self.clientInfo = clientInfo
        self.capabilities = capabilities
        self.principal = principal
        self.logLevel = logLevel
        self.connection = connection
        self.backChannel = backChannel
        self.requestStates = requestStates
    }
}

/// Who a client is, as authorization has established it. Principals are equal when their ids are: the same person comes with one token after
/// another, and each may allow something else.
public struct Principal: Sendable, Hashable {
    /// Unique within the server, for example issuer and subject of a token.
    public var id: String
    /// What the token of this request allows; `nil` where it is not limited.
    public var scopes: Set<String>?
    /// What else the token says, for handlers.
    public var claims: JSONObject

    public init(id: String, scopes: Set<String>? = nil, claims: JSONObject = [:]) {
        self.id = id
        self.scopes = scopes
        self.claims = claims
    }

    public static func == (one: Principal, other: Principal) -> Bool { one.id == other.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A live way from a server to its client, in the handshake era.
public protocol BackChannel: Sendable {
    /// Sends a request to the client and waits for its result. Cancelling the task cancels the request.
    /// - Throws: `JSONRPCError` from the client; `CancellationError`; `ConnectionClosed` where the client is gone.
    func request(_ method: String, params: JSONObject) async throws -> JSONObject

    /// Closes the connection that the client waits on, without ending the stream that it carries; nothing where there is no such connection.
    /// - Parameter retryAfter: After how long the client opens another one; `nil` for the transport's default.
    func closeConnection(retryAfter: Duration?)
}

extension BackChannel {
    public func closeConnection(retryAfter: Duration?) {}
}
