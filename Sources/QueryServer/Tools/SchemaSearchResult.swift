import MCPMacros

/// The result of `search_schema`.
@Schema struct SchemaSearchResult {
    /// The tables that match, the best first.
    var tables: [TableSummary]
    /// How many tables match; more than are listed where `limit` is smaller.
    var total: Int
    /// Connections that did not answer.
    var unavailable: [UnavailableConnection]?
    /// How many tables there are, matching or not.
    var tablesInAll: Int

    init(tables: [TableSummary], total: Int, unavailable: [UnavailableConnection]?, tablesInAll: Int) {
        self.tables = tables
        self.total = total
        self.unavailable = unavailable
        self.tablesInAll = tablesInAll
    }

    var toolResult: CallToolResult {
        var parts = tables.map(\.text)
        if tables.isEmpty {
            parts.append(
                tablesInAll == 0 ? "There are no tables." : "No table matches. There are \(tablesInAll); an empty query lists them.")
        }
        if total > tables.count { parts.append("The first \(tables.count) of \(total) tables.") }
        parts += (unavailable ?? []).map { "Connection \($0.connection) does not answer: \($0.error)" }
        return CallToolResult(content: [.text(parts.joined(separator: "\n\n"))], structuredContent: json)
    }
}

/// A connection that did not answer.
@Schema struct UnavailableConnection {
    var connection: String
    var error: String

    init(connection: String, error: String) {
        self.connection = connection
        self.error = error
    }
}
