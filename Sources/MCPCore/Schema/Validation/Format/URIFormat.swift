/// `uri`, `uri-reference` (RFC 3986), `iri`, `iri-reference` (RFC 3987) and `uri-template` (RFC 6570).
enum URIFormat {
    static func isReference(_ text: String, absolute: Bool, international: Bool) -> Bool {
        guard hasOnlyAllowedCharacters(text, international) else { return false }
        let reference = URIReference(text)
        if let scheme = reference.scheme {
            guard let first = scheme.utf8.first, first.isASCIILetter,
                scheme.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "+-.".utf8.contains($0) })
            else { return false }
        } else {
            if absolute { return false }
            // Without a scheme the first segment holds no colon.
            if reference.authority == nil, reference.path.prefix(while: { $0 != "/" }).contains(":") { return false }
        }
        if let authority = reference.authority, !isAuthority(authority) { return false }
        let inner = [reference.path, reference.query ?? "", reference.fragment ?? ""]
        return !inner.contains { $0.utf8.contains { byte in byte == 0x5B || byte == 0x5D || byte == 0x23 } }
    }

    private static func hasOnlyAllowedCharacters(_ text: String, _ international: Bool) -> Bool {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x25:
                guard isPercentEncoding(bytes[index...]) else { return false }
            case 0x80...: if !international { return false }
            default:
                guard byte.isASCIILetter || byte.isASCIIDigit || "-._~:/?#[]@!$&'()*+,;=".utf8.contains(byte) else { return false }
            }
        }
        return true
    }

    /// Whether the bytes begin with a percent sign and two digits.
    private static func isPercentEncoding(_ bytes: ArraySlice<UInt8>) -> Bool {
        let digits = bytes.dropFirst().prefix(2)
        return digits.count == 2 && digits.allSatisfy(\.isHexadecimalDigit)
    }

    private static func isAuthority(_ authority: String) -> Bool {
        var host = Substring(authority)
        if let at = host.lastIndex(of: "@") {
            if host[..<at].contains(where: { "[]@".contains($0) }) { return false }
            host = host[host.index(after: at)...]
        }
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return false }
            let address = host[host.index(after: host.startIndex)..<end]
            let rest = host[host.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") && isPort(rest.dropFirst()) else { return false }
            return HostFormat.isIPv6(address) || isFutureAddress(address)
        }
        if host.contains("[") || host.contains("]") { return false }
        guard let colon = host.firstIndex(of: ":") else { return true }
        return isPort(host[host.index(after: colon)...])
    }

    private static func isPort(_ text: Substring) -> Bool { text.utf8.allSatisfy(\.isASCIIDigit) }

    private static func isFutureAddress(_ text: Substring) -> Bool {
        let parts = text.dropFirst().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        return text.lowercased().hasPrefix("v") && parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty
            && parts[0].utf8.allSatisfy(\.isHexadecimalDigit)
    }

    /// Literals and expressions in braces (RFC 6570 section 2); literals may hold an apostrophe, as its errata allow.
    static func isTemplate(_ text: String) -> Bool {
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", isLiteral(rest[..<open]), let close = rest[open...].firstIndex(of: "}"),
                isExpression(rest[rest.index(after: open)..<close])
            else { return false }
            rest = rest[rest.index(after: close)...]
        }
        return isLiteral(rest)
    }

    private static func isLiteral(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x00...0x20, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D, 0x7F: return false
            case 0x25:
                guard isPercentEncoding(bytes[index...]) else { return false }
            default: break
            }
        }
        return true
    }

    private static func isExpression(_ text: Substring) -> Bool {
        var text = text
        if let first = text.first, "+#./;?&".contains(first) { text = text.dropFirst() }
        return text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            var name = part
            if name.hasSuffix("*") {
                name = name.dropLast()
            } else if let colon = name.firstIndex(of: ":") {
                let length = name[name.index(after: colon)...]
                guard (1...4).contains(length.count), length.first != "0", length.utf8.allSatisfy(\.isASCIIDigit) else { return false }
                name = name[..<colon]
            }
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            return parts.allSatisfy { part in
                guard !part.isEmpty else { return false }
                var bytes = Array(part.utf8)[...]
                while let byte = bytes.popFirst() {
                    if byte == 0x25 {
                        guard let high = bytes.popFirst(), let low = bytes.popFirst(), high.isHexadecimalDigit, low.isHexadecimalDigit
                        else { return false }
                    } else if !byte.isASCIILetter, !byte.isASCIIDigit, byte != 0x5F {
                        return false
                    }
                }
                return true
            }
        }
    }
}
