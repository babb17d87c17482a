import Foundation
import MCPTransport
import Testing

@testable import QueryServer

/// The tools as a client sees them, in both eras.
@Suite struct ToolTests {
    static let eras: [EraSelection] = [.handshake, .pinned(.v2026_07_28)]

    private func withTools<Value>(
        _ databases: [any QueryServer.Database]? = nil, limits: QueryLimits = QueryLimits(), era: EraSelection = .auto,
        _ body: (Client) async throws -> Value
    ) async throws -> Value {
        let server = Server.queryServer(databases: try DatabaseSet(databases ?? [try sampleDatabase()]), limits: limits)
        return try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { client in
            // Listed first, so that the client holds every structured result against its schema.
            _ = try await client.listTools()
            return try await body(client)
        }
    }

    @Test(arguments: eras) func allToolsOnlyRead(era: EraSelection) async throws {
        try await withTools(era: era) { client in
            let tools = try await client.listTools()
            #expect(tools.map(\.name) == ["list_connections", "search_schema", "describe_table", "run_query"])
            #expect(tools.allSatisfy { $0.annotations == ToolAnnotations(readOnlyHint: true, openWorldHint: false) })
            #expect(tools.allSatisfy { $0.outputSchema != nil && $0.title != nil && $0.description?.isEmpty == false })
            for tool in tools {
                for (name, property) in JSONValue.object(tool.inputSchema)["properties"]?.object ?? [:] {
                    #expect(property["description"]?.string?.isEmpty == false, "\(tool.name) \(name)")
                }
            }
        }
    }

    @Test(arguments: eras) func theTablesThatThereAre(era: EraSelection) async throws {
        try await withTools(era: era) { client in
            for arguments: JSONObject in [[:], ["query": ""], ["query": "Which tables are there?"]] {
                let result = try await client.callTool("search_schema", arguments)
                let tables = result.structuredContent?["tables"]?.array ?? []
                #expect(
                    tables.map { $0["name"] } == ["categories", "customers", "monthly_sales", "order_lines", "orders", "products"],
                    "\(arguments)")
                #expect(tables.allSatisfy { $0["connection"] == "shop" })
                #expect(result.text.contains("**main.orders** (table in shop, about 1500 rows): One purchase of a customer"))
            }
            let orders = try await client.callTool("search_schema", ["query": "the ten largest orders", "limit": 1])
            let table = orders.structuredContent?["tables"]?[0]
            #expect(table?["name"] == "orders")
            #expect(table?["approximateRows"] == 1_500)
            #expect(
                table?["columns"]?.array?.last == [
                    "name": "total", "type": "DECIMAL(10,2)", "nullable": false, "primaryKey": false,
                    "comment": "Amount of the whole order, in euros",
                ])
            #expect(table?["columns"]?[1]?["references"] == ["schema": "main", "table": "customers", "column": "id"])
            let none = try await client.callTool("search_schema", ["query": "zeppelin"])
            #expect(none.structuredContent?["total"] == 0)
            #expect(none.text.contains("an empty query lists them"))
        }
    }

    @Test(arguments: eras) func theTenLargestOrders(era: EraSelection) async throws {
        try await withTools(era: era) { client in
            let result = try await client.callTool(
                "run_query", ["sql": "SELECT id, total FROM orders WHERE total > ? ORDER BY total DESC LIMIT 10", "parameters": [100]])
            #expect(!result.isError)
            let output = result.structuredContent
            #expect(output?["columns"] == [["name": "id", "type": "INTEGER"], ["name": "total", "type": "DECIMAL(10,2)"]])
            #expect(output?["rowCount"] == 10 && output?["truncated"] == false && output?["connection"] == "shop")
            let totals = (output?["rows"]?.array ?? []).compactMap { $0[1]?.double }
            #expect(totals.count == 10 && totals == totals.sorted(by: >) && totals.allSatisfy { $0 > 100 })
            #expect(result.text.hasPrefix("| id | total |\n|---:|---:|\n| "))
            #expect(result.text.hasSuffix("\n\n10 rows."))
        }
    }

    @Test func truncationIsSaidPlainly() async throws {
        try await withTools { client in
            let result = try await client.callTool("run_query", ["sql": "SELECT * FROM orders", "maxRows": 5])
            #expect(result.structuredContent?["truncated"] == true && result.structuredContent?["rowCount"] == 5)
            #expect(result.text.contains("5 of more than 5 rows: add ORDER BY and LIMIT"))
        }
    }

    @Test(arguments: eras) func aModelCanMendItsQuery(era: EraSelection) async throws {
        try await withTools(era: era) { client in
            let wrong = try await client.callTool("run_query", ["sql": "SELECT totl FROM orders"])
            #expect(wrong.isError)
            #expect(wrong.text == "no such column: totl (SQLITE_ERROR)\nAt line 1, column 8:\n  SELECT totl FROM orders\n         ^")
            let write = try await client.callTool("run_query", ["sql": "UPDATE orders SET total = 0"])
            #expect(write.isError && write.text.contains("found UPDATE. This connection is read-only."))
            let rows = try await client.callTool("run_query", ["sql": "SELECT 1", "maxRows": 5_000])
            #expect(rows.isError && rows.text.contains("1 to 1000"))
            let table = try await client.callTool("describe_table", ["table": "order"])
            #expect(table.isError && table.text.contains("There are: categories, customers"))
            let connection = try await client.callTool("run_query", ["sql": "SELECT 1", "connection": "nowhere"])
            #expect(connection.isError && connection.text == "There is no connection nowhere. There are: shop.")
        }
    }

    @Test(arguments: eras) func aTableIsDescribed(era: EraSelection) async throws {
        try await withTools(era: era) { client in
            let result = try await client.callTool("describe_table", ["table": "orders"])
            let output = result.structuredContent
            #expect(output?["rowCount"] == 1_500)
            #expect(output?["primaryKey"] == ["id"])
            #expect(output?["foreignKeys"]?[0]?["referencedTable"] == "customers")
            #expect(output?["referencedBy"]?.array?.map { $0["table"] } == ["order_lines"])
            #expect(output?["indexes"]?.array?.map { $0["name"] } == ["orders_by_customer", "orders_by_time"])
            #expect(output?["sampleRows"]?.array?.count == 3)
            #expect(output?["sampleRows"]?[0]?["id"] == 1)
            #expect(result.text.contains("Referred to by: order_lines (order_id) → orders (id)"))
        }
    }

    /// Two connections, of which one is down: what can be answered is answered, and the other is named.
    @Test func aConnectionThatIsDownHidesNoOther() async throws {
        let down = PostgresDatabase(name: "books", url: PostgresURL("postgres://ada:s3cret@127.0.0.1:1/books"))
        try await withTools([try sampleDatabase(), down]) { client in
            let list = try await client.callTool("list_connections")
            #expect(list.structuredContent?["connections"]?[0]?["available"] == true)
            #expect(list.structuredContent?["connections"]?[1]?["available"] == false)
            #expect(list.structuredContent?["connections"]?[1]?["location"] == "postgres://ada@127.0.0.1:1/books")
            let found = try await client.callTool("search_schema", ["query": "orders"])
            #expect(found.structuredContent?["tables"]?[0]?["name"] == "orders")
            #expect(found.structuredContent?["unavailable"]?[0]?["connection"] == "books")
            let described = try await client.callTool("describe_table", ["table": "orders"])
            #expect(!described.isError)
            let ambiguous = try await client.callTool("run_query", ["sql": "SELECT 1"])
            #expect(ambiguous.isError && ambiguous.text.contains("several connections: shop, books"))
            let failed = try await client.callTool("run_query", ["sql": "SELECT 1", "connection": "books"])
            #expect(failed.isError && failed.text.contains("cannot be reached"))
            for result in [list, found, described, failed] {
                #expect(!result.text.contains("s3cret") && result.structuredContent?.serializedString.contains("s3cret") != true)
            }
        }
    }

    /// Cancelling the call at the client stops the statement in PostgreSQL.
    @Test(.needsPostgres, .timeLimit(.minutes(2)), arguments: eras) func cancellingACallStopsTheStatement(era: EraSelection) async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database(sessions: 2)
        let mark = "marked_\(UUID().uuidString.prefix(8))"
        let running =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%\(mark)%' AND state = 'active' AND pid <> pg_backend_pid()"
        // By itself it would go on for longer than this test may.
        try await withTools([database], limits: QueryLimits(timeoutMilliseconds: 900_000), era: era) { client in
            let call = Task { try await client.callTool("run_query", ["sql": .string("SELECT pg_sleep(600) AS \(mark)")]) }
            while try await scalar(database, running) != 1 { await Task.yield() }
            call.cancel()
            _ = await call.result
            while try await scalar(database, running) != 0 { await Task.yield() }
        }
        await database.close()
    }

    /// What is broken in a database is listed with the reason, and hides nothing else.
    @Test func aBrokenViewHidesNoTable() async throws {
        let file = try TemporarySQLite(
            """
            CREATE TABLE letters (l TEXT); CREATE TABLE gone (x); CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone;
            CREATE VIEW whole AS SELECT l FROM letters; PRAGMA writable_schema = ON;
            INSERT INTO sqlite_schema VALUES ('table', 'foreign_one', 'foreign_one', 0, 'CREATE VIRTUAL TABLE foreign_one USING no_such_module(x)');
            """)
        try await withTools([SQLiteDatabase(name: "abc", source: .file(path: file.path))]) { client in
            let found = try await client.callTool("search_schema")
            let tables = found.structuredContent?["tables"]?.array ?? []
            #expect(tables.map { $0["name"] } == ["broken", "foreign_one", "letters", "whole"], "\(found.text)")
            #expect(tables.map { $0["columns"]?.array?.count } == [0, 0, 1, 1])
            #expect(tables.first?["comment"]?.string?.contains("cannot be read: no such table: main.gone") == true, "\(found.text)")
            #expect(tables.dropFirst().first?["comment"]?.string?.contains("cannot be read: no such module: no_such_module") == true)
            #expect(tables.last?["comment"] == nil)
            let whole = try await client.callTool("describe_table", ["table": "letters"])
            #expect(!whole.isError && whole.structuredContent?["rowCount"] == 0)
            for table in ["broken", "foreign_one"] {
                let described = try await client.callTool("describe_table", ["table": .string(table)])
                #expect(!described.isError && described.text.contains("cannot be read"), "\(described.text)")
                #expect(described.structuredContent?["rowCount"] == nil)
            }
        }
    }

    @Test func cellsStayInTheirPlace() {
        let text = MarkdownTable.text(columns: ["a|b", "c"], rows: [["x\ny|z", 1], [nil, 2]])
        #expect(text == "| a\\|b | c |\n|---|---:|\n| x y\\|z | 1 |\n| NULL | 2 |")
    }

    @Test(arguments: [
        ("customers", "customer"), ("categories", "category"), ("addresses", "address"), ("boxes", "box"), ("status", "status"),
        ("is", "is"),
        ("classes", "class"),
    ])
    func pluralsAreTakenOff(word: String, stem: String) {
        #expect(SchemaSearch.stem(word) == stem)
    }

    @Test func wordsAreFoundInNames() {
        #expect(SchemaSearch.words(of: "orderLines2 of_ACME-Ltd") == ["order", "lines2", "of", "acme", "ltd"])
    }
}
