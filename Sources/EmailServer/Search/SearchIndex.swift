/// The words of all messages, in memory, and the ranking of those that fit a query.
struct SearchIndex: Sendable {
    /// Where a word stands; what it weighs there.
    enum Field: Int, CaseIterable, Sendable {
        case subject, from, to, attachments, body
        var weight: Double {
            switch self {
            case .subject: 3
            case .from: 2.5
            case .attachments: 1.5
            case .to, .body: 1
            }
        }
    }

    struct Document: Sendable {
        var record: IndexRecord
        /// Grows with every message that comes in, so that a later page can leave out what came after the first one.
        var arrival: Int
        /// Numbers of words by field, in order.
        var fields: [[Int32]]
    }

    private(set) var documents: [String: Document] = [:]
    private var vocabulary: [String: Int32] = [:]
    private var terms: [String] = []
    /// Ids of the messages that have a word.
    private var postings: [Set<String>] = []
    private(set) var lastArrival = 0

    mutating func put(_ record: IndexRecord) {
        remove(record.id)
        let people = { (list: [MailAddress]) in list.map(\.text).joined(separator: " \n ") }
        let texts: [Field: String] = [
            .subject: record.subject, .from: people(record.from.map { [$0] } ?? []), .to: people(record.to + record.cc + record.bcc),
            .attachments: record.attachmentNames.joined(separator: " "), .body: record.text,
        ]
        let fields = Field.allCases.map { field in TextFolding.words(texts[field] ?? "").map { number(of: $0) } }
        lastArrival += 1
        documents[record.id] = Document(record: record, arrival: lastArrival, fields: fields)
        for number in Set(fields.joined()) { postings[Int(number)].insert(record.id) }
    }

    mutating func remove(_ id: String) {
        guard let document = documents.removeValue(forKey: id) else { return }
        for number in Set(document.fields.joined()) { postings[Int(number)].remove(id) }
    }

    private mutating func number(of word: String) -> Int32 {
        if let number = vocabulary[word] { return number }
        let number = Int32(terms.count)
        vocabulary[word] = number
        terms.append(word)
        postings.append([])
        return number
    }

    struct Match: Sendable {
        var record: IndexRecord
        var score: Double
        var matchedWords: Int
    }

    struct Result: Sendable {
        var matches: [Match]
        var matchedAllWords: Bool
        /// The words that were looked for, as the index has them, for snippets.
        var words: Set<String>
    }

    /// Messages that fit, best first. Where no message has all the words, those that have some.
    /// - Parameter arrivedUntil: Later messages do not exist for this search.
    func search(_ query: MailQuery, arrivedUntil: Int) -> Result {
        let alternatives = query.words.map { $0.count == 1 ? variants(of: $0[0]) : [:] }
        let visible = documents.values.filter { $0.arrival <= arrivedUntil && fits($0, query) }
        let averages = averageLengths()
        var matches: [Match] = []
        for document in visible {
            var match = Match(record: document.record, score: 0, matchedWords: 0)
            for (position, word) in query.words.enumerated() {
                let score =
                    word.count == 1
                    ? self.score(document, alternatives[position], averages) : phraseScore(document, word, averages)
                if score > 0 {
                    match.score += score
                    match.matchedWords += 1
                }
            }
            if query.words.isEmpty || match.matchedWords > 0 { matches.append(match) }
        }
        let complete = matches.filter { $0.matchedWords == query.words.count }
        let isComplete = !complete.isEmpty || matches.isEmpty
        let ranked = (isComplete ? complete : matches).sorted { one, other in
            if one.matchedWords != other.matchedWords { return one.matchedWords > other.matchedWords }
            if one.score != other.score { return one.score > other.score }
            if one.record.date != other.record.date { return one.record.date > other.record.date }
            return one.record.id < other.record.id
        }
        let found =
            alternatives.flatMap(\.keys).map { terms[Int($0)] } + query.phrases.joined()
            + query.words.filter { $0.count > 1 }.joined()
        return Result(matches: ranked, matchedAllWords: isComplete, words: Set(found))
    }

    // MARK: Conditions

    private func fits(_ document: Document, _ query: MailQuery) -> Bool {
        let record = document.record
        let fitsFilters = query.filters.allSatisfy { filter in
            switch filter {
            case .from(let words): contains(document, [.from], words, lastIsPrefix: true)
            case .to(let words): contains(document, [.to], words, lastIsPrefix: true)
            case .subject(let words): contains(document, [.subject], words, lastIsPrefix: true)
            case .before(let seconds): record.date.seconds < seconds
            case .after(let seconds): record.date.seconds >= seconds
            case .hasAttachment: !record.attachmentNames.isEmpty
            case .folder(let folder): record.folder == folder
            case .unread(let isUnread): record.isUnread == isUnread
            }
        }
        return fitsFilters && query.phrases.allSatisfy { contains(document, Field.allCases, $0, lastIsPrefix: false) }
            && !query.excluded.contains { contains(document, Field.allCases, $0, lastIsPrefix: false) }
    }

    private func contains(_ document: Document, _ fields: [Field], _ words: [String], lastIsPrefix: Bool) -> Bool {
        fields.contains { occurrences(document.fields[$0.rawValue], words, lastIsPrefix: lastIsPrefix) > 0 }
    }

    private func occurrences(_ field: [Int32], _ words: [String], lastIsPrefix: Bool) -> Int {
        guard field.count >= words.count, let last = words.last else { return 0 }
        let numbers = words.dropLast().map { vocabulary[$0] ?? -1 }
        let lastNumber = vocabulary[last]
        var count = 0
        for start in 0...(field.count - words.count) where field[start...].starts(with: numbers) {
            let number = field[start + numbers.count]
            if number == lastNumber || (lastIsPrefix && terms[Int(number)].hasPrefix(last)) { count += 1 }
        }
        return count
    }

    // MARK: Ranking (BM25 over weighted fields)

    /// The words that a word of the query stands for, and how much each counts: itself, longer ones, and the singular of a plural.
    private func variants(of word: String) -> [Int32: Double] {
        var variants: [Int32: Double] = [:]
        if word.count >= 3 {
            for (number, term) in terms.enumerated() where term.hasPrefix(word) && !postings[number].isEmpty {
                variants[Int32(number)] = 0.7 * Double(word.count) / Double(term.count)
            }
        }
        for (ending, replacement) in [("ies", "y"), ("es", ""), ("s", "")] where word.count > ending.count + 2 && word.hasSuffix(ending) {
            if let number = vocabulary[String(word.dropLast(ending.count)) + replacement] { variants[number] = 0.9 }
        }
        if let number = vocabulary[word] { variants[number] = 1 }
        return variants
    }

    private func averageLengths() -> [Double] {
        var sums = [Double](repeating: 0, count: Field.allCases.count)
        for document in documents.values { for (index, field) in document.fields.enumerated() { sums[index] += Double(field.count) } }
        return sums.map { max(1, $0 / Double(max(1, documents.count))) }
    }

    private func score(_ document: Document, _ variants: [Int32: Double], _ averages: [Double]) -> Double {
        var best = 0.0
        for (number, factor) in variants where postings[Int(number)].contains(document.record.id) {
            let frequency = weightedFrequency(document, averages) { field in field.count { $0 == number } }
            best = max(best, factor * rarity(postings[Int(number)].count) * frequency / (1.2 + frequency))
        }
        return best
    }

    private func phraseScore(_ document: Document, _ words: [String], _ averages: [Double]) -> Double {
        let frequency = weightedFrequency(document, averages) { occurrences($0, words, lastIsPrefix: true) }
        return frequency == 0 ? 0 : Double(words.count) * rarity(1) * frequency / (1.2 + frequency)
    }

    private func weightedFrequency(_ document: Document, _ averages: [Double], count: ([Int32]) -> Int) -> Double {
        Field.allCases.reduce(0) { sum, field in
            let words = document.fields[field.rawValue]
            let occurrences = count(words)
            guard occurrences > 0 else { return sum }
            // A body is compared with the usual length; in short fields length says little.
            let norm = field == .body ? 0.25 + 0.75 * Double(words.count) / averages[field.rawValue] : 1
            return sum + field.weight * Double(occurrences) / norm
        }
    }

    private func rarity(_ count: Int) -> Double {
        let total = Double(documents.count)
        return Self.logarithm(1 + (total - Double(count) + 0.5) / (Double(count) + 0.5))
    }
}
