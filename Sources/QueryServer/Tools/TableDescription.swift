import MCPMacros

/// The result of `describe_table`.
@Schema struct TableDescription {
    var table: TableSummary
    var primaryKey: [String]
    /// Foreign keys of this table.
    var foreignKeys: [ForeignKey]
    /// Foreign keys of other tables that refer to this one.
    var referencedBy: [ForeignKey]
    var indexes: [TableIndex]
    /// Rows, counted now; missing where counting takes too long.
    var rowCount: Int?
    /// The first few rows, by the names of the columns.
    var sampleRows: [JSONObject]

    init(_ table: CatalogTable, in catalog: Catalog, of database: any Database) async throws {
        self.table = TableSummary(table, connection: database.name)
        primaryKey = table.primaryKey
        foreignKeys = table.foreignKeys.map { ForeignKey($0, of: table) }
        referencedBy = catalog.tables.flatMap { other in
            other.foreignKeys
                .filter { $0.referencedSchema == table.schema && $0.referencedTable.lowercased() == table.name.lowercased() }
                .map { ForeignKey($0, of: other) }
        }
        indexes = table.indexes.map { TableIndex(name: $0.name, columns: $0.columns, unique: $0.unique) }
        let name = "\(database.dialect.quoted(table.schema)).\(database.dialect.quoted(table.name))"
        // By their names, as a role may read only some columns.
        let columns = table.columns.map { database.dialect.quoted($0.name) }.joined(separator: ", ")
        let rows = try await Self.quick(database, "SELECT \(columns.isEmpty ? "*" : columns) FROM \(name) LIMIT 3")
        sampleRows = (rows?.rows ?? []).map { row in JSONObject(zip(table.columns.map(\.name), row)) }
        rowCount = try await Self.quick(database, "SELECT count(*) FROM \(name)")?.rows.first?.first?.integer.map { Int($0) }
    }

    /// What a query gives within a few seconds; nothing where the engine refuses or takes longer, as the rest of the description stands.
    private static func quick(_ database: any Database, _ sql: String) async throws -> QueryResult? {
        do {
            return try await database.query(sql, limits: QueryLimits(rows: 3, bytes: 64 << 10, timeoutMilliseconds: 3_000))
        } catch is QueryFailure {
            return nil
        }
    }

    var toolResult: CallToolResult {
        var lines = [table.text, ""]
        if let rowCount { lines.append("Rows: \(rowCount)") }
        if !primaryKey.isEmpty { lines.append("Primary key: \(primaryKey.joined(separator: ", "))") }
        lines += foreignKeys.map { "Refers to: \($0.text)" }
        lines += referencedBy.map { "Referred to by: \($0.text)" }
        lines += indexes.map { "Index: \($0.name) (\($0.columns.joined(separator: ", ")))\($0.unique ? ", unique" : "")" }
        if !sampleRows.isEmpty {
            lines.append("\nSample rows:\n")
            lines.append(
                MarkdownTable.text(
                    columns: table.columns.map(\.name), rows: sampleRows.map { row in table.columns.map { row[$0.name] ?? .null } }))
        }
        return CallToolResult(content: [.text(lines.joined(separator: "\n"))], structuredContent: json)
    }
}

/// A foreign key between two tables.
@Schema struct ForeignKey {
    /// The table that the key stands in.
    var schema: String
    var table: String
    var columns: [String]
    var referencedSchema: String
    var referencedTable: String
    var referencedColumns: [String]

    init(_ key: CatalogForeignKey, of table: CatalogTable) {
        schema = table.schema
        self.table = table.name
        columns = key.columns
        referencedSchema = key.referencedSchema
        referencedTable = key.referencedTable
        referencedColumns = key.referencedColumns
    }

    var text: String {
        "\(table) (\(columns.joined(separator: ", "))) → \(referencedTable) (\(referencedColumns.joined(separator: ", ")))"
    }
}

/// An index of a table.
@Schema struct TableIndex {
    var name: String
    /// Columns or expressions, in the order of the index.
    var columns: [String]
    var unique: Bool

    init(name: String, columns: [String], unique: Bool) {
        self.name = name
        self.columns = columns
        self.unique = unique
    }
}
