/// What a check came to.
public struct CheckResult: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, Comparable {
        case passed
        /// The specification says SHOULD, and the implementation does otherwise.
        case warning
        case failed

        private var rank: Int {
            switch self {
            case .passed: 0
            case .warning: 1
            case .failed: 2
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
