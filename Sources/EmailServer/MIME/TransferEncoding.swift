/// The content transfer encodings of RFC 2045 section 6: base64 and quoted-printable, both ways.
enum TransferEncoding: String, Sendable {
    case sevenBit = "7bit"
    case quotedPrintable = "quoted-printable"
    case base64

    /// Octets of a body in the encoding that its header names; 7bit, 8bit, binary and unknown ones are taken as they are.
    static func decode(_ body: ArraySlice<UInt8>, encoding: String?) -> [UInt8] {
        switch encoding?.lowercased() {
        case "base64": Base64.decode(body)
        case "quoted-printable": QuotedPrintable.decode(body)
        default: Array(body)
        }
    }

    /// The encoding that keeps `text` readable in the file and is legal on every path (lines of at most 998 octets, no 8-bit octet).
    static func fitting(_ text: [UInt8]) -> TransferEncoding {
        var line = 0
        var longest = 0
        var high = 0
        var control = false
        for byte in text {
            if byte >= 0x80 { high += 1 }
            if byte == 0 || byte == 0x7F || (byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D) { control = true }
            line = byte == 0x0A ? 0 : line + 1
            longest = max(longest, line)
        }
        if high == 0 && longest <= 78 && !control { return .sevenBit }
        return high * 3 > text.count ? .base64 : .quotedPrintable
    }
}

/// RFC 4648 base64 as RFC 2045 section 6.8 uses it.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Decodes what mail contains: octets outside the alphabet are skipped (RFC 2045 section 6.8) and the first `=` ends the data.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for character in text {
            if character == UInt8(ascii: "=") { break }
            let value = values[Int(character)]
            if value == 0xFF { continue }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }

    /// Decodes only well-formed base64 (line ends and spaces apart); `nil` for anything else.
    static func decodeStrictly(_ text: String) -> [UInt8]? {
        let characters = text.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 && $0 != 0x09 }
        guard characters.count % 4 == 0 else { return nil }
        let padding = characters.suffix(2).count { $0 == UInt8(ascii: "=") }
        guard characters.dropLast(padding).allSatisfy({ values[Int($0)] != 0xFF }) else { return nil }
        return decode(characters)
    }

    /// Encodes with padding; `lineLength` characters a line, separated by CRLF, where it is given.
    static func encode(_ bytes: some Collection<UInt8>, lineLength: Int? = nil) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 3 * 4 + 4)
        var column = 0
        func emit(_ group: [UInt8]) {
            if let lineLength, column >= lineLength {
                result += [0x0D, 0x0A]
                column = 0
            }
            let bits = UInt32(group[0]) << 16 | UInt32(group.count > 1 ? group[1] : 0) << 8 | UInt32(group.count > 2 ? group[2] : 0)
            for position in 0..<4 {
                let value = alphabet[Int(bits >> UInt32(18 - 6 * position) & 0x3F)]
                result.append(position <= group.count ? value : UInt8(ascii: "="))
            }
            column += 4
        }
        var group: [UInt8] = []
        for byte in bytes {
            group.append(byte)
            if group.count == 3 {
                emit(group)
                group.removeAll(keepingCapacity: true)
            }
        }
        if !group.isEmpty { emit(group) }
        return result
    }
}

/// Quoted-printable (RFC 2045 section 6.7).
enum QuotedPrintable {
    /// Decodes leniently: an `=` that begins no valid escape stays as it is, white space before a line end is dropped.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "=") {
                if index + 2 < text.count, let high = Hex.value(text[index + 1]), let low = Hex.value(text[index + 2]) {
                    result.append(high << 4 | low)
                    index += 3
                    continue
                }
                // A soft line break: `=`, white space that a gateway may have added, line end.
                var end = index + 1
                while end < text.count, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
                if end == text.count || text[end] == 0x0A {
                    index = min(end + 1, text.count)
                    continue
                }
                if text[end] == 0x0D {
                    index = end + 1 < text.count && text[end + 1] == 0x0A ? end + 2 : end + 1
                    continue
                }
            }
            if byte == 0x20 || byte == 0x09 {
                var end = index
                while end < text.count, text[end] == 0x20 || text[end] == 0x09 { end += 1 }
                if end == text.count || text[end] == 0x0D || text[end] == 0x0A {
                    index = end
                    continue
                }
            }
            result.append(byte)
            index += 1
        }
        return result
    }

    /// Encodes text whose lines end in LF or CRLF; lines of the result are at most 76 characters and end in CRLF.
    static func encode(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        var result: [UInt8] = []
        var column = 0
        func emit(_ piece: [UInt8]) {
            if column + piece.count > 75 {
                result += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            result += piece
            column += piece.count
        }
        var index = 0
        while index < text.count {
            let byte = text[index]
            let next = index + 1 < text.count ? text[index + 1] : 0x0A
            if byte == 0x0D, index + 1 < text.count, next == 0x0A {
                index += 1
                continue
            }
            if byte == 0x0A {
                result += [0x0D, 0x0A]
                column = 0
            } else if byte == 0x20 || byte == 0x09 {
                emit(next == 0x0A || next == 0x0D ? Hex.escaped(byte) : [byte])
            } else if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "=") {
                emit([byte])
            } else {
                emit(Hex.escaped(byte))
            }
            index += 1
        }
        return result
    }
}

/// Hexadecimal digits as mail headers and quoted-printable write them.
enum Hex {
    static let digits = Array("0123456789ABCDEF".utf8)

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// `=` and two digits.
    static func escaped(_ byte: UInt8, marker: Character = "=") -> [UInt8] {
        Array(marker.utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
