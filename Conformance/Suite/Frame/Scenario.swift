import MCPCore

/// What a scenario is pointed at: a server or a client under test.
public protocol Subject: Sendable {
    static var side: Side { get }
    /// The transport that the suite reaches it by.
    var binding: Binding { get }
}

/// The role of the implementation under test.
public enum Side: String, Sendable, Hashable, CaseIterable { case server, client }

/// The transports that the specification defines.
public enum Binding: String, Sendable, Hashable, CaseIterable { case http, stdio }

/// Whether a scenario counts for conformance to a revision.
public enum Scoring: Sendable, Hashable {
    /// The requirement set of the revision names it.
    case scored
    /// The requirement set does not know it; the specification asks it all the same, and it counts as much.
    case additional
    /// It is run and reported, but the requirement set of the revision leaves it out of the count.
    case notScored(Reason)

    public enum Reason: String, Sendable, Hashable {
        /// Protocol extensions are optional.
        case `extension`
        /// The requirement set lists it as not settled.
        case pending
        case addedAfterRelease = "added-after-release"
    }

    /// The words that reports use.
    public var word: String {
        switch self {
        case .scored: "scored"
        case .additional: "additional"
        case .notScored(let reason): "not scored: \(reason.rawValue)"
        }
    }
}

/// One thing that a scenario looks at.
public struct Check: Sendable, Hashable {
    /// Unique in its scenario.
    public let id: String
    /// What the specification asks, in one sentence.
    public let asks: String
    /// The transports on which it can be seen.
    public let bindings: Set<Binding>
    /// The revisions that ask it, of those of the scenario.
    public let revisions: Set<ProtocolRevision>

    public init(_ id: String, _ asks: String, on bindings: Set<Binding> = [.http, .stdio], in revisions: Set<ProtocolRevision> = .all) {
        self.id = id
        self.asks = asks
        self.bindings = bindings
        self.revisions = revisions
    }
}

/// A conversation with an implementation under test, and what is expected of it.
///
/// It passes only where all of its checks were reached and none failed.
public struct Scenario<Target: Subject>: Sendable {
    public let name: String
    /// What it asks, in a few words.
    public let summary: String
    public let revisions: Set<ProtocolRevision>
    public let bindings: Set<Binding>
    public let scoring: Scoring
    public let checks: [Check]
    let body: @Sendable (Target, ScenarioRun) async throws -> Void

    /// - Parameter body: Has the conversation, and tells the run what it sees. What it throws fails the scenario.
    public init(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision>, bindings: Set<Binding> = [.http, .stdio], scoring: Scoring = .scored,
        checks: [Check], body: @escaping @Sendable (Target, ScenarioRun) async throws -> Void
    ) {
        self.name = name
        self.summary = summary
        self.revisions = revisions
        self.bindings = bindings
        self.scoring = scoring
        self.checks = checks
        self.body = body
    }
}

extension Set<ProtocolRevision> {
    public static var all: Self { Set(ProtocolRevision.allCases) }
    /// The revisions that open a session with `initialize`.
    public static var handshake: Self { Set(ProtocolRevision.allCases.filter { $0.era == .handshake }) }
    public static var perRequest: Self { Set(ProtocolRevision.allCases.filter { $0.era == .perRequest }) }

    public static func since(_ first: ProtocolRevision) -> Self { Set(ProtocolRevision.allCases.filter { $0 >= first }) }
    public static func between(_ first: ProtocolRevision, _ last: ProtocolRevision) -> Self {
        Set(ProtocolRevision.allCases.filter { (first...last).contains($0) })
    }
}

extension ProtocolRevision {
    /// Whether several messages may stand in one array.
    var hasBatches: Bool { self == .v2025_03_26 }
}
