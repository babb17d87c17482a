/// Character sets of mail (RFC 2045 section 5.1): what is decoded exactly, and what is taken for the likeliest one.
enum Charset {
    /// Text of `bytes`, which a header says are in `name`.
    ///
    /// UTF-8, US-ASCII, ISO-8859-1, ISO-8859-15 and windows-1252 are known. Real mail often names a character set wrongly, so bytes
    /// that do not fit, and bytes in an unknown character set, are read as UTF-8 where they are valid UTF-8 and else as windows-1252.
    static func decode(_ bytes: some Collection<UInt8>, charset name: String?) -> String {
        switch (name ?? "us-ascii").lowercased() {
        case "iso-8859-1", "latin1", "iso_8859-1", "l1", "windows-1252", "cp1252", "x-ansi":
            // ISO-8859-1 has control characters where windows-1252 has quotes and dashes; in mail the second is always meant (WHATWG Encoding).
            return windows1252(bytes)
        case "iso-8859-15", "latin9", "l9":
            return latin9(bytes)
        default:
            return String(validating: bytes, as: UTF8.self) ?? windows1252(bytes)
        }
    }

    private static func windows1252(_ bytes: some Collection<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            text.append((0x80...0x9F).contains(byte) ? upperControls[Int(byte) - 0x80] : Unicode.Scalar(byte))
        }
        return String(text)
    }

    private static func latin9(_ bytes: some Collection<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(latin9Differences[byte] ?? Unicode.Scalar(byte)) }
        return String(text)
    }

    /// windows-1252 from 0x80 to 0x9F; the five unassigned octets become U+FFFD.
    private static let upperControls: [Unicode.Scalar] = [
        "\u{20AC}", "\u{FFFD}", "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
        "\u{02C6}", "\u{2030}", "\u{0160}", "\u{2039}", "\u{0152}", "\u{FFFD}", "\u{017D}", "\u{FFFD}",
        "\u{FFFD}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
        "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}", "\u{0153}", "\u{FFFD}", "\u{017E}", "\u{0178}",
    ]

    private static let latin9Differences: [UInt8: Unicode.Scalar] = [
        0xA4: "\u{20AC}", 0xA6: "\u{0160}", 0xA8: "\u{0161}", 0xB4: "\u{017D}", 0xB8: "\u{017E}", 0xBC: "\u{0152}", 0xBD: "\u{0153}",
        0xBE: "\u{0178}",
    ]
}

extension String {
    /// The text on one line, without control characters: for header values and file names, which other people wrote.
    var asReadableLine: String {
        var line = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in unicodeScalars {
            if scalar.isControl || scalar == " " || scalar == "\u{2028}" || scalar == "\u{2029}" {
                pendingSpace = !line.isEmpty
            } else {
                if pendingSpace { line.append(" ") }
                pendingSpace = false
                line.append(scalar)
            }
        }
        return String(line)
    }

    /// The text with lines that end in a line feed, and no control character beside line feed and tab.
    var asReadableText: String {
        var text = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in unicodeScalars {
            switch scalar {
            case "\r": text.append("\n")
            case "\n": if !afterReturn { text.append("\n") }
            case "\t": text.append("\t")
            default: if !scalar.isControl { text.append(scalar) }
            }
            afterReturn = scalar == "\r"
        }
        return String(text)
    }

    /// The text without white space at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

extension String {
    /// The first Unicode scalars. Characters are no measure: any number of combining marks can stand on one.
    func prefix(scalars count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }

    /// As many whole Unicode scalars as fit into so many bytes of UTF-8.
    func prefix(bytes count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: count)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(unicodeScalars[..<end])
    }
}

extension Unicode.Scalar {
    /// A C0 or C1 control character, or DELETE.
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
