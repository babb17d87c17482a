/// `date-time`, `date` and `time` (RFC 3339 section 5.6).
enum DateTimeFormat {
    typealias Date = (year: Int, month: Int, day: Int)
    /// The offset is that from UTC, in minutes; a leap second is 60.
    typealias Time = (hour: Int, minute: Int, second: Int, attoseconds: Int64, offset: Int)

    static func isDateTime(_ text: String) -> Bool { dateTime(text) != nil }

    static func isDate(_ text: String) -> Bool {
        var scanner = FormatScanner(text)
        return date(&scanner) != nil && scanner.isAtEnd
    }

    static func isTime(_ text: String) -> Bool {
        var scanner = FormatScanner(text)
        return time(&scanner) != nil && scanner.isAtEnd
    }

    static func dateTime(_ text: String) -> (date: Date, time: Time)? {
        var scanner = FormatScanner(text)
        guard let date = date(&scanner), scanner.take(oneOf: "Tt"), let time = time(&scanner), scanner.isAtEnd else { return nil }
        return (date, time)
    }

    private static func date(_ scanner: inout FormatScanner) -> Date? {
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), (1...12).contains(month)
        else { return nil }
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day) ? (year, month, day) : nil
    }

    private static func time(_ scanner: inout FormatScanner) -> Time? {
        guard let hour = scanner.digits(2), scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
            let second = scanner.digits(2), hour <= 23, minute <= 59, second <= 60
        else { return nil }
        var attoseconds: Int64 = 0
        if scanner.take(".") {
            guard let fraction = scanner.fraction() else { return nil }
            attoseconds = fraction
        }
        var offset = 0
        if !scanner.take(oneOf: "Zz") {
            let isWest = scanner.next == 0x2D
            guard scanner.take(oneOf: "+-"), let hours = scanner.digits(2), scanner.take(":"), let minutes = scanner.digits(2),
                hours <= 23, minutes <= 59
            else { return nil }
            offset = (hours * 60 + minutes) * (isWest ? -1 : 1)
        }
        // A leap second is the last of a day in UTC (RFC 3339 section 5.7).
        guard second < 60 || (hour * 60 + minute - offset + 1440) % 1440 == 1439 else { return nil }
        return (hour, minute, second, attoseconds, offset)
    }
}

/// `duration` (RFC 3339 appendix A): each unit directly follows the next larger one, and weeks stand alone.
enum DurationFormat {
    static func isDuration(_ text: String) -> Bool {
        var scanner = FormatScanner(text)
        guard scanner.take("P") else { return false }
        var hasParts = false
        if scanner.next != 0x54 {
            guard let units = units(&scanner, "YMD", also: "W"), !units.isEmpty else { return false }
            hasParts = true
            if units == "W" { return scanner.isAtEnd }
        }
        if scanner.take("T") {
            guard let units = units(&scanner, "HMS"), !units.isEmpty else { return false }
            hasParts = true
        }
        return hasParts && scanner.isAtEnd
    }

    /// The units that follow with their numbers, when none is skipped or out of order; `also` is one that stands alone.
    private static func units(_ scanner: inout FormatScanner, _ order: String, also alone: String = "") -> String? {
        var found = ""
        while let next = scanner.next, next.isASCIIDigit {
            guard scanner.someDigits(), let unit = scanner.next else { return nil }
            found.unicodeScalars.append(Unicode.Scalar(unit))
            _ = scanner.take(Unicode.Scalar(unit))
        }
        return found == alone || order.contains(found) ? found : nil
    }
}
