import Synchronization

/// Remembers which era servers speak, by `ClientTransport.serverIdentity` (2026-07-28, basic/versioning, "Backward Compatibility").
public final class EraCache: Sendable {
    private let eras: Mutex<[String: ProtocolRevision.Era]>

    /// - Parameter eras: What is known already, for example from the last run.
    public init(_ eras: [String: ProtocolRevision.Era] = [:]) { self.eras = Mutex(eras) }

    public subscript(identity: String) -> ProtocolRevision.Era? {
        get { eras.withLock { $0[identity] } }
        set { eras.withLock { $0[identity] = newValue } }
    }

    /// All that is known, to be kept for the next run.
    public var all: [String: ProtocolRevision.Era] { eras.withLock { $0 } }
}
