import Foundation

/// Texts in the form in which a search compares them.
enum SearchText {
    /// Without what a search does not look at: case, accents, and how they are put together. SQLite itself knows only the case of ASCII.
    static func folded(_ text: String) -> String {
        // A text in SQLite ends at its first zero byte.
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil).replacing("\0", with: " ")
    }

    /// The words that must all occur, folded; more than these cost much and narrow little.
    static func words(of query: String) -> [String] {
        var seen: Set<String> = []
        return Array(folded(query).split(whereSeparator: \.isWhitespace).map(String.init).filter { seen.insert($0).inserted }.prefix(64))
    }

    /// One line of `text` around a word, at most 160 characters of it.
    static func snippet(_ text: String, around word: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard line.count > 160 else { return line }
        let match = line.range(of: word, options: [.caseInsensitive, .diacriticInsensitive])?.lowerBound ?? line.startIndex
        let start = line.index(match, offsetBy: -60, limitedBy: line.startIndex) ?? line.startIndex
        let end = line.index(start, offsetBy: 160, limitedBy: line.endIndex) ?? line.endIndex
        return (start > line.startIndex ? "…" : "") + line[start..<end] + (end < line.endIndex ? "…" : "")
    }
}
