/// A revision of the Model Context Protocol, in order of publication.
public enum ProtocolRevision: String, Sendable, Hashable, CaseIterable, Comparable {
    case v2024_11_05 = "2024-11-05"
    case v2025_03_26 = "2025-03-26"
    case v2025_06_18 = "2025-06-18"
    case v2025_11_25 = "2025-11-25"
    case v2026_07_28 = "2026-07-28"

    /// How a client and a server agree on what they speak.
    public enum Era: Sendable, Hashable {
        /// A session opens with `initialize`.
        case handshake
        /// Every request carries its revision, client and capabilities in `_meta`.
        case perRequest
    }

    public var era: Era { self < .v2026_07_28 ? .handshake : .perRequest }

    /// The newest revision that opens with `initialize`.
    public static let latestHandshake = ProtocolRevision.v2025_11_25
    /// The newest revision.
    public static let latest = ProtocolRevision.v2026_07_28

    public static func < (one: ProtocolRevision, other: ProtocolRevision) -> Bool { one.order < other.order }

    private var order: Int {
        switch self {
        case .v2024_11_05: 0
        case .v2025_03_26: 1
        case .v2025_06_18: 2
        case .v2025_11_25: 3
        case .v2026_07_28: 4
        }
    }
}
