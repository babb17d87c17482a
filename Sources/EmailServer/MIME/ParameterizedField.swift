/// A header value with parameters, such as `Content-Type` (RFC 2045 section 5.1) and `Content-Disposition` (RFC 2183).
struct ParameterizedField: Sendable {
    /// What stands before the first semicolon, in lower case.
    var value: String
    /// Parameters by lower-case name, with the continuations and encodings of RFC 2231 resolved.
    var parameters: [String: String] = [:]

    /// Reads a header value; never fails, because a message with a broken field must still be readable.
    init(parsing text: String) {
        let scalars = Array(text.unicodeScalars)
        let head = scalars.prefix { $0 != ";" }
        value = String(String.UnicodeScalarView(head.prefix { $0 != "(" })).trimmed.lowercased()
        var raw: [(name: String, value: String)] = []
        var index = head.endIndex
        while index < scalars.count, raw.count < 200 {
            index += 1
            let name = scalars[min(index, scalars.count)...].prefix { $0 != "=" && $0 != ";" }
            index = name.endIndex
            guard index < scalars.count, scalars[index] == "=" else { continue }
            index += 1
            while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
            var content = String.UnicodeScalarView()
            if index < scalars.count, scalars[index] == "\"" {
                index += 1
                while index < scalars.count, scalars[index] != "\"" {
                    if scalars[index] == "\\", index + 1 < scalars.count { index += 1 }
                    content.append(scalars[index])
                    index += 1
                }
                while index < scalars.count, scalars[index] != ";" { index += 1 }
            } else {
                let token = scalars[index...].prefix { $0 != ";" }
                content = String.UnicodeScalarView(token)
                index = token.endIndex
            }
            raw.append((Self.text(name).trimmed.lowercased(), String(content).trimmed))
        }
        resolve(raw)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String { String(String.UnicodeScalarView(scalars)) }

    /// Joins `name*0`, `name*1*`, … and decodes `charset'language'text` (RFC 2231 sections 3 and 4).
    private mutating func resolve(_ raw: [(name: String, value: String)]) {
        var pieces: [String: [(order: Int, encoded: Bool, text: String)]] = [:]
        for (name, value) in raw {
            let parts = name.split(separator: "*", omittingEmptySubsequences: false)
            guard let base = parts.first.map(String.init), !base.isEmpty else { continue }
            if parts.count == 1 {
                // RFC 2047 forbids encoded words here, and many programs write them.
                if parameters[base] == nil { parameters[base] = EncodedWord.decode(value) }
            } else {
                let order = parts[1].isEmpty ? 0 : Int(parts[1]) ?? Int.max
                pieces[base, default: []].append((order, name.hasSuffix("*"), value))
            }
        }
        for (base, list) in pieces {
            var charset: String?
            var bytes: [UInt8] = []
            for piece in list.sorted(by: { $0.order < $1.order }) {
                var text = piece.text[...]
                if piece.encoded, charset == nil, piece.order == 0 {
                    let marks = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
                    if marks.count == 3 {
                        charset = String(marks[0])
                        text = marks[2]
                    }
                }
                bytes += piece.encoded ? Self.percentDecoded(text) : Array(text.utf8)
            }
            parameters[base] = Charset.decode(bytes, charset: charset ?? "utf-8")
        }
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8] {
        let text = Array(text.utf8)
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = Hex.value(text[index + 1]),
                let low = Hex.value(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }

    /// A parameter as header tokens: a quoted string, and the form of RFC 2231 beside it where that cannot hold the value.
    static func tokens(_ name: String, _ value: String) -> [String] {
        let safe = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if safe && value.utf8.count <= 60 { return ["\(name)=\"\(value)\""] }
        var encoded: [[UInt8]] = value.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                [byte]
            default: Hex.escaped(byte, marker: "%")
            }
        }
        encoded.insert(Array("UTF-8''".utf8), at: 0)
        var sections: [[UInt8]] = [[]]
        for piece in encoded {
            if sections[sections.count - 1].count + piece.count > 56 { sections.append([]) }
            sections[sections.count - 1] += piece
        }
        return sections.enumerated().map { number, section in
            let star = sections.count == 1 ? "*" : "*\(number)*"
            return "\(name)\(star)=\(String(decoding: section, as: UTF8.self))\(number + 1 < sections.count ? ";" : "")"
        }
    }
}
