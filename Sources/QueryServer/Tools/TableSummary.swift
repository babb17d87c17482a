import Foundation
import MCPMacros

/// A table or view, with what is needed to query it.
@Schema struct TableSummary {
    /// The name to give as `connection`.
    var connection: String
    var schema: String
    var name: String
    /// For example `table` or `view`.
    var kind: String
    var comment: String?
    var columns: [ColumnSummary]
    /// Rows, roughly; missing where it is not known.
    var approximateRows: Int?

    init(_ table: CatalogTable, connection: String) {
        self.connection = connection
        schema = table.schema
        name = table.name
        kind = table.kind.rawValue
        comment = table.comment
        columns = table.columns.map { ColumnSummary($0, of: table) }
        approximateRows = table.approximateRows
    }

    /// The table as an entry of a Markdown list.
    var text: String {
        let rows = approximateRows.map { ", about \($0) rows" } ?? ""
        let about = comment.map { ": \($0)" } ?? ""
        return "**\(schema).\(name)** (\(kind) in \(connection)\(rows))\(about)\n" + columns.map { "- \($0.text)" }.joined(separator: "\n")
    }
}

/// A column of a table.
@Schema struct ColumnSummary {
    var name: String
    /// The type, as the engine names it.
    var type: String
    var nullable: Bool
    /// Whether it is (a part of) the primary key.
    var primaryKey: Bool
    /// The column that this one refers to by a foreign key.
    var references: ColumnReference?
    var comment: String?

    init(_ column: CatalogColumn, of table: CatalogTable) {
        name = column.name
        type = column.type
        nullable = column.nullable
        primaryKey = table.primaryKey.contains(column.name)
        comment = column.comment
        for key in table.foreignKeys {
            guard let place = key.columns.firstIndex(of: column.name), key.referencedColumns.indices.contains(place) else { continue }
            references = ColumnReference(schema: key.referencedSchema, table: key.referencedTable, column: key.referencedColumns[place])
            break
        }
    }

    var text: String {
        var parts = ["\(name) \(type)".trimmingCharacters(in: .whitespaces)]
        if primaryKey { parts.append("primary key") }
        if !nullable, !primaryKey { parts.append("not null") }
        if let references { parts.append("→ \(references.table).\(references.column)") }
        return parts.joined(separator: ", ") + (comment.map { ": \($0)" } ?? "")
    }
}

/// The target of a foreign key.
@Schema struct ColumnReference {
    var schema: String
    var table: String
    var column: String

    init(schema: String, table: String, column: String) {
        self.schema = schema
        self.table = table
        self.column = column
    }
}
