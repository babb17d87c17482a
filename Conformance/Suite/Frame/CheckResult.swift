/// What a check came to.
public struct CheckResult: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, Comparable {
        /// It is about something that the implementation does not offer.
        case skipped
        case passed
        /// The specification says SHOULD, and the implementation does otherwise.
        case warning
        case failed

        private var rank: Int {
            switch self {
            case .skipped: 0
            case .passed: 1
            case .warning: 2
            case .failed: 3
            }
        }

        public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
    }

    public let check: Check
    public let status: Status
    /// What was seen, where that is not what was asked.
    public let details: String?

    public init(_ check: Check, _ status: Status, details: String? = nil) {
        self.check = check
        self.status = status
        self.details = details
    }
}
