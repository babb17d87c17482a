import Foundation

/// The day that a question names: a date in digits, today, tomorrow, yesterday, or a day of the week to come.
struct Moment {
    private let day: Date?
    private let hour: Int?
    private let minute: Int

    init(in question: Question, today: Date) {
        var day: Date?
        var hour: Int?
        var minute = 0
        for (index, token) in question.tokens.enumerated() {
            if let date = Self.date(token.word) {
                day = date
            } else if let offset = Self.offsets[token.word] {
                day = Self.calendar.date(byAdding: .day, value: offset, to: Self.calendar.startOfDay(for: today))
            } else if let weekday = Self.weekdays.firstIndex(of: token.word) {
                let distance = (weekday + 1 - Self.calendar.component(.weekday, from: today) + 7) % 7
                day = Self.calendar.date(byAdding: .day, value: distance == 0 ? 7 : distance, to: Self.calendar.startOfDay(for: today))
            } else if let time = Self.time(
                token.word, after: index > 0 ? question.tokens[index - 1].word : "",
                next: index + 1 < question.tokens.count ? question.tokens[index + 1].word : "")
            {
                (hour, minute) = time
            }
        }
        self.day = day
        self.hour = hour
        self.minute = minute
    }

    /// As the parameter's format wants it, in UTC; nil where the question names no day.
    func text(dateOnly: Bool, for parameter: ToolProfile.Parameter) -> String? {
        guard let day else { return nil }
        let parts = Self.calendar.dateComponents([.year, .month, .day], from: day)
        let date = "\(Self.padded(parts.year ?? 0, 4))-\(Self.padded(parts.month ?? 0, 2))-\(Self.padded(parts.day ?? 0, 2))"
        guard !dateOnly else { return date }
        var hour = hour ?? 9
        // What ends, ends an hour after it starts.
        if parameter.nameConcepts.contains("end") { hour += 1 }
        return "\(date)T\(Self.padded(hour % 24, 2)):\(Self.padded(minute, 2)):00Z"
    }

    static func isWord(_ word: String) -> Bool { offsets[word] != nil || weekdays.contains(word) || date(word) != nil || ["next", "week"].contains(word) }

    private static let offsets = ["today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1]
    private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    private static func date(_ word: String) -> Date? {
        let parts = word.split(separator: "-").map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1...12).contains(month), (1...31).contains(day), year > 999
        else {
            return nil
        }
        return calendar.date(from: DateComponents(year: year, month: month, day: day))
    }

    /// "10:30", "3pm", "at 10"
    private static func time(_ word: String, after previous: String, next: String) -> (Int, Int)? {
        let isAfternoon = word.hasSuffix("pm") || next == "pm"
        let digits = word.prefix { $0.isNumber || $0 == ":" }.split(separator: ":").compactMap { Int($0) }
        guard let hour = digits.first, hour < 24, word.contains(":") || word.hasSuffix("pm") || word.hasSuffix("am") || previous == "at" else { return nil }
        return (isAfternoon && hour < 12 ? hour + 12 : hour, digits.count > 1 ? digits[1] : 0)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
