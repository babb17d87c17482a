import MCPCore
import Testing

@testable import QueryServer

@Suite struct SQLiteResultTests {
    @Test func valuesLoseNothing() async throws {
        let result = try await sampleDatabase().query(
            """
            SELECT 9007199254740991 AS exact, 9007199254740993 AS large, -9223372036854775808 AS least, 0.1 AS tenth, 1e999 AS infinite,
              NULL AS none, 'ä"🐈' AS text, x'00ff' AS bytes, CAST(x'ff' AS TEXT) AS wrong, '' AS empty
            """)
        #expect(
            result.rows == [
                [
                    .integer(9_007_199_254_740_991), "9007199254740993", "-9223372036854775808", 0.1, "Infinity", nil, "ä\"🐈",
                    ["base64": "AP8="], ["base64": "/w=="], "",
                ]
            ])
        #expect(result.columns.map(\.name) == ["exact", "large", "least", "tenth", "infinite", "none", "text", "bytes", "wrong", "empty"])
        #expect(result.truncation == nil)
    }

    @Test func declaredTypesAreNamed() async throws {
        let columns = try await sampleDatabase().query("SELECT id, total, ordered_at, id + 1 AS next FROM orders LIMIT 1").columns
        #expect(columns.map(\.type) == ["INTEGER", "DECIMAL(10,2)", "TIMESTAMP", "INTEGER"])
    }

    @Test func parametersAreBound() async throws {
        let database = try sampleDatabase()
        let hostile: JSONValue = "'; DROP TABLE orders; --"
        let result = try await database.query("SELECT ?, ?, ?, ?", parameters: [hostile, 2, .null, true])
        #expect(result.rows == [[hostile, 2, nil, 1]])
        let few = await #expect(throws: QueryFailure.self) { try await database.query("SELECT ?, ?", parameters: [1]) }
        #expect(few?.message.contains("2 placeholders") == true)
    }

    @Test(arguments: [(99, true), (100, false), (101, false)])
    func rowsAreLimited(limit: Int, truncated: Bool) async throws {
        let database = try sampleDatabase()
        let result = try await database.query("SELECT id FROM orders LIMIT 100", limits: QueryLimits(rows: limit))
        #expect(result.rows.count == min(limit, 100))
        #expect(result.truncation == (truncated ? .rows(limit: limit) : nil))
    }

    /// A result without end is read only up to the limit, so memory is bounded by it.
    @Test func bytesAreLimited() async throws {
        let database = try sampleDatabase()
        let result = try await database.query(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT hex(zeroblob(500)) FROM n",
            limits: QueryLimits(rows: .max, bytes: 10_000))
        #expect(result.rows.count == 10)
        #expect(result.truncation == .bytes(limit: 10_000))
    }

    @Test func hugeValuesAreRefusedByTheEngine() async throws {
        let failure = try await failure(try sampleDatabase(), "SELECT zeroblob(900000000)")
        #expect(failure?.code == "SQLITE_TOOBIG")
    }

    @Test func errorsShowThePlace() async throws {
        let failure = try #require(try await failure(try sampleDatabase(), "SELECT id,\n  totl FROM orders"))
        #expect(
            failure.description == """
                no such column: totl (SQLITE_ERROR)
                At line 2, column 3:
                    totl FROM orders
                    ^
                """)
    }

    @Test func hostileNamesAreRead() async throws {
        let file = try TemporarySQLite(
            #"CREATE TABLE "a""; DROP TABLE x; --" ("b""c" INTEGER PRIMARY KEY, "sel ect" TEXT); INSERT INTO "a""; DROP TABLE x; --" VALUES (1, 'v')"#
        )
        let database = SQLiteDatabase(name: "t", source: .file(path: file.path))
        let table = try #require(try await database.catalog().tables.first)
        #expect(table.name == #"a"; DROP TABLE x; --"#)
        #expect(table.columns.map(\.name) == [#"b"c"#, "sel ect"])
        #expect(table.primaryKey == [#"b"c"#])
        #expect(table.approximateRows == 1)
    }

    @Test func catalogDescribesTheSample() async throws {
        let catalog = try await sampleDatabase().catalog()
        #expect(catalog.tables.map(\.name) == ["categories", "customers", "monthly_sales", "order_lines", "orders", "products"])
        let orders = try #require(catalog.tables(named: "ORDERS").first)
        #expect(orders.kind == .table)
        #expect(orders.comment == "One purchase of a customer")
        #expect(orders.primaryKey == ["id"])
        #expect(orders.approximateRows == SampleShop.orderCount)
        #expect(
            orders.foreignKeys == [
                CatalogForeignKey(
                    columns: ["customer_id"], referencedSchema: "main", referencedTable: "customers", referencedColumns: ["id"])
            ])
        #expect(orders.indexes.map(\.name) == ["orders_by_customer", "orders_by_time"])
        #expect(
            orders.columns.last
                == CatalogColumn(
                    name: "total", type: "DECIMAL(10,2)", nullable: false, comment: "Amount of the whole order, in euros", defaultValue: nil
                ))
        let lines = try #require(catalog.tables(named: "order_lines").first)
        #expect(lines.primaryKey == ["order_id", "line"])
        #expect(catalog.tables(named: "monthly_sales").first?.kind == .view)
    }

    @Test func sampleIsTheSameEveryTime() async throws {
        let sum = "SELECT count(*), round(sum(total), 2), min(ordered_at), max(ordered_at) FROM orders"
        let one = try await sampleDatabase().query(sum).rows
        let other = try await sampleDatabase().query(sum).rows
        #expect(one == other)
        let database = try sampleDatabase()
        // Each order's total is the sum of its lines.
        let wrong = try await scalar(
            database,
            """
            SELECT count(*) FROM orders WHERE abs(total - (SELECT sum(quantity * unit_price) FROM order_lines WHERE order_id = orders.id)) > 0.001
            """)
        #expect(wrong == 0)
        #expect(try await scalar(database, "SELECT count(*) FROM order_lines")?.integer ?? 0 > 3_000)
    }
}
