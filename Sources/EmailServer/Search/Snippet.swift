import Foundation

extension SearchIndex {
    static func logarithm(_ value: Double) -> Double { log(value) }
}

/// Some words of a text around the first one that was searched for.
enum Snippet {
    static let length = 200

    static func make(_ text: String, words: Set<String>) -> String {
        let pieces = text.prefix(IndexRecord.searchedLength).split(whereSeparator: \.isWhitespace)
        let hit = words.isEmpty ? nil : pieces.firstIndex { !words.isDisjoint(with: TextFolding.words(String($0))) }
        var start = max(0, (hit ?? 0) - 8)
        // Near the beginning, the beginning itself reads better.
        if (hit ?? 0) < 14 { start = 0 }
        var snippet = start > 0 ? "…" : ""
        for (index, piece) in pieces[start...].enumerated() {
            if snippet.count + piece.count + 1 > length {
                if index == 0 { snippet += piece.prefix(length) }
                return snippet + "…"
            }
            snippet += (index == 0 ? "" : " ") + piece
        }
        return snippet
    }
}
