/// How a server behaves; the defaults suit most.
public struct ServerConfiguration: Sendable {
    /// The revisions that are served.
    public var revisions: Set<ProtocolRevision>
    /// The most entries on one page of a list.
    public var pageSize: Int
    /// How long clients may keep a list, in milliseconds (`ttlMs`, from 2026-07-28).
    public var listTTLMilliseconds: Int
    /// How long clients may keep the answer to `server/discover`, in milliseconds.
    public var discoverTTLMilliseconds: Int
    /// How long clients may keep the contents of a resource, in milliseconds, where its handler does not say.
    public var readTTLMilliseconds: Int
    /// Who may share a kept list (`cacheScope`). `private` unless no list depends on who asks.
    public var cacheScope: CacheScope
    /// Whether handlers' `RequestContext.log` reaches clients. Deprecated by the specification since 2026-07-28, and therefore off by default.
    public var offersLogging: Bool
    /// The most resources that one session, or one `subscriptions/listen`, may subscribe to.
    public var maximumResourceSubscriptions: Int
    /// The most bytes that the server keeps of what a client says of itself in `initialize`: its capabilities and `clientInfo`. What is only for show is
    /// left out first; beyond that the session is refused.
    public var maximumClientBytes: Int
    /// The most bytes that the journal of a call may have: results of steps, questions and answers.
    public var maximumJournalBytes: Int
    /// The most requests of one connection that run at once. On a channel of messages (stdio) further ones wait; over HTTP a session refuses them.
    public var maximumConcurrentRequests: Int
    /// The most requests of one channel of messages that wait for their turn; further ones are refused.
    public var maximumWaitingRequests: Int
    /// The most bytes of the messages of one channel whose requests run or wait for their turn; what would pass them is refused. A message that is longer
    /// by itself is served all the same, one at a time.
    public var maximumBytesUnderWay: Int
    /// The limits on what is parsed.
    public var jsonLimits: JSONLimits
    /// Takes what an operator should know and a client should not.
    public var diagnostics: @Sendable (ServerDiagnostic) -> Void
    /// What principals need scopes for.
    public var scopes: ScopeRules
    /// How often callers may call and complete, and how often they are told of progress and sent log messages.
    public var rateLimits: RateLimits
    /// How long a handler waits for an answer of the client (elicitation, sampling, roots) in the handshake era; `nil` for without end. Then the client
    /// is told that nobody waits any more, and the handler gets an error. Long by default, because people answer.
    public var answerTimeout: Duration?
    /// Sees each log message before it leaves, may take out what a client must not see, and keeps it back where it returns `nil`.
    public var logFilter: (@Sendable (LogMessage) -> LogMessage?)?
    /// Where journals of calls that ask wait, in the per-request era; `nil` for the transport's own: bounded memory of this process, or sealed with
    /// a key of this process. With one that several processes share (`SealedRequestStateStore` with a key that all of them have) a client may
    /// answer at any of them.
    public var requestStates: (any RequestStateStore)?
    /// Follows requests from process to process; `nil` for no traces.
    public var tracing: (any RequestTracing)?
    /// Where time and randomness come from.
    public var environment: ServerEnvironment

    public init(
        revisions: Set<ProtocolRevision> = Set(ProtocolRevision.allCases), pageSize: Int = 100, listTTLMilliseconds: Int = 60_000,
        discoverTTLMilliseconds: Int = 3_600_000, readTTLMilliseconds: Int = 0, cacheScope: CacheScope = .private, offersLogging: Bool = false,
        maximumResourceSubscriptions: Int = 1024, maximumClientBytes: Int = 8 << 10, maximumJournalBytes: Int = 256 << 10,
        maximumConcurrentRequests: Int = 256, maximumWaitingRequests: Int = 4096, maximumBytesUnderWay: Int = 32 << 20,
        jsonLimits: JSONLimits = .default,
        diagnostics: @escaping @Sendable (ServerDiagnostic) -> Void = { _ in }, scopes: ScopeRules = ScopeRules(),
        rateLimits: RateLimits = RateLimits(), answerTimeout: Duration? = .seconds(3600),
        logFilter: (@Sendable (LogMessage) -> LogMessage?)? = nil, requestStates: (any RequestStateStore)? = nil,
        tracing: (any RequestTracing)? = nil,
        environment: ServerEnvironment = .system
    ) {
        self.revisions = revisions
        self.pageSize = pageSize
        self.listTTLMilliseconds = listTTLMilliseconds
        self.discoverTTLMilliseconds = discoverTTLMilliseconds
        self.readTTLMilliseconds = readTTLMilliseconds
        self.cacheScope = cacheScope
        self.offersLogging = offersLogging
        self.maximumResourceSubscriptions = maximumResourceSubscriptions
        self.maximumClientBytes = maximumClientBytes
        self.maximumJournalBytes = maximumJournalBytes
        self.maximumConcurrentRequests = maximumConcurrentRequests
        self.maximumWaitingRequests = maximumWaitingRequests
        self.maximumBytesUnderWay = maximumBytesUnderWay
        self.jsonLimits = jsonLimits
        self.diagnostics = diagnostics
        self.scopes = scopes
        self.rateLimits = rateLimits
        self.answerTimeout = answerTimeout
        self.logFilter = logFilter
        self.requestStates = requestStates
        self.tracing = tracing
        self.environment = environment
    }

    /// A list that depends on who asks is for nobody else.
    var listCache: CacheHint { CacheHint(ttlMilliseconds: listTTLMilliseconds, scope: scopes.filtersLists ? .private : cacheScope) }
    /// What a resource holds may always depend on who asks.
    var readCache: CacheHint { CacheHint(ttlMilliseconds: readTTLMilliseconds, scope: .private) }

    /// The revisions of an era that are served, newest first.
    func revisions(of era: ProtocolRevision.Era) -> [ProtocolRevision] {
        revisions.filter { $0.era == era }.sorted(by: >)
    }
}

/// Something that an operator should know.
public enum ServerDiagnostic: Sendable, CustomStringConvertible {
    /// A handler threw an error that its client was not told.
    case handlerFailed(method: String, name: String?, error: any Error)
    /// A tool returned structured content that does not fit its own output schema.
    case invalidOutput(tool: String, reason: String)
    /// A handler returned keys of `_meta` that are none (2026-07-28, basic, `_meta`); they were left out.
    case invalidMetaKeys(method: String, keys: [String])
    /// A client has cancelled a request that was under way. The reason is its own words.
    case cancelled(id: RequestID, reason: String?)
    /// A caller has reached a limit of rate; told once until there is room again.
    case limited(subject: String, principal: String?, limit: RateLimit)
    /// A client sent something that was ignored, or a handler did.
    case ignored(reason: String)

    public var description: String {
        switch self {
        case .handlerFailed(let method, let name, let error): "\(method)\(name.map { " \($0)" } ?? "") failed: \(error)"
        case .invalidOutput(let tool, let reason): "Tool \(tool) returned what its output schema does not allow: \(reason)"
        case .invalidMetaKeys(let method, let keys):
            "\(method): left out of _meta, because they are no keys: \(keys.map { "`\($0.abbreviated)`" }.joined(separator: ", "))"
        case .cancelled(let id, let reason): "The client has cancelled request \(id): \(reason?.abbreviated ?? "it gives no reason")"
        case .limited(let subject, let principal, let limit):
            "Too many \(subject)\(principal.map { " of \($0)" } ?? ""): more than \(limit.perSecond.formattedRate) a second"
        case .ignored(let reason): "Ignored: \(reason)"
        }
    }
}
