/// `uuid`, `json-pointer` and `relative-json-pointer`.
enum IdentifierFormat {
    /// RFC 4122 section 3, in either case.
    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count == 36
            && bytes.indices.allSatisfy { [8, 13, 18, 23].contains($0) ? bytes[$0] == 0x2D : bytes[$0].isHexadecimalDigit }
    }

    /// RFC 6901 section 3: empty, or tokens after slashes where `~` stands only in `~0` and `~1`.
    static func isJSONPointer(_ text: some StringProtocol) -> Bool {
        guard text.isEmpty || text.utf8.first == 0x2F else { return false }
        var isEscape = false
        for byte in text.utf8 {
            if isEscape, byte != 0x30, byte != 0x31 { return false }
            isEscape = byte == 0x7E
        }
        return !isEscape
    }

    /// A number of levels without leading zero, then a pointer or `#` (draft-bhutton-relative-json-pointer section 3).
    static func isRelativeJSONPointer(_ text: String) -> Bool {
        let levels = text.utf8.prefix { $0.isASCIIDigit }
        guard let first = levels.first, first != 0x30 || levels.count == 1 else { return false }
        let rest = Substring(text.utf8.dropFirst(levels.count))
        return rest == "#" || isJSONPointer(rest)
    }
}
