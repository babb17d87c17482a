/// The tables and views of one connection, as its engine describes them.
struct Catalog: Sendable, Hashable {
    var tables: [CatalogTable]

    /// The tables that a name means: `table` or `schema.table`, exactly, and only then without regard to case.
    func tables(named name: String) -> [CatalogTable] {
        let exact = tables.filter { $0.name == name || $0.qualifiedName == name }
        if !exact.isEmpty { return exact }
        let lowered = name.lowercased()
        return tables.filter { $0.name.lowercased() == lowered || $0.qualifiedName.lowercased() == lowered }
    }
}

struct CatalogTable: Sendable, Hashable {
    enum Kind: String, Sendable {
        case table
        case view
        case materializedView = "materialized view"
        case foreignTable = "foreign table"
        case partitionedTable = "partitioned table"
        case virtualTable = "virtual table"
    }

    var schema: String
    var name: String
    var kind: Kind
    var comment: String?
    var columns: [CatalogColumn]
    var primaryKey: [String] = []
    var foreignKeys: [CatalogForeignKey] = []
    var indexes: [CatalogIndex] = []
    /// Rows by the engine's estimate or a bounded count; `nil` where it is not known.
    var approximateRows: Int?

    var qualifiedName: String { "\(schema).\(name)" }
}

struct CatalogColumn: Sendable, Hashable {
    var name: String
    var type: String
    var nullable: Bool
    var comment: String?
    /// The default as SQL text.
    var defaultValue: String?
}

/// A foreign key, from the table that it stands in to another.
struct CatalogForeignKey: Sendable, Hashable {
    var columns: [String]
    var referencedSchema: String
    var referencedTable: String
    var referencedColumns: [String]
}

struct CatalogIndex: Sendable, Hashable {
    var name: String
    /// Names of columns; an expression stands as its SQL or as `<expression>`.
    var columns: [String]
    var unique: Bool
}
