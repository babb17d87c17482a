import MCPCore

/// Reads the tables that the role may read from PostgreSQL's system catalogues.
struct PostgresCatalog {
    let database: PostgresDatabase
    let countPatience: Duration

    /// The relations that count: readable, and not the system's own.
    private static let relations = """
        relations AS (
          SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp\\_%'
            AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT'))
        """

    func read() async throws -> Catalog {
        var tables: [CatalogTable] = []
        var places: [Int64: Int] = [:]
        for row in try await rows(
            """
            SELECT oid::bigint, nspname, relname, relkind::text, CASE WHEN reltuples >= 0 THEN reltuples::bigint END,
              obj_description(oid, 'pg_class') FROM relations ORDER BY nspname, relname
            """)
        {
            guard let oid = row[0].integer, let schema = row[1].string, let name = row[2].string else { continue }
            places[oid] = tables.count
            tables.append(
                CatalogTable(
                    schema: schema, name: name, kind: Self.kind(row[3].string), comment: row[5].string, columns: [],
                    approximateRows: row[3].string == "v" ? nil : row[4].integer.map { Int($0) }))
        }
        try await readColumns { oid, column in places[oid].map { tables[$0].columns.append(column) } }
        try await readKeys { oid, key in
            guard let place = places[oid] else { return }
            switch key {
            case .primary(let columns): tables[place].primaryKey = columns
            case .foreign(let key): tables[place].foreignKeys.append(key)
            }
        }
        try await readIndexes { oid, index in places[oid].map { tables[$0].indexes.append(index) } }
        try await countNeverAnalysed(&tables)
        return Catalog(tables: tables)
    }

    private static func kind(_ letter: String?) -> CatalogTable.Kind {
        switch letter {
        case "v": .view
        case "m": .materializedView
        case "f": .foreignTable
        case "p": .partitionedTable
        default: .table
        }
    }

    private func readColumns(_ found: (Int64, CatalogColumn) -> Void?) async throws {
        for row in try await rows(
            """
            SELECT r.oid::bigint, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(r.oid, a.attnum),
              CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END
            FROM relations AS r JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE has_column_privilege(r.oid, a.attnum, 'SELECT') ORDER BY r.oid, a.attnum
            """)
        {
            guard let oid = row[0].integer, let name = row[1].string, let type = row[2].string else { continue }
            _ = found(
                oid,
                CatalogColumn(name: name, type: type, nullable: row[3].bool == false, comment: row[4].string, defaultValue: row[5].string))
        }
    }

    private enum Key {
        case primary([String])
        case foreign(CatalogForeignKey)
    }

    private func readKeys(_ found: (Int64, Key) -> Void) async throws {
        for row in try await rows(
            """
            SELECT r.oid::bigint, k.contype::text,
              (SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number),
              n.nspname, c.relname,
              (SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
                JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number)
            FROM relations AS r JOIN pg_constraint AS k ON k.conrelid = r.oid AND k.contype IN ('p', 'f')
              LEFT JOIN pg_class AS c ON c.oid = k.confrelid LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
            ORDER BY r.oid, k.conname
            """)
        {
            guard let oid = row[0].integer else { continue }
            let columns = (row[2].array ?? []).compactMap(\.string)
            if row[1].string == "p" {
                found(oid, .primary(columns))
            } else if let schema = row[3].string, let table = row[4].string {
                let referenced = (row[5].array ?? []).compactMap(\.string)
                found(
                    oid,
                    .foreign(
                        CatalogForeignKey(
                            columns: columns, referencedSchema: schema, referencedTable: table, referencedColumns: referenced)))
            }
        }
    }

    private func readIndexes(_ found: (Int64, CatalogIndex) -> Void?) async throws {
        for row in try await rows(
            """
            SELECT r.oid::bigint, c.relname, i.indisunique,
              (SELECT json_agg(pg_get_indexdef(i.indexrelid, place, true) ORDER BY place) FROM generate_series(1, i.indnkeyatts) AS place)
            FROM relations AS r JOIN pg_index AS i ON i.indrelid = r.oid JOIN pg_class AS c ON c.oid = i.indexrelid
            ORDER BY r.oid, c.relname
            """)
        {
            guard let oid = row[0].integer, let name = row[1].string else { continue }
            _ = found(
                oid, CatalogIndex(name: name, columns: (row[3].array ?? []).compactMap(\.string), unique: row[2].bool == true))
        }
    }

    /// Tables that were never analysed have no estimate; the small ones are counted, up to a bound.
    private func countNeverAnalysed(_ tables: inout [CatalogTable]) async throws {
        let limit = 10_000
        var left = 50
        for index in tables.indices where tables[index].approximateRows == nil && tables[index].kind == .table && left > 0 {
            left -= 1
            let name = "\(database.dialect.quoted(tables[index].schema)).\(database.dialect.quoted(tables[index].name))"
            // A table may be gone, or hold columns that the role cannot read, by the time that it is counted.
            let counted = try? await database.query(
                "SELECT count(*) FROM (SELECT 1 FROM \(name) LIMIT \(limit + 1)) AS counted", parameters: [],
                limits: QueryLimits(rows: 1, timeoutMilliseconds: Int(countPatience / .milliseconds(1))), checks: .engineOnly)
            try Task.checkCancellation()
            if let rows = counted?.rows.first?[0].integer, rows <= limit { tables[index].approximateRows = Int(rows) }
        }
    }

    private func rows(_ sql: String) async throws -> [[JSONValue]] {
        let limits = QueryLimits(rows: .max, bytes: 64 << 20)
        return try await database.query("WITH \(Self.relations) \(sql)", parameters: [], limits: limits, checks: .engineOnly).rows
    }
}
