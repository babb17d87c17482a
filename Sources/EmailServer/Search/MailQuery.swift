/// A search as people write it: words, "phrases", -exclusions and prefixes such as `from:acme` or `after:2026-01-31`.
struct MailQuery: Sendable, Hashable {
    enum Filter: Sendable, Hashable {
        case from([String]), to([String]), subject([String])
        /// Seconds since 1970; the moment itself is outside.
        case before(Int64)
        /// Seconds since 1970; the moment itself is inside.
        case after(Int64)
        case hasAttachment
        case folder(MailFolder)
        case unread(Bool)
    }

    /// What ranks: each entry is a word, or several that belong together as in `ACM-2041`.
    var words: [[String]] = []
    var phrases: [[String]] = []
    var excluded: [[String]] = []
    var filters: [Filter] = []

    static let maximumLength = 1000

    /// - Throws: `MailInputError.query` that says how to write what was meant.
    init(parsing text: String, folders: [MailFolder]) throws(MailInputError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw .query(
                "The query has \(text.utf8.count) bytes, at most \(Self.maximumLength) are allowed. Search with a few words instead.")
        }
        for term in Self.terms(text) {
            if let name = term.prefix, try add(name, term.text, folders) { continue }
            let text = term.prefix.map { "\($0):\(term.text)" } ?? term.text
            let words = TextFolding.words(text)
            guard !words.isEmpty else { continue }
            if term.isExcluded {
                excluded.append(words)
            } else if term.isQuoted && term.prefix == nil {
                phrases.append(words)
            } else if !self.words.contains(words) {
                self.words.append(words)
            }
        }
        let meaningful = words.filter { $0.count > 1 || !TextFolding.stopWords.contains($0[0]) }
        // "from" alone is asked for itself; beside a filter or phrase it is not.
        if !meaningful.isEmpty || !phrases.isEmpty || !filters.isEmpty { words = meaningful }
    }

    private mutating func add(_ name: String, _ value: String, _ folders: [MailFolder]) throws(MailInputError) -> Bool {
        let lowered = value.lowercased()
        switch name {
        case "from", "to", "subject":
            let words = TextFolding.words(value)
            guard !words.isEmpty else { throw .query("Write something after `\(name):`, for example `\(name):acme`.") }
            filters.append(name == "from" ? .from(words) : name == "to" ? .to(words) : .subject(words))
        case "before": filters.append(.before(try Self.day(value, name)))
        case "after", "since": filters.append(.after(try Self.day(value, name)))
        case "has":
            guard lowered == "attachment" || lowered == "attachments" else {
                throw .query("`has:\(value)` is not known. Write `has:attachment`.")
            }
            filters.append(.hasAttachment)
        case "in":
            if lowered == "anywhere" || lowered == "all" { return true }
            guard let folder = folders.first(where: { $0.rawValue.lowercased() == lowered }) else {
                throw .query("There is no folder `\(value)`. The folders are: \(folders.map(\.rawValue).joined(separator: ", ")).")
            }
            filters.append(.folder(folder))
        case "is":
            guard lowered == "unread" || lowered == "read" else {
                throw .query("`is:\(value)` is not known. Write `is:unread` or `is:read`.")
            }
            filters.append(.unread(lowered == "unread"))
        default: return false
        }
        return true
    }

    /// The start of a year, month or day in UTC.
    private static func day(_ text: String, _ name: String) throws(MailInputError) -> Int64 {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.count <= 4 ? Int($0) : nil }
        guard (1...3).contains(parts.count), let year = parts[0], (1900...9999).contains(year),
            let month = parts.count > 1 ? parts[1] : 1, let day = parts.count > 2 ? parts[2] : 1,
            let seconds = CivilTime.seconds(year: year, month: month, day: day)
        else { throw .query("`\(name):\(text)` is no date. Write a day as `\(name):2026-01-31`, a month as 2026-01 or a year as 2026.") }
        return seconds
    }

    private struct Term {
        var prefix: String?
        var text = ""
        var isQuoted = false
        var isExcluded = false
    }

    private static func terms(_ text: String) -> [Term] {
        var terms: [Term] = []
        var term = Term()
        var inQuotes = false
        func isEmpty(_ term: Term) -> Bool { term.text.isEmpty && term.prefix == nil }
        for character in text {
            switch character {
            case "\"", "\u{201C}", "\u{201D}", "\u{201E}":
                inQuotes.toggle()
                term.isQuoted = true
            case _ where character.isWhitespace && !inQuotes:
                if !isEmpty(term) { terms.append(term) }
                term = Term()
            case ":" where !inQuotes && !term.isQuoted && term.prefix == nil && !term.text.isEmpty:
                term.prefix = term.text.lowercased()
                term.text = ""
            case "-" where isEmpty(term) && !term.isQuoted && !inQuotes: term.isExcluded = true
            default: term.text.append(character)
            }
        }
        if !isEmpty(term) { terms.append(term) }
        return terms
    }
}
