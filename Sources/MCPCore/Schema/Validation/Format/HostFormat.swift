/// `hostname`, `ipv4` and `ipv6`.
enum HostFormat {
    /// Labels of letters, digits and inner hyphens, at most 63 long and 253 together (RFC 1123 section 2.1).
    static func isHostname(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { label in
            guard !label.isEmpty, label.count <= 63, label.first != 0x2D, label.last != 0x2D else { return false }
            // "--" in third place is reserved for encoded labels (RFC 5891 section 4.2.3.1).
            let bytes = Array(label)
            let isReserved = bytes.count >= 4 && bytes[2] == 0x2D && bytes[3] == 0x2D
            if isReserved, !(bytes[0] | 0x20 == 0x78 && bytes[1] | 0x20 == 0x6E) { return false }
            return label.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x2D }
        }
    }

    /// Four decimal numbers up to 255 without leading zeros (RFC 2673 section 3.2).
    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit) else { return false }
                if part.count > 1, part.first == 0x30 { return false }
                return part.reduce(0) { $0 * 10 + Int($1) - 0x30 } <= 255
            }
    }

    /// Eight groups, one run of which may be written `::`, and the last two as IPv4 (RFC 4291 section 2.2); no zone.
    static func isIPv6(_ text: some StringProtocol) -> Bool {
        let halves = splitAtDoubleColon(Array(text.utf8))
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (index, half) in halves.enumerated() {
            if half.isEmpty, halves.count == 2 { continue }
            let parts = half.split(separator: 0x3A, omittingEmptySubsequences: false)
            for (position, part) in parts.enumerated() {
                let isLast = index == halves.count - 1 && position == parts.count - 1
                if isLast, part.contains(0x2E) {
                    guard isIPv4(String(decoding: part, as: UTF8.self)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.count), part.allSatisfy(\.isHexadecimalDigit) else { return false }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups <= 7 : groups == 8
    }

    private static func splitAtDoubleColon(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index + 1 < bytes.count {
            if bytes[index] == 0x3A, bytes[index + 1] == 0x3A {
                result.append(bytes[start..<index])
                index += 2
                start = index
            } else {
                index += 1
            }
        }
        return result + [bytes[start...]]
    }
}
