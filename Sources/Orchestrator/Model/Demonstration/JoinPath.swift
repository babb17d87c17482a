/// The way from a table to another one that refers to it, directly or through a third.
struct JoinPath {
    typealias Table = TableCatalogue.Table
    typealias Column = TableCatalogue.Column

    let last: Table
    /// Stands before the columns of the last table, with its point.
    let alias: String
    /// What follows FROM: the first table is `t`.
    let sql: String

    init?(from table: Table, in catalogue: TableCatalogue, accepting: (Table) -> Bool) {
        let start = "\(SQL.name(table)) t"
        let direct = catalogue.referrers(to: table).map { column, source in
            (source, "\(start) JOIN \(SQL.name(source)) a ON a.\(SQL.quoted(column.name)) = t.\(SQL.quoted(Self.key(of: table, for: column)))")
        }
        if let (source, sql) = direct.first(where: { accepting($0.0) }) {
            self.init(last: source, alias: "a.", sql: sql)
            return
        }
        for (middle, sql) in direct {
            for (column, source) in catalogue.referrers(to: middle) where source.name != table.name && accepting(source) {
                self.init(
                    last: source, alias: "b.",
                    sql: sql + " JOIN \(SQL.name(source)) b ON b.\(SQL.quoted(column.name)) = a.\(SQL.quoted(Self.key(of: middle, for: column)))")
                return
            }
            // Many to many: the middle table refers to the other one.
            for (column, target) in catalogue.references(from: middle) where target.name != table.name && accepting(target) {
                self.init(
                    last: target, alias: "b.",
                    sql: sql + " JOIN \(SQL.name(target)) b ON b.\(SQL.quoted(Self.key(of: target, for: column))) = a.\(SQL.quoted(column.name))")
                return
            }
        }
        return nil
    }

    private init(last: Table, alias: String, sql: String) {
        self.last = last
        self.alias = alias
        self.sql = sql
    }

    /// The column of `table` that a reference to it holds: of the same name where there is one, else `id`.
    static func key(of table: Table, for reference: Column) -> String {
        table.columns.first { $0.name == reference.name }?.name ?? table.columns.first { $0.name.lowercased() == "id" }?.name
            ?? table.columns.first { $0.isKey }?.name ?? "id"
    }
}

/// Names and values, written so that they can stand in a statement.
enum SQL {
    static func name(_ table: TableCatalogue.Table) -> String {
        table.displayName == table.name ? quoted(table.name) : "\(quoted(table.schema ?? "")).\(quoted(table.name))"
    }

    /// In quotation marks, unless it is a plain word in lower case that is no word of SQL.
    static func quoted(_ name: String) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
        guard !isPlain || name.first?.isNumber ?? true || reserved.contains(name) else { return name }
        return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    static func text(_ value: String) -> String {
        "'" + value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// A name for a column of the result.
    static func label(_ text: String) -> String { quoted(Words.split(text).joined(separator: "_")) }

    private static let reserved: Set<String> = [
        "all", "and", "any", "as", "asc", "between", "by", "case", "cast", "check", "collate", "column", "create", "cross", "current_date",
        "default", "delete", "desc", "distinct", "drop", "else", "end", "except", "exists", "false", "fetch", "for", "foreign", "from", "full",
        "grant", "group", "having", "in", "index", "inner", "insert", "intersect", "into", "is", "join", "key", "left", "like", "limit", "natural",
        "not", "null", "offset", "on", "or", "order", "outer", "primary", "references", "right", "select", "set", "table", "then", "to", "true",
        "union", "unique", "update", "user", "using", "values", "view", "when", "where", "with",
    ]
}
