import MCPCore
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("1969-12-31T23:59:59.5Z", -1, 500_000_000_000_000_000), ("2000-02-29T12:00:00Z", 951_825_600, 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0), ("9999-12-31T23:59:59.999999999999999999Z", 253_402_300_799, 999_999_999_999_999_999),
            ("1900-03-01T00:00:00Z", -2_203_891_200, 0), ("2026-07-28T09:30:00.000000000000000001Z", 1_785_231_000, 1),
        ] as [(String, Int64, Int64)])
    func isReadAndWrittenTheSame(_ text: String, _ seconds: Int64, _ attoseconds: Int64) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.seconds == seconds && timestamp.attoseconds == attoseconds)
        #expect(timestamp.description == text)
    }

    @Test(arguments: [
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"), ("1937-01-01t12:00:27.870+00:20", "1937-01-01T11:40:27.87Z"),
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"), ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.0000000000000000009z", "2026-01-01T00:00:00Z"),
    ])
    func otherSpellingsAreTheSameMoment(_ text: String, _ expected: String) { #expect(Timestamp(text)?.description == expected) }

    @Test(arguments: [
        "", "2026-07-28", "2026-07-28T00:00:00", "2026-07-28 00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-07-28T24:00:00Z",
        "2026-07-28T00:00:00.Z", "2026-07-28T00:00:00+24:00", "2026-07-28T12:00:60Z", "02026-07-28T00:00:00Z", "2026-07-28T00:00:00Z ",
        "٢٠٢٦-07-28T00:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(Timestamp(text) == nil)
        #expect(throws: JSONDecodingError.self) { try Timestamp(json: .string(text)) }
    }

    @Test func theErrorSaysWhatIsExpected() {
        let object: JSONObject = ["at": "tomorrow"]
        let error = #expect(throws: JSONDecodingError.self) { try object.decode("at", as: Timestamp.self) }
        #expect(error?.description == #"/at: expected a date-time such as "2025-01-31T09:30:00Z", found string "tomorrow""#)
    }

    @Test func everyDayIsTheOneAfterTheDayBefore() throws {
        // A day of each year, and every day of the years around the exceptions of the calendar.
        for year in [0, 1, 4, 100, 400, 1582, 1600, 1899, 1900, 1999, 2000, 2001, 2024, 2100, 9999] {
            let start = try #require(Timestamp("\(String(repeating: "0", count: 4 - String(year).count))\(year)-01-01T00:00:00Z"))
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            var day: Int64 = 0
            for (month, length) in lengths.enumerated() {
                for dayOfMonth in 1...length {
                    let timestamp = try #require(Timestamp(seconds: start.seconds + day * 86_400))
                    let parts = timestamp.description.prefix(10).split(separator: "-").compactMap { Int($0) }
                    #expect(parts == [year, month + 1, dayOfMonth])
                    #expect(Timestamp(timestamp.description) == timestamp)
                    day += 1
                }
            }
        }
    }

    @Test func hasAnOrder() {
        forSeeds(500) { random in
            let (one, other) = (Timestamp.random(using: &random), Timestamp.random(using: &random))
            try hold(Timestamp(one.description) == one, one.description)
            func total(_ timestamp: Timestamp) -> Int128 { Int128(timestamp.seconds) * 1_000_000_000_000_000_000 + Int128(timestamp.attoseconds) }
            try hold((one < other) == (total(one) < total(other)), "\(one) \(other)")
        }
        #expect(Timestamp(seconds: 253_402_300_800) == nil && Timestamp(seconds: 0, attoseconds: -1) == nil)
        #expect(Timestamp(seconds: 0, attoseconds: 1_000_000_000_000_000_000) == nil)
    }
}

@Suite struct DurationTests {
    @Test(arguments: [
        (Duration.seconds(90), "90"), (.milliseconds(1500), "1.5"), (.milliseconds(-250), "-0.25"), (.zero, "0"), (.nanoseconds(1), "1e-09"),
        (Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999), "9223372036854775807.999999999999999999"),
        (Duration(secondsComponent: .min, attosecondsComponent: 0), "-9223372036854775808"),
        (Duration(secondsComponent: -1, attosecondsComponent: -1), "-1.000000000000000001"),
    ])
    func isANumberOfSeconds(_ duration: Duration, _ text: String) throws {
        #expect(try Duration(json: JSONValue(parsing: text)) == duration)
        #expect(try Duration(json: JSONValue(parsing: duration.json.serializedString)) == duration)
        #expect(try JSONValue(parsing: duration.json.serializedString) == duration.json)
    }

    @Test(arguments: ["1.50e2", "150.0", "15e1"]) func otherSpellingsAreTheSame(_ text: String) throws {
        #expect(try Duration(json: JSONValue(parsing: text)) == .seconds(150))
    }

    @Test(arguments: ["1e-19", "9223372036854775808", "1e400", "1e1000000000", "0.1234567890123456789", "\"1\"", "null"])
    func refusesWhatItCannotHold(_ text: String) {
        #expect(throws: JSONDecodingError.self) { try Duration(json: JSONValue(parsing: text)) }
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (.min, "0000-01-01T00:00:00Z"), (.max, "9999-12-31T23:59:59.999999999999999999Z"),
        ] as [(Int64, String)])
    func clocksCountMilliseconds(_ milliseconds: Int64, _ text: String) { #expect(Timestamp(milliseconds: milliseconds).description == text) }
}
