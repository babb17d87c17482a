import HTTPTypes

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The `Date` of responses (RFC 9110 section 6.6.1), written once a second.
struct ResponseDate {
    private var second: Int64 = .min
    private var written = ""
    private var made: HTTPField?

    /// The field, for now.
    mutating func field() -> HTTPField {
        let text = text(at: Int64(time(nil)))
        if let made { return made }
        let field = HTTPField(name: .date, value: text)
        made = field
        return field
    }

    /// - Parameter second: Since 1970-01-01T00:00:00Z.
    mutating func text(at second: Int64) -> String {
        if second != self.second {
            self.second = second
            written = Self.format(second)
            made = nil
        }
        return written
    }

    private static func format(_ second: Int64) -> String {
        var time = time_t(second)
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
    }
}
