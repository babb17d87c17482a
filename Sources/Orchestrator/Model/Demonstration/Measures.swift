/// Which column says how large, dear or late a row is.
enum Measures {
    typealias Table = TableCatalogue.Table
    typealias Column = TableCatalogue.Column

    /// Concepts of measures, the most telling first.
    private static let sizes = concepts(
        "total amount value revenue sum balance price cost salary budget population size volume area quantity count score rating weight length pages stock")
    private static let words: [(hint: DataWish.Hint, concepts: [String])] = [
        (.price, concepts("price cost fee rate amount total value")),
        (.length, concepts("length duration minutes hours seconds pages runtime distance height")),
        (.weight, concepts("weight mass")), (.rating, concepts("rating score stars rank grade")),
        (.volume, concepts("quantity sold sales units copies count")),
    ]
    private static let quantities = concepts("quantity qty units copies")
    private static let prices = concepts("price cost fee rate")
    private static let earned = Set(concepts("revenue sales spending spend spent turnover income earnings money paid purchases value"))

    private static func concepts(_ words: String) -> [String] { Words.concepts(words) }

    static func isEarned(_ tokens: [Question.Token]) -> Bool { tokens.contains { earned.contains($0.concept) } }

    /// The numeric column that says most, leaving out keys and years.
    static func column(of table: Table) -> Column? {
        let numeric = table.columns.filter { $0.isNumeric && !$0.isKey && !$0.isReference && !$0.concepts.contains("year") }
        return first(of: numeric, by: sizes) ?? numeric.first
    }

    static func column(of table: Table, named tokens: [Question.Token]) -> Column? {
        let said = Set(tokens.map(\.concept))
        return table.columns.first {
            $0.isNumeric && !$0.isKey && $0.concepts.contains(where: said.contains) && !$0.concepts.allSatisfy(table.concepts.contains)
        }
    }

    static func column(of table: Table, for hint: DataWish.Hint) -> Column? {
        if case .time = hint {
            return table.columns.first { $0.isTime } ?? table.columns.first { $0.concepts.contains("year") }
                ?? table.columns.first { $0.name.lowercased() == "id" }
        }
        let numeric = table.columns.filter { $0.isNumeric && !$0.isKey }
        guard let wanted = words.first(where: { $0.hint == hint })?.concepts else { return nil }
        return first(of: numeric, by: wanted)
    }

    /// What rows of a table that refers to another sum up to: one measure, or quantity times price.
    static func expression(of table: Table, wish: DataWish, words: [Question.Token]) -> (label: String, expression: (String) -> String)? {
        let numeric = table.columns.filter { $0.isNumeric && !$0.isKey && !$0.isReference }
        if let named = column(of: table, named: words) { return (named.name, { "\($0)\(SQL.quoted(named.name))" }) }
        let quantity = first(of: numeric, by: quantities)
        if wish.hint == .volume, let quantity { return ("units", { "\($0)\(SQL.quoted(quantity.name))" }) }
        if let price = first(of: numeric, by: prices), let quantity {
            return ("total", { "\($0)\(SQL.quoted(quantity.name)) * \($0)\(SQL.quoted(price.name))" })
        }
        guard let single = first(of: numeric, by: sizes) else { return nil }
        return ("total", { "\($0)\(SQL.quoted(single.name))" })
    }

    private static func first(of columns: [Column], by wanted: [String]) -> Column? {
        wanted.lazy.compactMap { concept in columns.first { $0.concepts.contains(concept) } }.first
    }
}
