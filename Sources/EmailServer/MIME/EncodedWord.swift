/// Encoded words: how a header says text outside US-ASCII (RFC 2047, with the language of RFC 2231 section 5).
enum EncodedWord {
    /// Text of a header value: encoded words decoded, the rest as it is.
    ///
    /// White space between two encoded words is dropped (RFC 2047 section 6.2). Octets of neighbours in one character set are decoded
    /// together, because some programs split a character between two of them.
    static func decode(_ value: String) -> String {
        guard value.utf8.contains(UInt8(ascii: "=")), value.contains("=?") else { return value }
        let text = Array(value.utf8)
        var result = ""
        var pending: (charset: String, bytes: [UInt8])?
        var plainStart = 0
        var index = 0
        func flush() {
            if let word = pending { result += Charset.decode(word.bytes, charset: word.charset) }
            pending = nil
        }
        while index < text.count {
            guard text[index] == UInt8(ascii: "="), let word = word(in: text, at: index) else {
                index += 1
                continue
            }
            let between = text[plainStart..<index]
            if pending == nil || !between.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
                flush()
                result += String(decoding: between, as: UTF8.self)
            }
            if pending?.charset == word.charset {
                pending?.bytes += word.bytes
            } else {
                flush()
                pending = (word.charset, word.bytes)
            }
            index = word.end
            plainStart = index
        }
        flush()
        return result + String(decoding: text[plainStart...], as: UTF8.self)
    }

    /// The encoded word that begins at `start`, if one does.
    private static func word(in text: [UInt8], at start: Int) -> (charset: String, bytes: [UInt8], end: Int)? {
        let mark = UInt8(ascii: "?")
        guard start + 1 < text.count, text[start + 1] == mark else { return nil }
        guard let charsetEnd = text[(start + 2)...].prefix(64).firstIndex(of: mark), charsetEnd > start + 2,
            charsetEnd + 2 < text.count, text[charsetEnd + 2] == mark
        else { return nil }
        let charset = text[(start + 2)..<charsetEnd].prefix { $0 != UInt8(ascii: "*") }
        guard charset.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let contentStart = charsetEnd + 3
        guard let contentEnd = text[contentStart...].prefix(2048).firstIndex(of: mark), contentEnd + 1 < text.count,
            text[contentEnd + 1] == UInt8(ascii: "=")
        else { return nil }
        let content = text[contentStart..<contentEnd]
        let bytes: [UInt8]
        switch text[charsetEnd + 1] {
        case UInt8(ascii: "B"), UInt8(ascii: "b"): bytes = Base64.decode(content)
        case UInt8(ascii: "Q"), UInt8(ascii: "q"): bytes = decodeQ(content)
        default: return nil
        }
        return (String(decoding: charset, as: UTF8.self).lowercased(), bytes, contentEnd + 2)
    }

    private static func decodeQ(_ content: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = content.startIndex
        while index < content.endIndex {
            if content[index] == UInt8(ascii: "="), index + 2 < content.endIndex, let high = Hex.value(content[index + 1]),
                let low = Hex.value(content[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(content[index] == UInt8(ascii: "_") ? 0x20 : content[index])
                index += 1
            }
        }
        return bytes
    }

    /// `text` as encoded words of at most 75 characters, to be separated by white space; no character is split between two.
    static func encode(_ text: String) -> [String] {
        let high = text.utf8.count { $0 >= 0x80 }
        let useQ = high * 3 <= text.utf8.count
        var words: [String] = []
        var bytes: [UInt8] = []
        var length = 0
        func finish() {
            guard !bytes.isEmpty else { return }
            let content = useQ ? bytes.flatMap(encodeQ) : Base64.encode(bytes)
            words.append("=?UTF-8?\(useQ ? "Q" : "B")?\(String(decoding: content, as: UTF8.self))?=")
            bytes = []
            length = 0
        }
        for scalar in text.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            let cost = useQ ? encoded.reduce(0) { $0 + encodeQ($1).count } : encoded.count
            if length + cost > (useQ ? 63 : 45) { finish() }
            bytes += encoded
            length += cost
        }
        finish()
        return words
    }

    /// The characters that RFC 2047 section 5 (3) allows bare even inside a display name.
    private static func encodeQ(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x20: [UInt8(ascii: "_")]
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"):
            [byte]
        default: Hex.escaped(byte)
        }
    }
}
