/// Words of English, brought to a form in which a question and a description can be compared.
enum Words {
    /// The words of a phrase or an identifier, in lower case: split at everything that is no letter or digit, and where
    /// lower case turns to upper case (`orderDate`).
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        func end(_ word: inout String) {
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        for character in text {
            if character.isLetter || character.isNumber {
                if character.isUppercase, wasLower { end(&word) }
                word.append(character)
                wasLower = character.isLowercase
            } else if character == "'" || character == "’" {
                // "what's" and "owners'" lose what follows the apostrophe.
                wasLower = false
                end(&word)
                word = "'"
            } else {
                end(&word)
                wasLower = false
            }
            if word.hasPrefix("'"), word.count > 1 { word = "'" }
        }
        end(&word)
        return words.filter { $0 != "'" }
    }

    /// The stem of a word in lower case: without the ending of number and of tense.
    static func stem(_ word: String) -> String {
        if let irregular = irregular[word] { return irregular }
        var stem = Substring(word)
        if stem.count > 3 {
            if stem.hasSuffix("ies"), stem.count > 4 {
                stem = stem.dropLast(3) + "y"
            } else if ["sses", "xes", "ches", "shes", "zes"].contains(where: stem.hasSuffix) {
                stem = stem.dropLast(2)
            } else if stem.hasSuffix("s"), !["ss", "us", "is"].contains(where: stem.hasSuffix) {
                stem = stem.dropLast()
            }
        }
        for ending in ["ing", "ed"] where stem.hasSuffix(ending) && stem.count - ending.count >= 3 {
            let rest = stem.dropLast(ending.count)
            guard rest.contains(where: "aeiouy".contains) else { break }
            stem = rest
            if let last = stem.last, stem.dropLast().last == last, !"lsz".contains(last) { stem = stem.dropLast() }
            break
        }
        if stem.hasSuffix("e"), stem.count > 3 { stem = stem.dropLast() }
        if stem.hasSuffix("y"), stem.count > 3 { stem = stem.dropLast() + "i" }
        return String(stem)
    }

    /// The word in its other number, as it would be written: "invoices" for "invoice", "company" for "companies".
    static func otherNumber(_ word: String) -> String? {
        let lower = word.lowercased()
        guard lower.count > 2, lower.allSatisfy(\.isLetter), irregular[lower] == nil else { return nil }
        if lower.hasSuffix("ies"), lower.count > 4 { return word.dropLast(3) + "y" }
        if ["sses", "xes", "ches", "shes"].contains(where: lower.hasSuffix) { return String(word.dropLast(2)) }
        if lower.hasSuffix("s") { return ["ss", "us", "is"].contains(where: lower.hasSuffix) ? nil : String(word.dropLast()) }
        if lower.hasSuffix("y"), let before = lower.dropLast().last, !"aeiou".contains(before) { return word.dropLast() + "ies" }
        return word + (["x", "ch", "sh"].contains(where: lower.hasSuffix) ? "es" : "s")
    }

    /// What a word stands for: its stem, or the head of the group of words that mean the same.
    static func concept(_ word: String) -> String {
        let stem = stem(word)
        return heads[stem] ?? stem
    }

    static func concepts(_ text: String) -> [String] { split(text).map(concept) }

    /// Words that carry no subject of their own.
    static func isFiller(_ word: String) -> Bool { fillers.contains(word) }

    /// What a word asks to be done, where it does.
    static func action(_ word: String) -> Action? { actions[concept(word)] }

    private static let irregular = [
        "people": "person", "children": "child", "men": "man", "women": "woman", "sent": "sent", "written": "write", "wrote": "write",
        "bought": "buy", "sold": "sell", "news": "news", "series": "series", "data": "data", "this": "this", "was": "was",
        "has": "has", "does": "does", "status": "status", "address": "address", "addresses": "address", "best": "best",
        "worst": "worst", "red": "red", "need": "need", "feed": "feed", "speed": "speed", "bed": "bed", "string": "string",
        "king": "king", "thing": "thing", "during": "during", "meeting": "meeting", "meetings": "meeting",
    ]

    /// Groups of words that mean about the same; the first is the group's head.
    private static let synonyms: [[String]] = [
        ["show", "list", "display", "give", "print", "see", "tell", "enumerate"],
        ["search", "find", "look", "locate", "lookup", "seek", "hunt", "query"],
        ["read", "open"],
        ["get", "fetch", "retrieve", "pull", "load"],
        ["send", "deliver", "dispatch", "submit"],
        ["draft", "compose", "write", "prepare"],
        ["create", "add", "insert", "schedule"],
        ["delete", "remove", "erase", "drop", "discard", "cancel"],
        ["update", "change", "modify", "edit", "rename"],
        ["mail", "email", "message", "inbox", "mailbox", "correspondence", "letter"],
        ["event", "appointment", "meeting"],
        ["person", "people", "contact"],
        ["describe", "explain"],
        ["weather", "forecast"],
        ["buyer", "client", "shopper", "patron"],
        ["picture", "image", "photo"],
        ["country", "nation"],
        ["city", "town", "location", "place"],
        ["employee", "staff", "worker"],
        ["movie", "film"],
    ]

    enum Action: Hashable {
        case retrieve, send, draft, create, delete, update
    }

    private static let actions: [String: Action] = {
        let words: [(Action, [String])] = [
            (.retrieve, ["show", "search", "read", "get", "describe", "check", "lookup"]),
            (.send, ["send", "forward", "reply"]), (.draft, ["draft"]), (.create, ["create"]), (.delete, ["delete"]), (.update, ["update"]),
        ]
        return Dictionary(
            words.flatMap { action, words in words.map { (concept($0), action) } }, uniquingKeysWith: { first, _ in first })
    }()

    private static let heads: [String: String] = {
        var heads: [String: String] = [:]
        for group in synonyms {
            guard let head = group.first.map(stem) else { continue }
            for word in group where heads[stem(word)] == nil { heads[stem(word)] = head }
        }
        return heads
    }()

    private static let fillers: Set<String> = [
        "a", "an", "the", "my", "our", "your", "his", "her", "its", "their", "me", "us", "i", "we", "you", "it", "he", "she", "they", "them",
        "this", "that", "these", "those", "there", "here", "is", "are", "was", "were", "be", "been", "am", "do", "does", "did", "done", "have",
        "has", "had", "can", "could", "would", "should", "will", "shall", "may", "might", "must", "please", "of", "in", "on", "at", "to", "for",
        "from", "by", "with", "about", "into", "over", "under", "and", "or", "not", "no", "but", "if", "then", "than", "so", "as", "what",
        "which", "who", "whom", "whose", "when", "where", "why", "how", "many", "much", "all", "any", "some", "each", "every", "per", "s", "t",
        "let", "want", "like", "need", "now", "just", "also", "too", "again", "hi", "hello", "hey", "ok", "okay", "thanks", "thank", "up", "out",
        "got", "ll", "re", "ve", "don", "exist", "exists", "regarding", "concerning", "saying", "says", "say",
    ]
}
