/// Writes the WHERE of a statement: comparisons, years, and values that the question names.
struct ConditionComposer {
    typealias Table = TableCatalogue.Table
    typealias Column = TableCatalogue.Column

    let catalogue: TableCatalogue
    let question: Question
    let wish: DataWish
    let table: Table
    /// Stands before each column of the table, with its point, where the statement joins others.
    let prefix: String

    init(_ catalogue: TableCatalogue, question: Question, wish: DataWish, table: Table, prefix: String = "") {
        self.catalogue = catalogue
        self.question = question
        self.wish = wish
        self.table = table
        self.prefix = prefix
    }

    /// Empty, or ` WHERE …`.
    func condition(measure: Column?) -> String {
        var parts: [String] = []
        if let (sign, number, _) = wish.comparison, let column = Measures.column(of: table, named: question.tokens) ?? measure ?? Measures.column(of: table) {
            parts.append("\(prefix)\(SQL.quoted(column.name)) \(sign) \(number)")
        }
        if let year = wish.year {
            if let column = table.columns.first(where: { $0.concepts.contains("year") && $0.isNumeric }) {
                parts.append("\(prefix)\(SQL.quoted(column.name)) = \(year.number)")
            } else if let column = table.columns.first(where: \.isTime) {
                parts.append("CAST(\(prefix)\(SQL.quoted(column.name)) AS TEXT) LIKE '\(year.number)%'")
            }
        }
        for value in values {
            if let part = likeness(of: value) { parts.append(part) }
        }
        return parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND ")
    }

    /// A value that the question names, and the columns that it may stand in; nil for any.
    private struct Value {
        let text: String
        let columns: [Column]?
    }

    private var values: [Value] {
        var values = question.quotes.map { Value(text: $0, columns: nil) }
        var run: [String] = []
        func end(_ run: inout [String]) {
            if !run.isEmpty { values.append(Value(text: run.joined(separator: " "), columns: nil)) }
            run = []
        }
        for (index, token) in question.tokens.enumerated() {
            guard !token.isQuoted, index > 0, isUnknown(token) else {
                end(&run)
                continue
            }
            if token.isCapitalized {
                run.append(token.text)
                continue
            }
            end(&run)
            let previous = question.tokens[index - 1]
            if let column = table.columns.first(where: { $0.isText && $0.concepts.contains(previous.concept) && !$0.isKey }) {
                // "with status shipped"
                values.append(Value(text: token.text, columns: [column]))
            } else if index + 1 < question.tokens.count, table.concepts.contains(question.tokens[index + 1].concept) {
                // "shipped parcels": a word before the table's name is one of a column of kinds, where there is one.
                let kinds = table.columns.filter { $0.isText && $0.concepts.contains { Self.kinds.contains($0) } }
                if !kinds.isEmpty { values.append(Value(text: token.text, columns: kinds)) }
            }
        }
        end(&run)
        return values
    }

    private func isUnknown(_ token: Question.Token) -> Bool {
        !token.isFiller && token.action == nil && token.number == nil && !DataWish.isOwnWord(token.word) && !isKnown(token.concept)
    }

    private func isKnown(_ concept: String) -> Bool {
        catalogue.tables.contains { $0.concepts.contains(concept) || $0.columns.contains { $0.concepts.contains(concept) } }
    }

    private func likeness(of value: Value) -> String? {
        let pattern = SQL.text("%\(value.text.lowercased())%")
        var parts = (value.columns ?? table.columns.filter { $0.isText && !$0.isReference }).map {
            "LOWER(\(prefix)\(SQL.quoted($0.name))) LIKE \(pattern)"
        }
        if value.columns == nil {
            for (column, target) in catalogue.references(from: table) {
                let inner = target.columns.filter { $0.isText && !$0.isReference }.map { "LOWER(\(SQL.quoted($0.name))) LIKE \(pattern)" }
                guard !inner.isEmpty else { continue }
                parts.append(
                    "\(prefix)\(SQL.quoted(column.name)) IN (SELECT \(SQL.quoted(JoinPath.key(of: target, for: column))) FROM \(SQL.name(target))"
                        + " WHERE \(inner.joined(separator: " OR ")))")
            }
        }
        guard !parts.isEmpty else { return nil }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " OR ") + ")"
    }

    private static let kinds: Set<String> = Set(Words.concepts("status state type kind category genre level priority colour color"))
}
