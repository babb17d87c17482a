/// The header section of a message or part (RFC 5322 section 2.2), unfolded.
struct HeaderFields: Sendable {
    /// Fields in the order of the message; values are unfolded but not decoded.
    private(set) var fields: [(name: String, value: String)] = []

    /// More than any real message has; what comes after is ignored.
    static let maximumFields = 1000

    /// Reads the header section at the start of `bytes`.
    /// - Returns: The index where the body begins.
    static func parse(_ bytes: ArraySlice<UInt8>) -> (headers: HeaderFields, bodyStart: Int) {
        var headers = HeaderFields()
        var current: [UInt8] = []
        func finish() {
            defer { current = [] }
            guard headers.fields.count < maximumFields, let colon = current.firstIndex(of: UInt8(ascii: ":")) else { return }
            let name = String(decoding: current[..<colon], as: UTF8.self).trimmed
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return }
            headers.fields.append((name, Charset.decode(current[(colon + 1)...], charset: "utf-8").trimmed))
        }
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let newline = bytes[index...].firstIndex(of: 0x0A)
            var end = newline ?? bytes.endIndex
            let next = newline.map { $0 + 1 } ?? bytes.endIndex
            if end > index, bytes[end - 1] == 0x0D { end -= 1 }
            if end == index {
                finish()
                return (headers, next)
            }
            if bytes[index] == 0x20 || bytes[index] == 0x09 {
                // A folded line belongs to the field before; CRLF goes, the white space stays (RFC 5322 section 2.2.3).
                current += bytes[index..<end]
            } else {
                finish()
                current = Array(bytes[index..<end])
            }
            index = next
        }
        finish()
        return (headers, bytes.endIndex)
    }

    /// The value of the first field of that name, as written.
    subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// The readable text of an unstructured field: decoded, on one line.
    func text(_ name: String) -> String? {
        self[name].map { EncodedWord.decode($0).asReadableLine }
    }

    /// The addresses of every field of that name.
    func addresses(_ name: String) -> [MailAddress] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.flatMap { AddressParser.addresses(in: $0.value) }
    }

    /// The identifiers in angle brackets of a field such as `References`, without the brackets.
    func messageIDs(_ name: String) -> [String] {
        guard let value = self[name] else { return [] }
        return value.split(separator: "<").dropFirst(value.hasPrefix("<") ? 0 : 1).compactMap { piece in
            guard let end = piece.firstIndex(of: ">") else { return nil }
            let id = piece[..<end]
            return id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !id.isEmpty ? String(id) : nil
        }
    }
}

/// Writes header fields so that no line is longer than 78 characters where it can be (RFC 5322 section 2.1.1).
enum HeaderWriter {
    /// A field whose value is `tokens` separated by single spaces; lines break between tokens.
    static func field(_ name: String, _ tokens: [String]) -> String {
        var lines = ""
        var line = name + ":"
        for token in tokens {
            if line.utf8.count + 1 + token.utf8.count > 78, line.utf8.count > name.utf8.count + 1 {
                lines += line + "\r\n"
                line = ""
            }
            line += " " + token
        }
        return lines + line + "\r\n"
    }

    /// Tokens of unstructured text such as a subject: as it is where it is plain US-ASCII, else encoded words.
    static func unstructured(_ text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let plain =
            text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
            && words.allSatisfy { !$0.isEmpty && $0.utf8.count <= 70 }
        return plain ? words.map(String.init) : EncodedWord.encode(text)
    }
}
