import MCPMacros

/// The result of `run_query`.
@Schema struct QueryOutput {
    var connection: String
    var columns: [OutputColumn]
    /// One array of cells a row, in the order of the columns. Numbers that a JSON reader could round are strings of their digits, bytes are
    /// {"base64": "…"}, times are ISO 8601.
    var rows: [[JSONValue]]
    /// How many rows are here.
    var rowCount: Int
    /// Whether the query gave more than is here.
    var truncated: Bool
    /// What to do to see the rest, where it is truncated.
    var notice: String?
    var elapsedMs: Double

    init(_ result: QueryResult, connection: String, elapsed: Duration) {
        self.connection = connection
        columns = result.columns.map { OutputColumn(name: $0.name, type: $0.type) }
        rows = result.rows
        rowCount = rows.count
        truncated = result.truncation != nil
        switch result.truncation {
        case nil: notice = nil
        case .rows(let limit):
            notice =
                "\(rowCount) of more than \(limit) rows: add ORDER BY and LIMIT, a WHERE clause or an aggregate, or raise maxRows (at most 1000)."
        case .bytes(let limit):
            notice = """
                \(rowCount) rows, as many as fit in \(limit) bytes; there are more: select fewer or shorter columns, such as substr(text, 1, 200), or \
                fewer rows.
                """
        }
        // To a tenth of a millisecond.
        elapsedMs = (elapsed / .microseconds(100)).rounded() / 10
    }

    var toolResult: CallToolResult {
        let count = rowCount == 1 ? "1 row." : "\(rowCount) rows."
        let table = MarkdownTable.text(columns: columns.map(\.name), rows: rows)
        return CallToolResult(content: [.text("\(table)\n\n\(notice ?? count)")], structuredContent: json)
    }
}

/// A column of a result.
@Schema struct OutputColumn {
    var name: String
    /// The type as the engine names it; empty where it gives none.
    var type: String

    init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}
