import MCPCore

/// The fields of a form or of a query (`application/x-www-form-urlencoded`), in order.
public struct OAuthFields: Sendable, Hashable {
    public var all: [Field]

    public struct Field: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public init(_ pairs: KeyValuePairs<String, String> = [:]) { all = pairs.map { Field(name: $0.key, value: $0.value) } }

    /// Reads encoded fields; escapes that are none stay as they are.
    public init(parsing text: some StringProtocol) {
        all = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Field(name: Self.decode(parts[0]), value: parts.count > 1 ? Self.decode(parts[1]) : "")
        }
    }

    /// The first value of a name.
    public subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// The names that stand there more than once, which none of OAuth's may (RFC 6749 section 3.1).
    var repeated: [String] { Set(all.map(\.name)).filter { name in all.count { $0.name == name } > 1 }.sorted() }

    mutating func add(_ name: String, _ value: String?) {
        if let value { all.append(Field(name: name, value: value)) }
    }

    public var encoded: String { all.map { Self.encode($0.name) + "=" + Self.encode($0.value) }.joined(separator: "&") }

    static func decode(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Everything but unreserved characters as `%XX`.
    public static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) { bytes.append(byte) } else { bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~".utf8.contains(byte)
        }
    }
}
