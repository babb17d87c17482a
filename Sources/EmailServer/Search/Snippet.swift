import Foundation

extension SearchIndex {
    static func logarithm(_ value: Double) -> Double { log(value) }
}

/// Some words of a text around the first one that was searched for.
enum Snippet {
    /// In Unicode scalars.
    static let length = 200

    static func make(_ text: String, words: Set<String>) -> String {
        let pieces = text.unicodeScalars.prefix(IndexRecord.searchedLength).split { $0.properties.isWhitespace }
        let hit = words.isEmpty ? nil : pieces.firstIndex { !words.isDisjoint(with: TextFolding.words(String($0))) }
        var start = max(0, (hit ?? 0) - 8)
        // Near the beginning, the beginning itself reads better.
        if (hit ?? 0) < 14 { start = 0 }
        var snippet = String.UnicodeScalarView(start > 0 ? ["…"] : [])
        for (index, piece) in pieces[start...].enumerated() {
            if snippet.count + piece.count + 1 > length {
                if index == 0 { snippet += piece.prefix(length) }
                return String(snippet) + "…"
            }
            if index > 0 { snippet.append(" ") }
            snippet += piece
        }
        return String(snippet)
    }
}
