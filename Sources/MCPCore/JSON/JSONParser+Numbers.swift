extension JSONParser {
    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Reads a number from its first byte on, which is a minus sign or a digit.
    @inline(__always)
    mutating func parseNumber() throws(JSONParsingFailure) -> JSONValue {
        let start = position
        var offset = position
        let isNegative = base[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        let firstDigit = offset
        var magnitude: UInt64 = 0
        while offset < end, base[offset] &- 0x30 < 10 {
            magnitude = magnitude &* 10 &+ UInt64(base[offset] &- 0x30)
            offset += 1
        }
        let digits = offset - firstDigit
        if digits == 0 { throw failure(.digit, at: offset) }
        if digits > 1, base[firstDigit] == 0x30 { throw failure(.leadingZero, at: firstDigit) }
        if offset < end, base[offset] == UInt8(ascii: ".") || base[offset] | 0x20 == UInt8(ascii: "e") {
            return try parseFraction(from: start, integerEnd: offset, magnitude: magnitude)
        }
        position = offset
        // 18 digits always fit; with 19 the magnitude cannot have wrapped around.
        if digits <= 19, magnitude <= UInt64(Int64.max) {
            if !isNegative { return .integer(Int64(magnitude)) }
            return magnitude == 0 ? .double(-0.0) : .integer(-Int64(magnitude))
        }
        if digits == 19, isNegative, magnitude == Int64.min.magnitude { return .integer(.min) }
        return .number(JSONNumber(unchecked: literal(from: start, to: offset)))
    }

    /// The rest of a number that has a fraction or an exponent.
    @inline(never)
    private mutating func parseFraction(
        from start: Int, integerEnd: Int, magnitude integerPart: UInt64
    ) throws(JSONParsingFailure) -> JSONValue {
        let isNegative = base[start] == UInt8(ascii: "-")
        var offset = integerEnd
        var magnitude = integerPart
        var exponent = 0
        var digits = integerEnd - start - (isNegative ? 1 : 0)
        if base[offset] == UInt8(ascii: ".") {
            offset += 1
            let fraction = offset
            while offset < end, base[offset] &- 0x30 < 10 {
                magnitude = magnitude &* 10 &+ UInt64(base[offset] &- 0x30)
                offset += 1
            }
            if offset == fraction { throw failure(.fractionDigit, at: offset) }
            digits += offset - fraction
            exponent = fraction - offset
        }
        if offset < end, base[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            var isExponentNegative = false
            if offset < end, base[offset] == UInt8(ascii: "-") || base[offset] == UInt8(ascii: "+") {
                isExponentNegative = base[offset] == UInt8(ascii: "-")
                offset += 1
            }
            let first = offset
            var written = 0
            while offset < end, base[offset] &- 0x30 < 10 {
                // Beyond this it makes no difference.
                if written < 1 << 40 { written = written * 10 + Int(base[offset] &- 0x30) }
                offset += 1
            }
            if offset == first { throw failure(.exponentDigit, at: offset) }
            exponent += isExponentNegative ? -written : written
        }
        position = offset
        // Fifteen digits come back from a `Double` unchanged, and both factors here are exact, so one operation rounds right.
        if digits <= 15, -22...22 ~= exponent {
            let number = Double(magnitude)
            let scaled = exponent < 0 ? number / Self.powersOfTen[-exponent] : number * Self.powersOfTen[exponent]
            return .double(isNegative ? -scaled : scaled)
        }
        let text = literal(from: start, to: offset)
        if let double = JSONDecimal(literal: text).exactDouble { return .double(double) }
        return .number(JSONNumber(unchecked: text))
    }

    private func literal(from start: Int, to stop: Int) -> String {
        JSONText(start: base + start, count: stop - start, isASCII: true, isInDocument: true).string()
    }
}
