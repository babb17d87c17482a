extension MetaKey {
    /// Whether a text can be a key of `_meta`: an optional prefix of labels with dots between them and a slash behind, and a name
    /// (2026-07-28, basic, `_meta`, "Key name format").
    public static func isWellFormed(_ key: String) -> Bool {
        var name = key.utf8[...]
        if let slash = name.lastIndex(of: UInt8(ascii: "/")) {
            guard name[..<slash].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isLabel) else { return false }
            name = name[name.index(after: slash)...]
        }
        guard let first = name.first, let last = name.last else { return true }
        return isAlphanumeric(first) && isAlphanumeric(last) && name.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    /// It starts with a letter and ends with a letter or digit.
    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        guard let first = label.first, let last = label.last else { return false }
        return first.isASCIILetter && isAlphanumeric(last) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { byte.isASCIILetter || byte.isASCIIDigit }

    /// What is wrong with the keys that an author has given to a definition; `nil` where nothing is.
    static func fault(in meta: JSONObject?) -> String? {
        guard let key = meta?.first(where: { !isWellFormed($0.key) })?.key else { return nil }
        return "its _meta has a key that is none: `\(key.abbreviated)`; a key is a name of letters, digits, - _ and ., with a prefix such as com.example/"
    }
}
