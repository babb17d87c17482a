/// Ranks tables by the words of a question.
struct SchemaSearch {
    struct Candidate {
        var connection: String
        var table: CatalogTable
    }

    private let words: [String]

    init(_ query: String) {
        words = Self.words(of: query).filter { !Self.unspecific.contains($0) }.map(Self.stem)
    }

    /// The candidates that match, best first and otherwise by name; all of them where the query says nothing specific.
    func ranked(_ candidates: [Candidate]) -> [Candidate] {
        guard !words.isEmpty else { return candidates }
        let scored = candidates.map { (candidate: $0, score: score($0.table)) }.filter { $0.score > 0 }
        return scored.enumerated().sorted { one, other in
            one.element.score == other.element.score ? one.offset < other.offset : one.element.score > other.element.score
        }.map(\.element.candidate)
    }

    private func score(_ table: CatalogTable) -> Int {
        let name = Self.words(of: table.name).map(Self.stem)
        let about = Set(Self.words(of: table.comment ?? "").map(Self.stem))
        let columns = table.columns.map { Set(Self.words(of: $0.name).map(Self.stem)) }
        let columnComments = Set(table.columns.flatMap { Self.words(of: $0.comment ?? "") }.map(Self.stem))
        return words.reduce(0) { total, word in
            var score = 0
            if name == [word] {
                score += 20
            } else if name.contains(word) {
                score += 10
            } else if word.count > 3, name.contains(where: { $0.hasPrefix(word) || word.hasPrefix($0) && $0.count > 3 }) {
                score += 5
            }
            if columns.contains([word]) { score += 5 } else if columns.contains(where: { $0.contains(word) }) { score += 3 }
            if about.contains(word) { score += 3 }
            if columnComments.contains(word) { score += 1 }
            return total + score
        }
    }

    /// Lower-case words; `orderLines`, `order_lines` and `order lines` are the same two.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var previousIsLower = false
        for character in text {
            if !character.isLetter && !character.isNumber {
                words.append(word)
                word = ""
            } else if character.isUppercase, previousIsLower {
                words.append(word)
                word = character.lowercased()
            } else {
                word += character.lowercased()
            }
            previousIsLower = character.isLowercase
        }
        return (words + [word]).filter { !$0.isEmpty }
    }

    /// Takes the plural off English words, which is what names of tables and questions differ in most.
    static func stem(_ word: String) -> String {
        if word.count > 4, word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if word.count > 4, ["ses", "xes", "ches", "shes", "zes"].contains(where: word.hasSuffix) { return String(word.dropLast(2)) }
        if word.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is") {
            return String(word.dropLast())
        }
        return word
    }

    /// Words that say nothing of what is looked for.
    private static let unspecific: Set<String> = [
        "a", "all", "an", "and", "any", "are", "by", "column", "columns", "database", "databases", "do", "does", "exist", "find", "for",
        "from", "get", "give", "have", "how", "i", "in", "is", "list", "many", "me", "my", "of", "on", "or", "our", "please", "schema",
        "schemas",
        "show", "table", "tables", "tell", "that", "the", "their", "there", "these", "this", "to", "view", "views", "we", "what", "which",
        "with", "you", "your",
    ]
}
