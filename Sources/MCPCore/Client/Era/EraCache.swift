import Synchronization

/// Remembers which era servers speak, by `ClientTransport.serverIdentity` (2026-07-28, basic/versioning, "Backward Compatibility").
///
/// It keeps digests of the identities, because URLs and command lines may hold tokens: what is kept for the next run shows none.
public final class EraCache: Sendable {
    private let eras: Mutex<[String: ProtocolRevision.Era]>

    /// - Parameter eras: What is known already, for example from the last run: what `all` gave.
    public init(_ eras: [String: ProtocolRevision.Era] = [:]) { self.eras = Mutex(eras) }

    public subscript(identity: String) -> ProtocolRevision.Era? {
        get { eras.withLock { $0[ServerIdentity.digest(of: [identity])] } }
        set { eras.withLock { $0[ServerIdentity.digest(of: [identity])] = newValue } }
    }

    /// All that is known, by digests of the identities, to be kept for the next run.
    public var all: [String: ProtocolRevision.Era] { eras.withLock { $0 } }
}
