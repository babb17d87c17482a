import Foundation
import GRDBSQLite
import MCPCore

/// Reads the tables of an SQLite database from its own PRAGMA functions.
struct SQLiteCatalog {
    let connection: OpaquePointer

    /// Rows up to which a table is counted; a larger one is estimated by its largest rowid.
    private static let countedRows = 100_000

    func read() throws -> Catalog {
        let rows = try rows(
            """
            SELECT l.name, l.type, m.sql FROM pragma_table_list AS l
            LEFT JOIN sqlite_schema AS m ON m.name = l.name AND m.type IN ('table', 'view')
            WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.type <> 'shadow'
            ORDER BY l.name
            """)
        return Catalog(
            tables: try rows.compactMap { row in try row[0].string.map { try table($0, type: row[1].string, sql: row[2].string) } })
    }

    private func table(_ name: String, type: String?, sql: String?) throws -> CatalogTable {
        let comments = sql.map(SQLComments.init)
        var table = CatalogTable(
            schema: "main", name: name, kind: type == "view" ? .view : type == "virtual" ? .virtualTable : .table,
            comment: comments?.table, columns: [])
        var key: [(order: Int64, name: String)] = []
        let columns: [[JSONValue]]
        do {
            // hidden = 1 are the inner columns of virtual tables; 2 and 3 are generated ones.
            columns = try rows("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1", name)
        } catch let failure as QueryFailure where failure.code != SQLiteCode.name(SQLITE_INTERRUPT) {
            // A view of a table that is gone, or a virtual table whose module is not there, must not hide the others.
            table.comment = "Its columns cannot be read: \(failure.message)"
            return table
        }
        for row in columns {
            guard let column = row[0].string else { continue }
            let order = row[4].integer ?? 0
            if order > 0 { key.append((order, column)) }
            table.columns.append(
                CatalogColumn(
                    name: column, type: row[1].string ?? "", nullable: row[2].integer == 0 && order == 0,
                    comment: comments?.columns[column.lowercased()], defaultValue: row[3].string))
        }
        table.primaryKey = key.sorted { $0.order < $1.order }.map(\.name)
        table.foreignKeys = try foreignKeys(of: name)
        table.indexes = try indexes(of: name)
        table.approximateRows = try? approximateRows(of: name, kind: table.kind)
        return table
    }

    private func foreignKeys(of table: String) throws -> [CatalogForeignKey] {
        var keys: [(id: Int64, key: CatalogForeignKey)] = []
        for row in try rows("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", table) {
            guard let id = row[0].integer, let target = row[1].string, let from = row[2].string else { continue }
            if keys.last?.id != id {
                keys.append((id, CatalogForeignKey(columns: [], referencedSchema: "main", referencedTable: target, referencedColumns: [])))
            }
            keys[keys.count - 1].key.columns.append(from)
            if let to = row[3].string { keys[keys.count - 1].key.referencedColumns.append(to) }
        }
        return try keys.map(\.key).map { key in
            guard key.referencedColumns.isEmpty else { return key }
            // A key that names no columns means the other table's primary key.
            var key = key
            key.referencedColumns = try rows("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", key.referencedTable)
                .compactMap { $0[0].string }
            return key
        }
    }

    private func indexes(of table: String) throws -> [CatalogIndex] {
        try rows("SELECT name, \"unique\" FROM pragma_index_list(?) ORDER BY name", table).compactMap { row in
            guard let name = row[0].string else { return nil }
            let columns = try rows("SELECT name FROM pragma_index_info(?) ORDER BY seqno", name)
            return CatalogIndex(name: name, columns: columns.map { $0[0].string ?? "<expression>" }, unique: row[1].integer == 1)
        }
    }

    private func approximateRows(of table: String, kind: CatalogTable.Kind) throws -> Int? {
        guard kind == .table else { return nil }
        let name = SQLDialect.sqlite.quoted(table)
        let counted = try rows("SELECT count(*) FROM (SELECT 1 FROM \(name) LIMIT \(Self.countedRows + 1))").first?[0].integer ?? 0
        if counted <= Self.countedRows { return Int(counted) }
        return try rows("SELECT max(rowid) FROM \(name)").first?[0].integer.map { Int($0) }
    }

    private func rows(_ sql: String, _ parameters: String...) throws -> [[JSONValue]] {
        let statement = try SQLiteStatement(sql, connection: connection)
        try statement.bind(parameters.map { .string($0) })
        return try statement.run(limits: QueryLimits(rows: .max, bytes: 64 << 20)).rows
    }
}

/// The `--` comments in a CREATE TABLE text, which is all that SQLite knows of comments: the one beside the table's name
/// describes the table, the one beside a column's name describes the column.
struct SQLComments {
    private(set) var table: String?
    private(set) var columns: [String: String] = [:]

    init(_ sql: String) {
        for (index, line) in sql.split(whereSeparator: \.isNewline).enumerated() {
            guard let mark = line.range(of: "--") else { continue }
            let comment = line[mark.upperBound...].trimmingPrefix { $0.isWhitespace }
            guard !comment.isEmpty else { continue }
            if index == 0 {
                table = String(comment)
            } else if let name = line[..<mark.lowerBound].split(whereSeparator: { $0.isWhitespace || $0 == "(" }).first {
                columns[name.trimmingCharacters(in: ["\"", "`", "[", "]", ","]).lowercased()] = String(comment)
            }
        }
    }
}
