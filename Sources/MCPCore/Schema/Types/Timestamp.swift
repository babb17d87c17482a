/// A moment that RFC 3339 can write: the years 0000 to 9999, exact to the attosecond.
///
/// The core knows no calendar but this, so that a server that does without Foundation can take and give times too. `MCPFoundation` makes
/// `Date` of it.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down; leap seconds do not count.
    public let seconds: Int64
    /// What comes on top of the seconds, from 0 to 999,999,999,999,999,999.
    public let attoseconds: Int64

    /// - Returns: `nil` outside of the years 0000 to 9999, or where there are too many attoseconds for a second.
    public init?(seconds: Int64, attoseconds: Int64 = 0) {
        guard Self.range.contains(seconds), (0..<1_000_000_000_000_000_000).contains(attoseconds) else { return nil }
        self.seconds = seconds
        self.attoseconds = attoseconds
    }

    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z, as clocks count; outside of the years 0000 to 9999 it is the nearest moment in them.
    public init(milliseconds: Int64) {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let second = remainder < 0 ? quotient - 1 : quotient
        switch second {
        case ..<Self.range.lowerBound: (seconds, attoseconds) = (Self.range.lowerBound, 0)
        case Self.range: (seconds, attoseconds) = (second, (remainder < 0 ? remainder + 1000 : remainder) * 1_000_000_000_000_000)
        default: (seconds, attoseconds) = (Self.range.upperBound, 999_999_999_999_999_999)
        }
    }

    private static let range: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    public static func < (one: Timestamp, other: Timestamp) -> Bool {
        (one.seconds, one.attoseconds) < (other.seconds, other.attoseconds)
    }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads `date-time` of RFC 3339 section 5.6, with any offset. Decimal places beyond the eighteenth are cut off; a leap second is the
    /// second after it, as POSIX counts.
    /// - Returns: `nil` for any other text, and where the offset leads out of the years 0000 to 9999.
    public init?(_ text: String) {
        guard let parts = DateTimeFormat.dateTime(text) else { return nil }
        let days = Self.days(year: parts.date.year, month: parts.date.month, day: parts.date.day)
        let time = parts.time
        let secondOfDay = (time.hour * 60 + time.minute - time.offset) * 60 + time.second
        self.init(seconds: Int64(days * 86_400 + secondOfDay), attoseconds: time.attoseconds)
    }

    /// The moment in UTC as RFC 3339 writes it, with as many decimal places as it needs: `2025-01-31T09:30:00.5Z`.
    public var description: String {
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let second = Int(seconds) - days * 86_400
        let date = Self.date(days: days)
        let time = "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
        return "\(Self.padded(date.year, 4))-\(Self.padded(date.month, 2))-\(Self.padded(date.day, 2))T\(time)\(fraction)Z"
    }

    private var fraction: String {
        guard attoseconds > 0 else { return "" }
        var digits = Self.padded(Int(attoseconds), 18)
        while digits.last == "0" { digits.removeLast() }
        return ".\(digits)"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // The Gregorian calendar repeats after 400 years, which are 146,097 days. Years are counted from March, so that a leap day is the last
    // day of its year; then five months have 153 days, whichever they are.

    private static let daysBefore1970 = 719_468

    /// The days from 1970-01-01 to a date of the years 0 to 9999.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        // One cycle more, so that January of the year 0 is not below zero.
        let year = (month > 2 ? year : year - 1) + 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 146_097 - daysBefore1970
    }

    private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let days = days + daysBefore1970 + 146_097
        let cycle = days / 146_097
        let dayOfCycle = days % 146_097
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfCycle + (cycle - 1) * 400 + (month < 10 ? 0 : 1)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

extension Timestamp: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject {
        ["type": "string", "format": .string(SchemaFormat.dateTime.rawValue)]
    }

    public var json: JSONValue { .string(description) }

    /// - Throws: `JSONDecodingError` for what is no `date-time` of RFC 3339, or leaves its years in UTC.
    public init(json: JSONValue) throws {
        guard let timestamp = Timestamp(try SchemaFormat.dateTime.decode(json)) else {
            throw JSONDecodingError(expected: "a date-time of the years 0000 to 9999 in UTC", found: json.briefly)
        }
        self = timestamp
    }
}
