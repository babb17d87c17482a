/// `email` (the Mailbox of RFC 5321 section 4.1.2) and `idn-email` (RFC 6531, which allows other scripts).
enum EmailFormat {
    static func isEmail(_ text: String, international: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let at = bytes.lastIndex(of: 0x40) else { return false }
        let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
        return isLocalPart(local, international) && isDomain(domain, international)
    }

    private static func isLocalPart(_ bytes: ArraySlice<UInt8>, _ international: Bool) -> Bool {
        guard !bytes.isEmpty else { return false }
        if bytes.first == 0x22 { return isQuoted(bytes, international) }
        return bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty
                && atom.allSatisfy { byte in
                    byte.isASCIILetter || byte.isASCIIDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) || byte >= 0x80 && international
                }
        }
    }

    private static func isQuoted(_ bytes: ArraySlice<UInt8>, _ international: Bool) -> Bool {
        guard bytes.count >= 2, bytes.last == 0x22 else { return false }
        var isEscape = false
        for byte in bytes.dropFirst().dropLast() {
            guard (0x20...0x7E).contains(byte) || byte >= 0x80 && international else { return false }
            if isEscape {
                isEscape = false
            } else if byte == 0x5C {
                isEscape = true
            } else if byte == 0x22 {
                return false
            }
        }
        return !isEscape
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>, _ international: Bool) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = text.dropFirst().dropLast()
            return address.lowercased().hasPrefix("ipv6:") ? HostFormat.isIPv6(address.dropFirst(5)) : HostFormat.isIPv4(address)
        }
        if international, bytes.contains(where: { $0 >= 0x80 }) {
            return bytes.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
                !label.isEmpty && label.first != 0x2D && label.last != 0x2D
                    && label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D || $0 >= 0x80 }
            }
        }
        return HostFormat.isHostname(text)
    }
}
