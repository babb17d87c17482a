/// What a sentence of the user says on its face, before anything is known of tools.
struct Question {
    struct Token: Hashable {
        /// As it was written, without punctuation at its ends.
        let text: String
        /// In lower case, without what follows an apostrophe.
        let word: String
        let concept: String
        let isQuoted: Bool
        var isFiller: Bool { Words.isFiller(word) }
        var action: Words.Action? { Words.action(word) }
        var isCapitalized: Bool { text.first?.isUppercase == true }
        var isAddress: Bool { Question.isAddress(text) }
        var number: Int? { Question.number(word) }
    }

    let text: String
    let tokens: [Token]
    let quotes: [String]

    init(_ text: String) {
        self.text = text
        var tokens: [Token] = []
        var quotes: [String] = []
        var quote: (closing: Character, pieces: [Substring])?
        for piece in text.split(whereSeparator: \.isWhitespace) {
            var piece = piece
            if quote == nil, let first = piece.first, let closing = Self.quotationMarks[first] {
                quote = (closing, [])
                piece = piece.dropFirst()
            }
            let isQuoted = quote != nil
            let ended = piece.drop(while: { !$0.isLetter && !$0.isNumber && $0 != "#" })
            let bare = Self.trimmed(ended)
            if let open = quote {
                // An apostrophe inside a word does not close: the mark stands at the piece's end.
                if let end = piece.lastIndex(of: open.closing), !piece[end...].contains(where: { $0.isLetter || $0.isNumber }) {
                    quotes.append((open.pieces + [piece[..<end]]).joined(separator: " "))
                    quote = nil
                } else {
                    quote?.pieces.append(piece)
                }
            }
            // "cats/dogs" and "top-selling" are several words, an address, a date or a number is one.
            let parts =
                Self.isAddress(String(bare)) || bare.first?.isNumber == true
                ? [bare] : bare.split(whereSeparator: { "/-–—,;:()".contains($0) })
            for part in parts where !part.isEmpty {
                let word = String(part.lowercased().prefix { $0 != "'" && $0 != "’" })
                guard !word.isEmpty else { continue }
                let kept = part.hasSuffix("'s") || part.hasSuffix("’s") ? String(part.dropLast(2)) : String(part)
                tokens.append(Token(text: kept, word: word, concept: Words.concept(word), isQuoted: isQuoted))
            }
        }
        self.tokens = tokens
        self.quotes = quotes
    }

    var addresses: [String] {
        var seen: Set<String> = []
        return tokens.filter(\.isAddress).map(\.text).filter { seen.insert($0.lowercased()).inserted }
    }

    func contains(_ concepts: Set<String>) -> Bool { tokens.contains { concepts.contains($0.concept) } }
    func contains(words: Set<String>) -> Bool { tokens.contains { words.contains($0.word) } }

    /// The words that name a subject: no fillers, no verbs that ask, no numbers, no addresses.
    var subjects: [Token] { tokens.filter { !$0.isFiller && $0.action == nil && $0.number == nil && !$0.isAddress } }

    /// The first number that is said, as digits or as a word up to a hundred.
    var number: Int? { tokens.lazy.compactMap(\.number).first { $0 > 0 } }

    /// What follows the first of these words, as it was written, up to the end of the sentence's clause.
    func phrase(after words: Set<String>, until ends: Set<String> = []) -> [Token]? {
        guard let start = tokens.firstIndex(where: { words.contains($0.word) && !$0.isQuoted }) else { return nil }
        let rest = tokens[(start + 1)...].prefix { !ends.contains($0.word) || $0.isQuoted }
        let phrase = rest.drop { ["the", "a", "an", "my", "our"].contains($0.word) }
        return phrase.isEmpty ? nil : Array(phrase)
    }

    /// The sentence from its first word of weight: without greeting, politeness and "I want to".
    var spoken: ArraySlice<Token> { tokens.drop { Self.politeness.contains($0.word) } }

    /// Whether it asks what there is, rather than for something to be done.
    var asksToKnow: Bool {
        guard let first = spoken.first else { return true }
        return Self.interrogatives.contains(first.word) || first.action == .retrieve || (first.isFiller && text.last == "?")
    }

    private static let politeness: Set<String> = [
        "please", "hi", "hello", "hey", "ok", "okay", "now", "then", "and", "also", "just", "can", "could", "would", "will", "you", "i", "we", "want",
        "like", "need", "d", "to", "let", "us", "s",
    ]
    private static let interrogatives: Set<String> = [
        "which", "what", "who", "whom", "whose", "when", "where", "why", "how", "is", "are", "was", "were", "do", "does", "did", "have", "has", "had",
        "any", "many", "count", "number", "there",
    ]

    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(".") && parts[1].last != "."
    }

    static func number(_ word: String) -> Int? {
        if let number = Int(word.filter { $0 != "," && $0 != "_" }) { return number }
        return numberWords.firstIndex(of: word).map { $0 + 1 } ?? otherNumbers[word]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, !last.isLetter, !last.isNumber { text = text.dropLast() }
        return text
    }

    private static let quotationMarks: [Character: Character] = [
        "\"": "\"", "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’", "`": "`",
    ]
    private static let numberWords = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
    ]
    private static let otherNumbers = ["dozen": 12, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100]
}
