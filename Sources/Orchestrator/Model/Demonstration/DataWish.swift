/// What a question wants of tables, before it is known which.
struct DataWish {
    enum Kind: Hashable {
        case rows, count
        /// The SQL function.
        case aggregate(String)
    }
    /// What a ranking goes by, where the word itself says so.
    enum Hint { case time, price, length, weight, rating, volume }
    enum Order: String { case ascending = "ASC", descending = "DESC" }

    var kind = Kind.rows
    var order: Order?
    var hint: Hint?
    /// How many rows are asked for.
    var limit: Int?
    /// The words after "by", "per", "for each".
    var criterion: [Question.Token] = []
    /// The words after "most", "highest" and the like.
    var extreme: [Question.Token] = []
    /// `> 100`, with the position of its number.
    var comparison: (sign: String, number: Int, position: Int)?
    /// A year that bounds it, with its position.
    var year: (number: Int, position: Int)?
    var groups = false

    init(_ question: Question) {
        let tokens = question.tokens
        for (index, token) in tokens.enumerated() where !token.isQuoted { take(token, at: index, of: tokens) }
        if let sign = comparison { limit = limit == sign.number ? nil : limit }
        if kind == .count, order != nil, !criterion.isEmpty || !extreme.isEmpty {
            // "top five by number of loans": the number is what the ranking goes by.
            kind = .rows
        }
        if !criterion.isEmpty, order == nil {
            groups = kind != .rows
            // "sales by country" without a superlative is a list of groups.
            if limit != nil { order = .descending }
        }
    }

    private mutating func take(_ token: Question.Token, at index: Int, of tokens: [Question.Token]) {
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        let previous = index > 0 ? tokens[index - 1] : nil
        if let (order, hint) = Self.superlatives[token.word] {
            if self.order == nil { self.order = order }
            if let hint { self.hint = hint }
            if token.word != "top" { extreme = Array(tokens[(index + 1)...].prefix { $0.word != "by" }) }
        } else if let hint = Self.hints[token.word], order != nil || previous.map({ Self.superlatives[$0.word] != nil }) ?? false {
            self.hint = hint
        } else if token.word == "many", previous?.word == "how" {
            kind = .count
        } else if token.word == "count" || (token.word == "number" && next?.word == "of") {
            kind = .count
        } else if Self.sortings.contains(token.word), next?.word == "by" {
            if order == nil { order = .descending }
        } else if ["average", "mean", "avg"].contains(token.word) {
            kind = .aggregate("AVG")
        } else if Self.sums.contains(token.word), kind == .rows, !Self.isColumn(at: index, of: tokens) {
            kind = .aggregate("SUM")
        } else if ["by", "per", "each", "every"].contains(token.word), let next, next.number == nil {
            if criterion.isEmpty || token.word != "by" { criterion = Self.phrase(tokens[(index + 1)...]) }
        } else if let number = token.number, number > 0 {
            take(number, at: index, of: tokens)
        }
    }

    /// Whether a word that sums up is a column here: "by total", "with a total over 100", "the highest total".
    private static func isColumn(at index: Int, of tokens: [Question.Token]) -> Bool {
        let before = tokens[..<index].suffix(2).map(\.word)
        if before.last == "by" || !Set(before).isDisjoint(with: ["with", "whose", "where"]) { return true }
        if let last = before.last, let (_, hint) = superlatives[last], hint == nil {
            return !tokens[index...].contains { ["per", "by", "each"].contains($0.word) }
        }
        return index + 1 < tokens.count && comparisons[tokens[index + 1].word] != nil
    }

    private static let sums: Set<String> = ["sum", "total", "overall", "combined"]
    private static let sortings: Set<String> = ["sort", "sorted", "ordered", "rank", "ranked", "ranking"]

    private mutating func take(_ number: Int, at index: Int, of tokens: [Question.Token]) {
        let before = tokens[..<index].suffix(3).map(\.word).filter { $0 != "than" && $0 != "$" && $0 != "€" }
        if let word = before.last(where: { Self.comparisons[$0] != nil }), let sign = Self.comparisons[word], tokens[index].word.first?.isNumber == true {
            comparison = (sign, number, index)
        } else if (1800...2200).contains(number), tokens[index].word.count == 4 {
            year = (number, index)
        } else if limit == nil, tokens[index].word != "one" {
            limit = number
        }
    }

    private static func phrase(_ tokens: ArraySlice<Question.Token>) -> [Question.Token] {
        Array(tokens.prefix { !["in", "from", "with", "where", "for", "of", "since", "during", "and"].contains($0.word) || $0.word == "of" })
    }

    private static let superlatives: [String: (Order, Hint?)] = [
        "largest": (.descending, nil), "biggest": (.descending, nil), "highest": (.descending, nil), "greatest": (.descending, nil),
        "most": (.descending, nil), "top": (.descending, nil), "maximum": (.descending, nil), "max": (.descending, nil),
        "richest": (.descending, nil), "best": (.descending, nil), "leading": (.descending, nil), "costliest": (.descending, .price),
        "priciest": (.descending, .price), "dearest": (.descending, .price), "longest": (.descending, .length),
        "thickest": (.descending, .length), "heaviest": (.descending, .weight), "newest": (.descending, .time),
        "latest": (.descending, .time), "recent": (.descending, .time), "last": (.descending, .time), "youngest": (.descending, .time),
        "bestselling": (.descending, .volume), "smallest": (.ascending, nil), "lowest": (.ascending, nil), "least": (.ascending, nil),
        "fewest": (.ascending, nil), "worst": (.ascending, nil), "minimum": (.ascending, nil), "min": (.ascending, nil),
        "cheapest": (.ascending, .price), "shortest": (.ascending, .length), "thinnest": (.ascending, .length),
        "lightest": (.ascending, .weight), "oldest": (.ascending, .time), "earliest": (.ascending, .time),
    ]

    private static let hints: [String: Hint] = [
        "expensive": .price, "costly": .price, "recent": .time, "recently": .time, "rated": .rating, "rating": .rating, "selling": .volume,
        "sold": .volume, "popular": .volume, "heavy": .weight, "long": .length,
    ]

    private static let comparisons: [String: String] = [
        "over": ">", "above": ">", "more": ">", "greater": ">", "exceeding": ">", "larger": ">", "bigger": ">", "higher": ">",
        "under": "<", "below": "<", "less": "<", "cheaper": "<", "fewer": "<", "smaller": "<", "lower": "<", "least": ">=", "most": "<=",
    ]

    /// Words of this type itself, which are no values to look for.
    static func isOwnWord(_ word: String) -> Bool {
        superlatives[word] != nil || hints[word] != nil || comparisons[word] != nil || ownWords.contains(word)
    }

    private static let ownWords: Set<String> = [
        "many", "count", "number", "average", "mean", "avg", "sum", "total", "overall", "combined", "first", "row", "rows", "record", "records",
        "entry", "entries", "data", "database", "table", "tables", "sort", "sorted", "ordered", "rank", "ranked", "ranking", "select", "result",
        "results", "item", "value", "values", "group", "grouped", "different", "distinct", "kind", "kinds", "available", "stored", "recorded",
        "information", "info", "details", "column", "columns", "field", "fields", "sales", "revenue", "spending", "turnover", "spent", "spend",
        "earned", "income", "sold", "year", "month", "everything", "only", "made", "took", "take", "currently", "contains", "contain", "than",
        "run", "sql", "statement", "one", "ones", "since", "during", "before", "after", "between", "least", "most",
    ]
}
