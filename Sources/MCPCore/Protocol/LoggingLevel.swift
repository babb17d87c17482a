/// The severity of a log message (RFC 5424 section 6.2.1; `LoggingLevel`). Deprecated since 2026-07-28, and served.
public enum LoggingLevel: String, Sendable, Hashable, CaseIterable, Comparable {
    case debug, info, notice, warning, error, critical, alert, emergency

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (one: LoggingLevel, other: LoggingLevel) -> Bool { one.rank < other.rank }
}

extension LoggingLevel: JSONEncodable, JSONDecodable {
    public var json: JSONValue { .string(rawValue) }
    public init(json: JSONValue) throws {
        guard let level = json.string.flatMap(LoggingLevel.init) else {
            throw JSONDecodingError(
                expected: "one of " + Self.allCases.map(\.rawValue).joined(separator: ", "), found: json.serializedString)
        }
        self = level
    }
}
