/// A moment with the offset that its author wrote it in (RFC 5322 section 3.3).
public struct MailDate: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public var seconds: Int64
    /// Minutes east of UTC.
    public var offsetMinutes: Int

    public init(seconds: Int64, offsetMinutes: Int = 0) {
        self.seconds = seconds
        self.offsetMinutes = offsetMinutes
    }

    public static func < (one: MailDate, other: MailDate) -> Bool { one.seconds < other.seconds }

    /// RFC 3339 with the offset, for example `2026-03-09T14:05:00+01:00`.
    public var iso8601: String {
        let local = CivilTime(seconds: seconds + Int64(offsetMinutes) * 60)
        let zone = offsetMinutes == 0 ? "Z" : zoneText(separator: ":")
        return
            "\(pad(local.year, 4))-\(pad(local.month))-\(pad(local.day))T\(pad(local.hour)):\(pad(local.minute)):\(pad(local.second))\(zone)"
    }

    /// As the `Date` field writes it, for example `Mon, 09 Mar 2026 14:05:00 +0100`.
    var headerText: String {
        let local = CivilTime(seconds: seconds + Int64(offsetMinutes) * 60)
        return "\(Self.weekdays[local.weekday]), \(pad(local.day)) \(Self.months[local.month - 1]) \(pad(local.year, 4)) "
            + "\(pad(local.hour)):\(pad(local.minute)):\(pad(local.second)) \(zoneText(separator: ""))"
    }

    private func zoneText(separator: String) -> String {
        let minutes = abs(offsetMinutes)
        return "\(offsetMinutes < 0 ? "-" : "+")\(pad(minutes / 60))\(separator)\(pad(minutes % 60))"
    }

    private func pad(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Reads a `Date` field, obsolete forms (two-digit years, zone names) included; `nil` where it says no moment.
    init?(header text: String) {
        var words = Self.withoutComments(text).split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
        if let first = words.first, Int(first) == nil { words.removeFirst() }
        guard words.count >= 4, let day = Int(words[0]), var year = Int(words[2]),
            let month = Self.months.firstIndex(where: { words[1].lowercased().hasPrefix($0.lowercased()) })
        else { return nil }
        if words[2].count == 2 { year += year < 50 ? 2000 : 1900 } else if words[2].count == 3 { year += 1900 }
        let clock = words[3].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard clock.count == 2 || clock.count == 3, (1...9999).contains(year) else { return nil }
        let offset = words.count > 4 ? Self.offset(words[4]) : 0
        guard
            let seconds = CivilTime.seconds(
                year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock.count == 3 ? clock[2] : 0)
        else { return nil }
        self.init(seconds: seconds - Int64(offset) * 60, offsetMinutes: offset)
    }

    private static func withoutComments(_ text: String) -> String {
        var depth = 0
        return text.filter { character in
            if character == "(" { depth += 1 }
            defer { if character == ")" { depth = max(0, depth - 1) } }
            return depth == 0
        }
    }

    private static func offset(_ zone: String) -> Int {
        if let sign = zone.first, sign == "+" || sign == "-", zone.count == 5, let number = Int(zone.dropFirst()), number % 100 < 60,
            number < 2400
        {
            return (sign == "-" ? -1 : 1) * (number / 100 * 60 + number % 100)
        }
        // RFC 5322 section 4.3; every other name says nothing reliable and counts as UTC.
        let hours = ["EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7]
        return (hours[zone.uppercased()] ?? 0) * 60
    }
}

/// A date and time of the proleptic Gregorian calendar.
struct CivilTime: Sendable, Hashable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int
    /// 0 is Sunday.
    var weekday: Int

    init(seconds: Int64) {
        let days = Int(seconds.quotientRoundingDown(86400))
        let rest = Int(seconds - Int64(days) * 86400)
        // Counts in years that begin in March, so that the leap day is a year's last day.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        weekday = ((days + 4) % 7 + 7) % 7
    }

    /// Seconds since 1970-01-01T00:00:00Z; `nil` where there is no such date or time. A leap second counts as the second before.
    static func seconds(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) -> Int64? {
        guard (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second) else { return nil }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...lengths[month - 1]).contains(day) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + min(second, 59))
    }
}

extension Int64 {
    fileprivate func quotientRoundingDown(_ divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
