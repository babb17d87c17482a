import MCPCore
import TestSupport
import Testing

@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("-1", -1), ("10", 10), ("999999999999999999", 999_999_999_999_999_999),
            ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("-9223372036854775807", -.max),
            ("1000000000000000000", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func integersAreExact(literal: String, integer: Int64) throws {
        #expect(try JSONValue(parsing: literal) == .integer(integer))
        #expect(try JSONValue(parsing: "[\(literal) ]") == [.integer(integer)])
        #expect(JSONValue.integer(integer).serializedString == literal)
    }

    @Test(
        arguments: [
            ("0.0", 0), ("1.0", 1), ("-1.5", -1.5), ("0.1", 0.1), ("1.10", 1.1), ("1e2", 100), ("1E2", 100), ("1e+2", 100), ("100e-2", 1),
            ("1.5e300", 1.5e300),
            ("0e10", 0), ("0E-999999999999999999999", 0), ("0.000e99999999999999999999", 0), ("1e22", 1e22), ("1e23", 1e23),
            ("123456789012345.0", 123_456_789_012_345),
            ("0.30000000000000004", 0.1 + 0.2), ("1.7976931348623157e308", .greatestFiniteMagnitude), ("5e-324", .leastNonzeroMagnitude),
            ("2.2250738585072014e-308", .leastNormalMagnitude), ("0.00000000000000000000000000001", 1e-29),
            ("1000000000000000000000000000000.0", 1e30),
            ("9007199254740992.0", 9_007_199_254_740_992), ("1.2345678901234567", 1.2345678901234567), ("1e-7", 1e-7),
            ("0.000001000", 1e-6),
        ] as [(String, Double)])
    func doublesThatKeepTheirDigits(literal: String, double: Double) throws {
        guard case .double(let read) = try JSONValue(parsing: literal) else {
            Issue.record("no double")
            return
        }
        #expect(read == double)
        #expect(try JSONValue(parsing: JSONValue.double(double).serialized()) == .double(double))
    }

    @Test(arguments: ["-0", "-0.0", "-0e5", "-0.000e-5"])
    func minusZeroKeepsItsSign(literal: String) throws {
        guard case .double(let read) = try JSONValue(parsing: literal) else {
            Issue.record("no double")
            return
        }
        #expect(read == 0 && read.sign == .minus)
        #expect(JSONValue.double(read).serializedString == "-0.0")
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616", "27670116110564327424",
        "100000000000000000000",
        "1e400", "-1e400", "1e-400", "1.5E+999999999999999999999", "4.9e-324", "3.141592653589793238",
        "0.1000000000000000055511151231257827",
        "9007199254740993.0", "1.7976931348623159e308", "123456789012345678901234567890.5e-10", "0.12345678901234567890",
    ])
    func allOthersKeepTheirText(literal: String) throws {
        guard case .number(let number) = try JSONValue(parsing: literal) else {
            Issue.record("not kept as text")
            return
        }
        #expect(number.literal == literal)
        #expect(JSONValue.number(number).serializedString == literal)
    }

    @Test(
        arguments: [
            ("-", .unexpectedEnd, 1), ("-a", .invalidNumber, 1), ("01", .invalidNumber, 0), ("-01", .invalidNumber, 1),
            ("00", .invalidNumber, 0),
            ("1.", .unexpectedEnd, 2), ("[1.]", .invalidNumber, 3), ("1.e5", .invalidNumber, 2), ("1e", .unexpectedEnd, 2),
            ("1e+", .unexpectedEnd, 3),
            ("[1e]", .invalidNumber, 3), ("[1e-]", .invalidNumber, 4), (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
            ("-.5", .invalidNumber, 1),
            ("--1", .invalidNumber, 1), ("0x10", .trailingContent, 1), ("1_000", .trailingContent, 1), ("1.2.3", .trailingContent, 3),
            ("1e5.5", .trailingContent, 3),
            ("1f", .trailingContent, 1), ("-Infinity", .invalidNumber, 1), ("1e1e1", .trailingContent, 3), ("0.1e00x", .trailingContent, 6),
            ("\u{ff11}", .unexpectedByte, 0), ("1\u{661}", .trailingContent, 1), ("1 000", .trailingContent, 2),
            ("01.5", .invalidNumber, 0),
        ] as [(String, JSONParsingError.Kind, Int)])
    func refuses(literal: String, kind: JSONParsingError.Kind, offset: Int) throws {
        let error = try #require(refusal(Array(literal.utf8)))
        #expect(error.kind == kind)
        #expect(error.offset == offset)
    }

    /// A decimal of up to 17 digits that is the shortest form of a double is that double, and one that is not is kept as text.
    @Test func noDecimalIsRoundedSilently() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<4000 {
            let digits = Int.random(in: 1...19, using: &random)
            var literal = String(Int.random(in: 1...9, using: &random)) + "."
            for _ in 0..<digits { literal.append(String(Int.random(in: 0...9, using: &random))) }
            literal += "e\(Int.random(in: -330...310, using: &random))"
            switch try JSONValue(parsing: literal) {
            case .double(let double): #expect(decimal(double.description) == decimal(literal), "\(literal)")
            case .number(let number):
                #expect(number.literal == literal)
                #expect(Double(literal).map { decimal($0.description) != decimal(literal) } ?? true, "\(literal)")
            default: Issue.record("neither: \(literal)")
            }
        }
    }

    @Test func everyDoubleComesBack() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<4000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            #expect(try JSONValue(parsing: JSONValue.double(double).serialized()) == .double(double))
        }
    }

    /// The significant digits of a decimal and its power of ten, by a way of its own.
    private func decimal(_ text: String) -> String {
        let parts = text.lowercased().split(separator: "e")
        var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var mantissa = String(parts[0])
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        mantissa = String(mantissa.drop { $0 == "-" })
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        if halves.count > 1 { exponent -= halves[1].count }
        var digits = String(halves.joined().drop { $0 == "0" })
        while digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        return digits.isEmpty ? "\(sign)0" : "\(sign)\(digits)e\(exponent)"
    }
}
