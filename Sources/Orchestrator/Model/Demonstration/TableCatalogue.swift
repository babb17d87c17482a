import MCPCore

/// Tables and columns, as a tool told them.
struct TableCatalogue {
    struct Column {
        let name: String
        /// In lower case; empty where it was not told.
        let type: String
        let concepts: [String]

        init(name: String, type: String) {
            self.name = name
            self.type = type.lowercased()
            concepts = Words.concepts(name)
        }

        var isNumeric: Bool {
            ["int", "num", "dec", "real", "doub", "float", "money", "serial"].contains(where: type.contains) && !isTime
        }
        var isText: Bool { ["char", "text", "string", "clob", "enum"].contains(where: type.contains) && !isTime }
        var isTime: Bool {
            ["date", "time"].contains(where: type.contains)
                || ((type.isEmpty || type.contains("text") || type.contains("char"))
                    && (concepts.contains { ["dat", "tim", "timestamp"].contains($0) } || concepts.last == "at" || name.hasSuffix("_on")))
        }
        /// Whether it only names a row: its own or another table's.
        var isKey: Bool { concepts.contains { ["id", "key", "uuid", "guid", "code", "number", "no", "isbn", "ssn", "zip"].contains($0) } }
        var isReference: Bool { concepts.count > 1 && ["id", "key"].contains(concepts.last ?? "") }
    }

    struct Table {
        let name: String
        let schema: String?
        let columns: [Column]
        let concepts: [String]
        /// What else was told of it by name, for example on which connection it is.
        let facts: JSONObject

        /// As it is shown and written.
        var displayName: String {
            guard let schema, !["main", "public", "dbo", ""].contains(schema) else { return name }
            return "\(schema).\(name)"
        }
    }

    var tables: [Table]

    /// Reads tables out of a tool's result: wherever an object has a name and a list of columns.
    init(_ value: JSONValue) {
        tables = []
        collect(value)
        var seen: Set<String> = []
        tables = tables.filter { seen.insert("\($0.facts["connection"]?.string ?? "")/\($0.displayName)").inserted }
    }

    var isEmpty: Bool { tables.isEmpty }

    private mutating func collect(_ value: JSONValue) {
        switch value {
        case .array(let elements): elements.forEach { collect($0) }
        case .object(let object):
            if let table = Self.table(object) {
                tables.append(table)
            } else {
                object.forEach { collect($0.value) }
            }
        default: break
        }
    }

    private static func table(_ object: JSONObject) -> Table? {
        let name = ["name", "table", "table_name", "tableName"].lazy.compactMap { object[$0]?.string }.first
        let given = ["columns", "fields"].lazy.compactMap { object[$0] }.first
        guard let name, let given else { return nil }
        let columns: [Column]
        switch given {
        case .array(let elements):
            columns = elements.compactMap { element in
                let name = element.string ?? ["name", "column", "column_name", "columnName"].lazy.compactMap { element[$0]?.string }.first
                return name.map { Column(name: $0, type: ["type", "data_type", "dataType"].lazy.compactMap { element[$0]?.string }.first ?? "") }
            }
        case .object(let members): columns = members.map { Column(name: $0, type: $1.string ?? $1["type"]?.string ?? "") }
        default: return nil
        }
        var facts = object
        facts["columns"] = nil
        facts["fields"] = nil
        return Table(name: name, schema: object["schema"]?.string, columns: columns, concepts: Words.concepts(name), facts: facts)
    }

    /// The table that the words name best, with how much they do: every concept of its name that is said counts.
    func named(by tokens: [Question.Token]) -> (table: Table, position: Int)? {
        var best: (table: Table, position: Int, score: Double)?
        for table in tables where !table.concepts.isEmpty {
            let positions = table.concepts.map { concept in tokens.firstIndex { $0.concept == concept } }
            let hits = positions.compactMap(\.self)
            // A table "boat trips" is meant only where both words are said; "trips" alone may still mean it.
            guard let last = hits.max(), hits.count == table.concepts.count || table.concepts.last == tokens[last].concept else { continue }
            let score = Double(hits.count) * 2 - Double(table.concepts.count - hits.count) - Double(last) * 0.01
            if best.map({ score > $0.score }) ?? true { best = (table, last, score) }
        }
        return best.map { ($0.table, $0.position) }
    }

    /// The tables that `table` refers to, and those that refer to it, by the names of their columns.
    func references(from table: Table) -> [(column: Column, target: Table)] {
        table.columns.filter(\.isReference).compactMap { column in
            let stem = Array(column.concepts.dropLast())
            return tables.first { $0.concepts == stem && $0.name != table.name }.map { (column, $0) }
        }
    }

    func referrers(to table: Table) -> [(column: Column, source: Table)] {
        tables.compactMap { source in
            guard source.name != table.name else { return nil }
            return references(from: source).first { $0.target.name == table.name }.map { ($0.column, source) }
        }
    }
}
