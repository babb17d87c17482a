extension JSONParser {
    private static var everyLowBit: UInt64 { 0x0101_0101_0101_0101 }
    private static var everyHighBit: UInt64 { 0x8080_8080_8080_8080 }

    /// Reads a string from behind its opening quote to behind its closing one.
    ///
    /// The text is valid UTF-8. It stays as it is until the next string is read, or as long as the document where it had no escapes.
    @inline(__always)
    mutating func scanString() throws(JSONParsingFailure) -> JSONText {
        let start = position
        var isASCII = true
        let stop = scanRun(from: start, &isASCII)
        guard stop < end, base[stop] == UInt8(ascii: "\"") else { return try scanEscapedString(from: start, to: stop, isASCII) }
        position = stop + 1
        if !isASCII { try checkUTF8(from: start, to: stop) }
        return JSONText(start: base + start, count: stop - start, isASCII: isASCII, isInDocument: true)
    }

    /// The first byte from `start` on that is a quote, a backslash or a control character; the end of the document where there is none.
    @inline(__always)
    private func scanRun(from start: Int, _ isASCII: inout Bool) -> Int {
        var offset = start
        var seen: UInt64 = 0
        defer { if seen & Self.everyHighBit != 0 { isASCII = false } }
        while offset + 8 <= end {
            let word = word(at: offset)
            // A byte's high bit is set where the subtraction borrows: where the byte is a quote, a backslash or below a space.
            // Borrows only run into higher bytes, so the lowest bit found is always right.
            let quote = (word ^ 0x2222_2222_2222_2222) &- Self.everyLowBit
            let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- Self.everyLowBit
            let control = word &- 0x2020_2020_2020_2020
            let stops = (quote | backslash | control) & ~word & Self.everyHighBit
            if stops != 0 {
                let stop = stops.trailingZeroBitCount
                seen |= word & ((1 << UInt64(stop & 0x38)) &- 1)
                return offset + stop >> 3
            }
            seen |= word
            offset += 8
            if offset == start + 64 { offset = skipPlain(from: offset, &seen) }
        }
        while offset < end {
            let byte = base[offset]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            seen |= UInt64(byte)
            offset += 1
        }
        return offset
    }

    /// Goes on in a string that is long, four words at a time, up to about its end.
    @inline(never)
    private func skipPlain(from start: Int, _ seen: inout UInt64) -> Int {
        let bytes = UnsafeRawPointer(base)
        var offset = start
        var all = SIMD4<UInt64>(repeating: 0)
        while offset + 32 <= end {
            let words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            let quote = (words ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
            let backslash = (words ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
            let control = words &- 0x2020_2020_2020_2020
            let found = (quote | backslash | control) & ~words & 0x8080_8080_8080_8080
            if found != SIMD4(repeating: 0) { break }
            all |= words
            offset += 32
        }
        seen |= all[0] | all[1] | all[2] | all[3]
        return offset
    }

    /// The rest of a string that has an escape at `stop`, or that fails there.
    @inline(never)
    private mutating func scanEscapedString(
        from start: Int, to stop: Int, _ runIsASCII: Bool
    ) throws(JSONParsingFailure) -> JSONText {
        decoded.removeAll(from: 0)
        var isASCII = runIsASCII
        var run = start
        var stop = stop
        while true {
            // What stands between escapes is checked by itself: an escape is a whole character and cannot mend or break it.
            if !isASCII { try checkUTF8(from: run, to: stop) }
            decoded.push(base + run, count: stop - run)
            guard stop < end else { throw failure(.closingQuote, at: stop) }
            if base[stop] == UInt8(ascii: "\"") { break }
            guard base[stop] == UInt8(ascii: "\\") else { throw failure(.control, at: stop) }
            position = stop + 1
            if try decodeEscape() { isASCII = false }
            run = position
            stop = scanRun(from: run, &isASCII)
        }
        position = stop + 1
        return JSONText(start: decoded.base, count: decoded.count, isASCII: isASCII, isInDocument: false)
    }

    /// Reads an escape from behind its backslash; true where it stands for a character beyond ASCII.
    private mutating func decodeEscape() throws(JSONParsingFailure) -> Bool {
        guard position < end else { throw failure(.escape) }
        let byte = base[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.push(byte)
        case UInt8(ascii: "n"): decoded.push(0x0A)
        case UInt8(ascii: "t"): decoded.push(0x09)
        case UInt8(ascii: "r"): decoded.push(0x0D)
        case UInt8(ascii: "b"): decoded.push(0x08)
        case UInt8(ascii: "f"): decoded.push(0x0C)
        case UInt8(ascii: "u"):
            let backslash = position - 2
            var scalar = try hexDigits()
            if scalar & 0xFC00 == 0xDC00 { throw failure(.highSurrogate, at: backslash) }
            if scalar & 0xFC00 == 0xD800 {
                guard position + 1 < end, base[position] == UInt8(ascii: "\\"), base[position + 1] == UInt8(ascii: "u") else {
                    throw failure(.lowSurrogate, at: backslash)
                }
                position += 2
                let low = try hexDigits()
                guard low & 0xFC00 == 0xDC00 else { throw failure(.lowSurrogate, at: backslash) }
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
            }
            return push(scalar)
        default: throw failure(.escape, at: position - 1)
        }
        return false
    }

    private mutating func hexDigits() throws(JSONParsingFailure) -> UInt32 {
        var number: UInt32 = 0
        for offset in position..<(position + 4) {
            guard offset < end else { throw failure(.hexDigits, at: offset) }
            let digit: UInt8
            switch base[offset] {
            case let byte where byte &- 0x30 < 10: digit = byte - 0x30
            case let byte where (byte | 0x20) &- 0x61 < 6: digit = (byte | 0x20) - 0x61 + 10
            default: throw failure(.hexDigits, at: offset)
            }
            number = number << 4 | UInt32(digit)
        }
        position += 4
        return number
    }

    private mutating func push(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0x80:
            decoded.push(UInt8(scalar))
            return false
        case ..<0x800:
            decoded.push(UInt8(0xC0 | scalar >> 6))
        case ..<0x10000:
            decoded.push(UInt8(0xE0 | scalar >> 12))
            decoded.push(UInt8(0x80 | scalar >> 6 & 0x3F))
        default:
            decoded.push(UInt8(0xF0 | scalar >> 18))
            decoded.push(UInt8(0x80 | scalar >> 12 & 0x3F))
            decoded.push(UInt8(0x80 | scalar >> 6 & 0x3F))
        }
        decoded.push(UInt8(0x80 | scalar & 0x3F))
        return true
    }

    /// Checks that bytes are well-formed UTF-8 (Unicode, table 3-7): nothing overlong, no surrogate, nothing beyond U+10FFFF.
    @inline(never)
    private func checkUTF8(from start: Int, to stop: Int) throws(JSONParsingFailure) {
        var offset = start
        while offset < stop {
            if offset + 8 <= stop, word(at: offset) & Self.everyHighBit == 0 {
                offset += 8
                continue
            }
            let lead = base[offset]
            if lead < 0x80 {
                offset += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: length = 3
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: throw failure(.utf8, at: offset)
            }
            guard offset + length <= stop, second.contains(base[offset + 1]) else { throw failure(.utf8, at: offset) }
            for next in 2..<length where base[offset + next] & 0xC0 != 0x80 { throw failure(.utf8, at: offset) }
            offset += length
        }
    }
}
