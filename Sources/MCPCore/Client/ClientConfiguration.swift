/// How a client behaves; the defaults suit most.
public struct ClientConfiguration: Sendable {
    /// What the client says of itself.
    public var info: Implementation
    public var era: EraSelection
    /// What the client answers when a server asks.
    public var input: ClientInputHandlers
    /// Extensions that the client declares.
    public var extensions: [any ClientExtension]
    /// How long the probe may take before a server on a stream counts as one of the handshake era.
    public var probeTimeout: Duration
    /// How long a request may take without progress.
    public var requestTimeout: Duration
    /// How long a request may take at all.
    public var maximumRequestTime: Duration
    /// The most rounds of questions in one call.
    public var maximumInputRounds: Int
    /// The most requests of the server that are answered at once (handshake era); further ones are refused.
    public var maximumServerRequests: Int
    /// The most pages of one list; a server that has more is taken for one whose list never ends.
    public var maximumListPages: Int
    /// Remembers the eras of servers; share one between clients to probe each server once.
    public var eraCache: EraCache?
    /// Keeps results for as long as the server allows; `nil` to ask each time. Clients may share one.
    public var responseCache: ResponseCache?
    /// Whose private results may be shared among clients with one cache: those of the same user, signed in alike. `nil` for this client alone. Where a transport
    /// signs in by itself, each sign-in and sign-out ends the sharing too (`ClientTransport.authorizationContext`).
    public var authorizationContext: String?
    /// The least severe log message that servers send with each request (per-request era); `nil` for none.
    public var logLevel: LoggingLevel?
    /// How a server that has gone by itself is started again (stdio, sockets); `nil` where the connection then ends.
    public var restart: RestartPolicy?
    /// Whether a request fails at once (`ClientError.undeclaredFeature`) where the server has not declared the capability that it needs; `false` for servers that
    /// declare less than they offer.
    public var checksServerCapabilities: Bool
    /// How often the server may ask the user (`elicitation/create`); `nil` for no limit.
    public var elicitationLimit: AskingLimit?
    /// How often the server may ask the language model (`sampling/createMessage`); `nil` for no limit.
    public var samplingLimit: AskingLimit?
    /// Pings the server of a session by itself; `nil` for never. The per-request era has no sessions, and no ping.
    public var keepAlive: KeepAlive?
    /// Takes notifications that belong to no request and tell of no change, for example log messages, in order.
    public var onNotification: (@Sendable (JSONRPCNotification) async -> Void)?
    public var diagnostics: @Sendable (ClientDiagnostic) -> Void
    /// Follows requests from process to process; `nil` for no traces.
    public var tracing: (any RequestTracing)?
    public var clock: ClientClock

    public init(
        info: Implementation = Implementation(name: "swift-mcp", version: "0.1.0"), era: EraSelection = .auto,
        input: ClientInputHandlers = ClientInputHandlers(), extensions: [any ClientExtension] = [], probeTimeout: Duration = .seconds(10),
        requestTimeout: Duration = .seconds(60), maximumRequestTime: Duration = .seconds(600), maximumInputRounds: Int = 10,
        maximumServerRequests: Int = 256, maximumListPages: Int = 1000,
        eraCache: EraCache? = nil, responseCache: ResponseCache? = nil, authorizationContext: String? = nil, logLevel: LoggingLevel? = nil,
        restart: RestartPolicy? = nil, checksServerCapabilities: Bool = true, elicitationLimit: AskingLimit? = AskingLimit(),
        samplingLimit: AskingLimit? = AskingLimit(), keepAlive: KeepAlive? = nil, onNotification: (@Sendable (JSONRPCNotification) async -> Void)? = nil,
        diagnostics: @escaping @Sendable (ClientDiagnostic) -> Void = { _ in }, tracing: (any RequestTracing)? = nil, clock: ClientClock = .continuous
    ) {
        self.info = info
        self.era = era
        self.input = input
        self.extensions = extensions
        self.probeTimeout = probeTimeout
        self.requestTimeout = requestTimeout
        self.maximumRequestTime = maximumRequestTime
        self.maximumInputRounds = maximumInputRounds
        self.maximumServerRequests = maximumServerRequests
        self.maximumListPages = maximumListPages
        self.eraCache = eraCache
        self.responseCache = responseCache
        self.authorizationContext = authorizationContext
        self.logLevel = logLevel
        self.restart = restart
        self.checksServerCapabilities = checksServerCapabilities
        self.elicitationLimit = elicitationLimit
        self.samplingLimit = samplingLimit
        self.keepAlive = keepAlive
        self.onNotification = onNotification
        self.diagnostics = diagnostics
        self.tracing = tracing
        self.clock = clock
    }

    /// What each request of the per-request era says of the client (2026-07-28, basic, "Per-request protocol fields").
    func standingMeta(in revision: ProtocolRevision) -> JSONObject {
        [
            MetaKey.protocolVersion: .string(revision.rawValue), MetaKey.clientInfo: info.json,
            MetaKey.clientCapabilities: capabilities(in: revision).json,
        ]
    }

    func capabilities(in revision: ProtocolRevision) -> ClientCapabilities {
        var capabilities = input.capabilities
        capabilities.extensions = extensions.map { $0 as any ProtocolExtension }.declared(in: revision)
        return capabilities
    }
}

/// Which era a client speaks.
public enum EraSelection: Sendable, Hashable {
    /// Whichever the server speaks, the per-request era first.
    case auto
    /// `initialize`, with whatever handshake revision the server picks.
    case handshake
    /// That revision and no other.
    case pinned(ProtocolRevision)
}

/// What differs for one request.
public struct RequestOptions: Sendable {
    /// How long the request may take without progress; `nil` for the client's default.
    public var timeout: Duration?
    /// How long the request may take at all; `nil` for the client's default. Where it is given, and longer than the time-out, the server is asked to tell its
    /// progress also without a handler: progress extends the time-out up to this.
    public var maximumTime: Duration?
    /// Takes progress, in order and before the result.
    public var progress: (@Sendable (ProgressUpdate) async -> Void)?
    /// Asks the user on behalf of this call, in the place of the client's own handler. A client can ask only if its configuration has a handler too.
    ///
    /// The time-out of the call stands still while the handler runs, and the handler's task is cancelled when the call ends. A server of the
    /// handshake era does not say over stdio which call a question belongs to: it comes here while no other call is under way, else to the
    /// client's own handler.
    public var elicit: ClientInputHandlers.Elicit?
    /// Further members of `_meta`.
    public var meta: JSONObject
    /// Further HTTP headers.
    public var headers: [(name: String, value: String)]
    /// Asks the server even where a kept result is fresh; the new result is kept.
    public var isCacheBypassed: Bool
    /// Whether results of types that extensions have added are given as they came, instead of being completed.
    var keepsExtendedResults = false

    public init(
        timeout: Duration? = nil, maximumTime: Duration? = nil, progress: (@Sendable (ProgressUpdate) async -> Void)? = nil,
        elicit: ClientInputHandlers.Elicit? = nil, meta: JSONObject = [:], headers: [(name: String, value: String)] = [],
        isCacheBypassed: Bool = false
    ) {
        self.timeout = timeout
        self.maximumTime = maximumTime
        self.progress = progress
        self.elicit = elicit
        self.meta = meta
        self.headers = headers
        self.isCacheBypassed = isCacheBypassed
    }

    /// For a further request on behalf of the same call.
    func handedOn(isCacheBypassed: Bool = false) -> RequestOptions {
        RequestOptions(timeout: timeout, headers: headers, isCacheBypassed: isCacheBypassed)
    }
}
