/// Fields of `application/x-www-form-urlencoded`, in order.
struct FormBody: Sendable, CustomStringConvertible, CustomReflectable {
    private(set) var fields: [(name: String, value: String)] = []

    init(_ fields: [(String, String)] = []) { self.fields = fields.map { (name: $0.0, value: $0.1) } }

    mutating func add(_ name: String, _ value: String?) {
        if let value { fields.append((name, value)) }
    }

    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    var encoded: String { fields.map { Self.encode($0.name) + "=" + Self.encode($0.value) }.joined(separator: "&") }

    /// Its values may be secrets.
    var description: String { fields.map(\.name).joined(separator: ", ") }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// Everything but unreserved characters as `%XX`, which every reader of forms and of query strings understands.
    static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Reads a query or form; `nil` where an escape is broken or the text is no UTF-8.
    init?(parsing text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else { return nil }
            fields.append((name, value))
        }
    }

    /// The values of a name that occurs more than once make a request ambiguous (RFC 6749 section 3.1).
    func isRepeated(_ name: String) -> Bool { fields.count { $0.name == name } > 1 }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
