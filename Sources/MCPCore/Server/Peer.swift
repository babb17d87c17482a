/// Who asks: what a client has said of itself, and what the transport and authorization know of it.
///
/// One reference: a peer goes with each request through kernel, exchange and context, and is mostly the same for all requests of a connection.
public struct Peer: Sendable {
    private struct Fields {
        var revision: ProtocolRevision
        var clientInfo: Implementation?
        var capabilities: ClientCapabilities
        var principal: Principal?
        var logLevel: LoggingLevel?
        var connection: ConnectionID?
        var backChannel: (any BackChannel)?
        var requestStates: (any RequestStateStore)?
    }

    private final class Storage: Sendable {
        /// Changed only by an owner that is the only one (`Peer.fields`), while nobody else can read it.
        nonisolated(unsafe) var fields: Fields
        init(_ fields: Fields) { self.fields = fields }
    }

    private var storage: Storage

    private var fields: Fields {
        _read { yield storage.fields }
        _modify {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.fields) }
            yield &storage.fields
        }
    }

    /// The revision that the request is served in.
    public var revision: ProtocolRevision {
        get { fields.revision }
        set { fields.revision = newValue }
    }
    /// What the client says of itself: for display and logs, never for decisions.
    public var clientInfo: Implementation? {
        get { fields.clientInfo }
        set { fields.clientInfo = newValue }
    }
    public var capabilities: ClientCapabilities {
        get { fields.capabilities }
        set { fields.capabilities = newValue }
    }
    /// Who the client is, as authorization has established it; `nil` where there is none.
    public var principal: Principal? {
        get { fields.principal }
        set { fields.principal = newValue }
    }
    /// The least severe log message that the client wants for this request; `nil` for none.
    public var logLevel: LoggingLevel? {
        get { fields.logLevel }
        set { fields.logLevel = newValue }
    }
    /// The connection that the request came on, where there is one that outlives the request.
    public var connection: ConnectionID? {
        get { fields.connection }
        set { fields.connection = newValue }
    }
    /// A live way to ask the client, in the handshake era; `nil` in the per-request era and where there is no session.
    public var backChannel: (any BackChannel)? {
        get { fields.backChannel }
        set { fields.backChannel = newValue }
    }
    /// Where the journal of a call waits while the client answers questions, in the per-request era.
    public var requestStates: (any RequestStateStore)? {
        get { fields.requestStates }
        set { fields.requestStates = newValue }
    }

    public init(
        revision: ProtocolRevision, clientInfo: Implementation? = nil, capabilities: ClientCapabilities = ClientCapabilities(),
        principal: Principal? = nil, logLevel: LoggingLevel? = nil, connection: ConnectionID? = nil,
        backChannel: (any BackChannel)? = nil, requestStates: (any RequestStateStore)? = nil
    ) {
        storage = Storage(
            Fields(
                revision: revision, clientInfo: clientInfo, capabilities: capabilities, principal: principal, logLevel: logLevel, connection: connection,
                backChannel: backChannel, requestStates: requestStates))
    }

    /// Whether both are one and the same value, and not only equal: a later change of one does not change that it is what it was.
    func isSame(as other: Peer) -> Bool { storage === other.storage }

    // MARK: Questions that need no copy

    /// Whether a token limits what the client may do.
    var isLimitedByScopes: Bool { storage.fields.principal?.scopes != nil }

    /// Whether the client has declared that it can be asked anything.
    var canBeAsked: Bool {
        storage.fields.capabilities.elicitation != nil || storage.fields.capabilities.sampling != nil || storage.fields.capabilities.roots != nil
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
