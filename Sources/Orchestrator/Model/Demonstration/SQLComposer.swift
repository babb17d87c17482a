/// Writes one SELECT for a question, from tables and columns that a tool told of.
///
/// What it writes is plain enough for every SQL engine: no functions but aggregates, LOWER and CAST, limits by LIMIT.
struct SQLComposer {
    typealias Table = TableCatalogue.Table
    typealias Column = TableCatalogue.Column

    struct Statement {
        let sql: String
        let table: Table
    }

    static let defaultLimit = 20

    let catalogue: TableCatalogue
    let question: Question
    let wish: DataWish

    init(_ catalogue: TableCatalogue, question: Question) {
        self.catalogue = catalogue
        self.question = question
        wish = DataWish(question)
    }

    /// Nil where the question names no table and no column.
    func statement() -> Statement? {
        guard let table = subjectTable else { return nil }
        let condition = condition(on: table)
        let sql: String
        if wish.groups || (wish.kind != .rows && !wish.criterion.isEmpty), let group = group(of: table) {
            sql = grouped(table, by: group)
        } else if wish.order != nil, let ranked = ranked(table) {
            sql = ranked
        } else {
            switch wish.kind {
            case .count: sql = "SELECT COUNT(*) AS count FROM \(SQL.name(table))\(condition)"
            case .aggregate(let function):
                guard let (expression, source, joins) = measure(of: table) else {
                    return Statement(sql: "SELECT COUNT(*) AS count FROM \(SQL.name(table))\(condition)", table: table)
                }
                let label = function == "AVG" ? "average" : "total"
                let from = source.name == table.name ? SQL.name(table) + condition : joins + self.condition(on: table, prefix: "t.")
                sql = "SELECT \(function)(\(expression)) AS \(label) FROM \(from)"
            case .rows: sql = "SELECT * FROM \(SQL.name(table))\(condition) LIMIT \(wish.limit ?? Self.defaultLimit)"
            }
        }
        return Statement(sql: sql, table: table)
    }

    private func condition(on table: Table, prefix: String = "") -> String {
        ConditionComposer(catalogue, question: question, wish: wish, table: table, prefix: prefix).condition(measure: rankingColumn(of: table))
    }

    /// The table that the question is about: the one that it names first, else one with a column that it names.
    private var subjectTable: Table? {
        let tokens = question.tokens.filter { !$0.isQuoted }
        let before = tokens.prefix { !["by", "per"].contains($0.word) }
        if let (table, _) = catalogue.named(by: Array(before)) ?? catalogue.named(by: tokens) { return table }
        let subjects = tokens.filter { !$0.isFiller && !["table", "tables", "name", "names"].contains($0.word) }
        return catalogue.tables.first { column(of: $0, in: subjects, where: { _ in true }) != nil }
    }

    // MARK: Ranking

    private func ranked(_ table: Table) -> String? {
        let order = (wish.order ?? .descending).rawValue
        let limit = wish.limit ?? (isSingular(table) ? 1 : 10)
        if let column = rankingColumn(of: table) {
            let nulls = order == "DESC" ? " NULLS LAST" : ""
            return "SELECT * FROM \(SQL.name(table))\(condition(on: table)) ORDER BY \(SQL.quoted(column.name)) \(order)\(nulls) LIMIT \(limit)"
        }
        guard let (expression, label, joins) = relatedRanking(of: table) else { return nil }
        let shown = shownColumns(of: table).map { "t.\(SQL.quoted($0.name))" }.joined(separator: ", ")
        guard !shown.isEmpty else { return nil }
        return
            "SELECT \(shown), \(expression) AS \(label) FROM \(joins)\(condition(on: table, prefix: "t.")) GROUP BY \(shown) ORDER BY \(label) \(order) LIMIT \(limit)"
    }

    /// "the most expensive boat" wants one row, "the most expensive boats" several.
    private func isSingular(_ table: Table) -> Bool {
        guard let last = table.concepts.last, let token = question.tokens.first(where: { $0.concept == last }) else { return false }
        return !token.word.hasSuffix("s")
    }

    /// The table's own column that the ranking goes by, where there is one.
    private func rankingColumn(of table: Table) -> Column? {
        if !wish.criterion.isEmpty, !wish.groups {
            if let column = column(of: table, in: wish.criterion, where: { !$0.isReference }) { return column }
            if namesOther(than: table, wish.criterion) || Measures.isEarned(wish.criterion) && !catalogue.referrers(to: table).isEmpty { return nil }
        }
        if let column = column(of: table, in: wish.extreme, where: { $0.isNumeric && !$0.isKey }) { return column }
        if wish.order != nil, namesOther(than: table, wish.extreme) || wish.hint == .volume { return nil }
        if let hint = wish.hint { return Measures.column(of: table, for: hint) }
        return Measures.column(of: table)
    }

    private func namesOther(than table: Table, _ tokens: [Question.Token]) -> Bool {
        let others = tokens.filter { !table.concepts.contains($0.concept) }
        return catalogue.named(by: others).map { $0.table.name != table.name } ?? false
    }

    /// What the ranking goes by when it stands in a table that refers to this one: a sum, or how many rows there are.
    private func relatedRanking(of table: Table) -> (expression: String, label: String, joins: String)? {
        let words = (wish.criterion + wish.extreme).filter { !table.concepts.contains($0.concept) }
        if let other = catalogue.named(by: words)?.table, other.name != table.name,
            let path = JoinPath(from: table, in: catalogue, accepting: { $0.name == other.name })
        {
            return ("COUNT(*)", SQL.label("number_of_\(other.name)"), path.sql)
        }
        if let path = JoinPath(from: table, in: catalogue, accepting: { Measures.expression(of: $0, wish: wish, words: words) != nil }),
            let found = Measures.expression(of: path.last, wish: wish, words: words)
        {
            return ("SUM(\(found.expression(path.alias)))", SQL.label(found.label), path.sql)
        }
        guard let path = JoinPath(from: table, in: catalogue, accepting: { _ in true }) else { return nil }
        return ("COUNT(*)", SQL.label("number_of_\(path.last.name)"), path.sql)
    }

    /// Its key and what a person knows a row by.
    private func shownColumns(of table: Table) -> [Column] {
        let keys = table.columns.filter { $0.name.lowercased() == "id" || ($0.isReference && Array($0.concepts.dropLast()) == table.concepts) }
        let texts = table.columns.filter { $0.isText && !$0.isKey }
        let named = texts.filter { !$0.concepts.allSatisfy { !["name", "titl", "label"].contains($0) } }
        let rest = named.isEmpty ? Array(texts.prefix(2)) : Array(named.prefix(2))
        let shown = Array(keys.prefix(1)) + rest
        return shown.isEmpty ? Array(table.columns.prefix(3)) : shown
    }

    // MARK: Groups and sums

    private func group(of table: Table) -> (expression: String, from: String, prefix: String)? {
        if let column = column(of: table, in: wish.criterion, where: { !$0.isReference }) {
            return (SQL.quoted(column.name), SQL.name(table), "")
        }
        for (column, target) in catalogue.references(from: table) {
            let join =
                "\(SQL.name(table)) t JOIN \(SQL.name(target)) g ON g.\(SQL.quoted(JoinPath.key(of: target, for: column))) = t.\(SQL.quoted(column.name))"
            if let named = self.column(of: target, in: wish.criterion, where: { _ in true }) {
                return ("g.\(SQL.quoted(named.name))", join, "t.")
            }
            if catalogue.named(by: wish.criterion)?.table.name == target.name, let label = shownColumns(of: target).last {
                return ("g.\(SQL.quoted(label.name))", join, "t.")
            }
        }
        // A reference whose table is not known says at least which row it is.
        return column(of: table, in: wish.criterion, where: { _ in true }).map { (SQL.quoted($0.name), SQL.name(table), "") }
    }

    private func grouped(_ table: Table, by group: (expression: String, from: String, prefix: String)) -> String {
        var value = "COUNT(*)"
        var label = "count"
        if case .aggregate(let function) = wish.kind, let own = Measures.column(of: table, named: question.tokens) ?? Measures.column(of: table) {
            value = "\(function)(\(group.prefix)\(SQL.quoted(own.name)))"
            label = function == "AVG" ? "average" : "total"
        }
        return "SELECT \(group.expression), \(value) AS \(label) FROM \(group.from)\(condition(on: table, prefix: group.prefix)) GROUP BY \(group.expression)"
            + " ORDER BY \(label) \((wish.order ?? .descending).rawValue) LIMIT \(wish.limit ?? Self.defaultLimit)"
    }

    private func measure(of table: Table) -> (expression: String, source: Table, joins: String)? {
        if let own = Measures.column(of: table, named: question.tokens) ?? Measures.column(of: table) {
            return (SQL.quoted(own.name), table, "")
        }
        guard let path = JoinPath(from: table, in: catalogue, accepting: { Measures.expression(of: $0, wish: wish, words: []) != nil }),
            let found = Measures.expression(of: path.last, wish: wish, words: [])
        else { return nil }
        return (found.expression(path.alias), path.last, path.sql)
    }

    /// The column whose every word is said, the longest name first; else one whose last word is.
    private func column(of table: Table, in tokens: [Question.Token], where accepts: (Column) -> Bool) -> Column? {
        let said = Set(tokens.map(\.concept))
        let candidates = table.columns.filter { accepts($0) && !$0.concepts.isEmpty }
        let whole = candidates.filter {
            $0.concepts.allSatisfy { said.contains($0) || table.concepts.contains($0) } && $0.concepts.contains(where: said.contains)
        }
        if let best = whole.max(by: { $0.concepts.count < $1.concepts.count }) { return best }
        return candidates.first { column in
            column.concepts.contains { said.contains($0) && !["id", "at", "on", "of", "name"].contains($0) && !table.concepts.contains($0) }
        }
    }
}
