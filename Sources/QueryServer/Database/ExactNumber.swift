import MCPCore

/// Numbers of an engine as JSON values that no reader can round.
///
/// A JSON number stands only where every reader gets it exactly: integers up to 2^53 - 1 (RFC 7493 section 2.2) and decimals
/// of at most 15 significant digits. All else is a string of the digits; the column's type says what it is.
enum ExactNumber {
    static let largestInteger: Int64 = 9_007_199_254_740_991

    static func json(_ value: Int64) -> JSONValue {
        (-largestInteger...largestInteger).contains(value) ? .integer(value) : .string(String(value))
    }

    static func json(_ value: Double) -> JSONValue {
        if value.isFinite { return .double(value) }
        if value.isNaN { return .string("NaN") }
        return .string(value < 0 ? "-Infinity" : "Infinity")
    }

    /// From the text of a decimal number as an engine writes it; other text (`NaN`, `Infinity`) stays a string.
    static func json(decimal text: String) -> JSONValue {
        if let integer = Int64(text) { return json(integer) }
        let mantissa = text.prefix { $0 != "e" && $0 != "E" }
        let digits = mantissa.filter(\.isNumber)
        let significant = digits.drop { $0 == "0" }.count
        let wellFormed = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
        guard wellFormed, significant <= 15, text.utf8.count <= 40, let value = Double(text), value.isFinite else {
            return .string(text)
        }
        return .double(value)
    }
}
