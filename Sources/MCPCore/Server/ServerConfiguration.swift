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
    /// Who may share a kept list (`cacheScope`). `private` unless no list depends on who asks.
    public var cacheScope: CacheScope
    /// The most bytes that the journal of a call may have: results of steps, questions and answers.
    public var maximumJournalBytes: Int
    /// The most requests of one connection that run at once; further ones wait unread.
    public var maximumConcurrentRequests: Int
    /// The limits on what is parsed.
    public var jsonLimits: JSONLimits
    /// Takes what an operator should know and a client should not.
    public var diagnostics: @Sendable (ServerDiagnostic) -> Void
    /// Where time and randomness come from.
    public var environment: ServerEnvironment

    public init(
        revisions: Set<ProtocolRevision> = Set(ProtocolRevision.allCases), pageSize: Int = 100, listTTLMilliseconds: Int = 60_000,
        discoverTTLMilliseconds: Int = 3_600_000, cacheScope: CacheScope = .private, maximumJournalBytes: Int = 256 << 10,
        maximumConcurrentRequests: Int = 256, jsonLimits: JSONLimits = .default,
        diagnostics: @escaping @Sendable (ServerDiagnostic) -> Void = { _ in }, environment: ServerEnvironment = .system
    ) {
        self.revisions = revisions
        self.pageSize = pageSize
        self.listTTLMilliseconds = listTTLMilliseconds
        self.discoverTTLMilliseconds = discoverTTLMilliseconds
        self.cacheScope = cacheScope
        self.maximumJournalBytes = maximumJournalBytes
        self.maximumConcurrentRequests = maximumConcurrentRequests
        self.jsonLimits = jsonLimits
        self.diagnostics = diagnostics
        self.environment = environment
    }

    /// The revisions of an era that are served, newest first.
    func revisions(of era: ProtocolRevision.Era) -> [ProtocolRevision] {
        revisions.filter { $0.era == era }.sorted(by: >)
    }
}

/// Who may share a kept result (`cacheScope`, SEP-2549).
public enum CacheScope: String, Sendable, Hashable {
    /// Anybody: the result is the same for all.
    case `public`
    /// Only the same authorization context.
    case `private`
}

/// Something that an operator should know.
public enum ServerDiagnostic: Sendable, CustomStringConvertible {
    /// A handler threw an error that its client was not told.
    case handlerFailed(method: String, name: String?, error: any Error)
    /// A tool returned structured content that does not fit its own output schema.
    case invalidOutput(tool: String, reason: String)
    /// A client sent something that was ignored.
    case ignored(reason: String)

    public var description: String {
        switch self {
        case .handlerFailed(let method, let name, let error): "\(method)\(name.map { " \($0)" } ?? "") failed: \(error)"
        case .invalidOutput(let tool, let reason): "Tool \(tool) returned what its output schema does not allow: \(reason)"
        case .ignored(let reason): "Ignored: \(reason)"
        }
    }
}
