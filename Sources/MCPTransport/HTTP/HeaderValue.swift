import MCPCore

/// The values of `Mcp-Name` and `Mcp-Param-*` headers: plain where that is safe, Base64 between `=?base64?` and `?=` where it is not
/// (Streamable HTTP 2026-07-28, Value Encoding).
public enum HeaderValue {
    private static let prefix = "=?base64?"
    private static let suffix = "?="

    public static func encode(_ value: String) -> String {
        let isSafe =
            value.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 } && value.utf8.first.map(isBlank) != true
            && value.utf8.last.map(isBlank) != true && !(value.hasPrefix(prefix) && value.hasSuffix(suffix)) && !value.isEmpty
        return isSafe ? value : prefix + Base64.encode(value.utf8) + suffix
    }

    /// The value that a header stands for; `nil` where it is not validly encoded.
    public static func decode(_ header: String) -> String? {
        guard header.hasPrefix(prefix), header.hasSuffix(suffix), header.utf8.count >= prefix.utf8.count + suffix.utf8.count else {
            return header.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 } ? header : nil
        }
        guard let bytes = Base64.decode(String(header.dropFirst(prefix.count).dropLast(suffix.count))) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
