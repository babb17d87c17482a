/// The formats of what travels in `_meta`: W3C Trace Context (section 3) and W3C Baggage (section 3). 2026-07-28, basic, `_meta`, demands them.
enum TraceContextFormat {
    /// Whether a value may leave under one of the reserved keys. What a tracer of another make writes under them would be an error at the other end.
    static func allows(_ value: String, for key: String) -> Bool {
        switch key {
        case "traceparent": isParent(Array(value.utf8))
        case "tracestate": isList(value, maximum: 32, isMember: isStateMember)
        case "baggage": isList(value, maximum: 64, isMember: isBaggageMember)
        default: false
        }
    }

    /// `version-traceid-parentid-flags`, in lower case; neither id is all zero. Versions after 00 may have more behind.
    private static func isParent(_ value: [UInt8]) -> Bool {
        let parts = value.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0].elementsEqual("00".utf8) ? parts.count == 4 : !parts[0].elementsEqual("ff".utf8) else { return false }
        return zip(parts, [2, 32, 16, 2]).allSatisfy { $0.count == $1 && $0.allSatisfy(isLowerHexadecimal) }
            && parts[1...2].allSatisfy { $0.contains { $0 != UInt8(ascii: "0") } }
    }

    private static func isList(_ value: String, maximum: Int, isMember: (Substring) -> Bool) -> Bool {
        let members = value.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        return members.contains { !$0.isEmpty } && members.count <= maximum && members.allSatisfy { $0.isEmpty || isMember($0) }
    }

    /// `key=value`: a key of lower case that begins with a letter or a digit, at most one `@`, and at most 256 printable characters on either side.
    private static func isStateMember(_ member: Substring) -> Bool {
        guard let (key, value) = pair(member), (1...256).contains(key.utf8.count), (1...256).contains(value.utf8.count) else { return false }
        return key.utf8.first.map(isLowerAlphanumeric) == true && key.utf8.count { $0 == UInt8(ascii: "@") } <= 1
            && key.utf8.allSatisfy { isLowerAlphanumeric($0) || "_-*/@".utf8.contains($0) }
            && value.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "=") }
    }

    /// `key=value`, and properties behind semicolons: keys are tokens of HTTP, values are percent-encoded.
    private static func isBaggageMember(_ member: Substring) -> Bool {
        let parts = member.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        guard let first = parts.first, pair(first) != nil else { return false }
        return parts.allSatisfy { part in
            let (key, value) = pair(part) ?? (part, "")
            return !trimmed(key).isEmpty && trimmed(key).utf8.allSatisfy(isTokenCharacter) && trimmed(value).utf8.allSatisfy(isBaggageOctet)
        }
    }

    private static func pair(_ text: Substring) -> (Substring, Substring)? {
        text.firstIndex(of: "=").map { (text[..<$0], text[text.index(after: $0)...]) }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }.map { start.index(after: $0) } ?? start.startIndex
        return start[..<end]
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool { "0123456789abcdef".utf8.contains(byte) }
    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x30...0x39 ~= byte }
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || 0x41...0x5A ~= byte || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    /// Printable ASCII without space, quotation mark, comma, semicolon and backslash.
    private static func isBaggageOctet(_ byte: UInt8) -> Bool { 0x21...0x7E ~= byte && !"\",;\\".utf8.contains(byte) }
}
