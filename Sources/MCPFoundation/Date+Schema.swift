#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import MCPCore

/// A date is a `date-time` (RFC 3339) in UTC, with as few decimal places as read back as the same `Date`.
extension Date: SchemaCodable {
    public static func jsonSchema(_ builder: inout JSONSchemaBuilder) -> JSONObject { Timestamp.jsonSchema(&builder) }

    /// `null` for what RFC 3339 cannot write: a date outside of the years 0 to 9999, as JSON has `null` for a number that is none.
    public var json: JSONValue { Timestamp(self)?.json ?? .null }

    /// Reads a date of any offset. Leap seconds count as the second after them, and decimal places beyond what a `Date` holds are rounded.
    /// - Throws: `JSONDecodingError` for what is no `date-time`.
    public init(json: JSONValue) throws { self.init(try Timestamp(json: json)) }
}

extension Timestamp {
    private static let secondsFrom1970To2001: Int64 = 978_307_200

    /// The moment of a date; `nil` outside of the years 0 to 9999.
    ///
    /// Its decimal places are the fewest that read back as the same date. Only within a tenth of a second of 2001-01-01T00:00:00Z, where
    /// a `Date` is finer than an attosecond, they are cut off.
    public init?(_ date: Date) {
        let interval = date.timeIntervalSinceReferenceDate
        guard interval.magnitude < 1e12 else { return nil }
        var seconds = Int64(interval.magnitude)
        var attoseconds = interval.magnitude.attosecondsOfFraction
        if interval < 0 {
            seconds = attoseconds > 0 ? -seconds - 1 : -seconds
            attoseconds = attoseconds > 0 ? 1_000_000_000_000_000_000 - attoseconds : 0
        }
        self.init(seconds: seconds + Self.secondsFrom1970To2001, attoseconds: attoseconds)
    }
}

extension Date {
    /// The date that is nearest to a moment.
    public init(_ timestamp: Timestamp) {
        var seconds = timestamp.seconds - 978_307_200
        var attoseconds = timestamp.attoseconds
        let isNegative = seconds < 0
        if isNegative {
            seconds = attoseconds > 0 ? -seconds - 1 : -seconds
            attoseconds = attoseconds > 0 ? 1_000_000_000_000_000_000 - attoseconds : 0
        }
        // Read as a decimal number, because a sum of two doubles would be rounded twice.
        let digits = String(attoseconds)
        let literal = "\(seconds).\(String(repeating: "0", count: 18 - digits.count))\(digits)"
        let magnitude = Double(literal) ?? Double(seconds)
        self.init(timeIntervalSinceReferenceDate: isNegative ? -magnitude : magnitude)
    }
}

extension Double {
    /// What stands behind the decimal point of the shortest decimal number that reads back as this one, in units of 10⁻¹⁸.
    fileprivate var attosecondsOfFraction: Int64 {
        let parts = description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        var places: String
        if parts.count > 1, let exponent = Int(parts[1]) {
            // Below 10⁻⁴ it is written as 1.5e-07.
            places = String(repeating: "0", count: max(0, -exponent - 1)) + mantissa.joined()
        } else {
            places = mantissa.count > 1 ? String(mantissa[1]) : ""
        }
        places = String(places.prefix(18))
        places += String(repeating: "0", count: 18 - places.count)
        return Int64(places) ?? 0
    }
}
