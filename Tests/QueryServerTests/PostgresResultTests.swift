import Foundation
import MCPCore
import Testing

@testable import QueryServer

@Suite(.needsPostgres) struct PostgresResultTests {
    @Test func valuesLoseNothing() async throws {
        let database = try await PostgresFixture("CREATE TYPE mood AS ENUM ('fine')").database()
        let result = try await database.query(
            #"""
            SELECT 9007199254740993::bigint AS large, 42::bigint AS small, 12.50::numeric(10,2) AS price, 0.1234567890123456789::numeric AS fine,
              'NaN'::numeric AS nan, 0.1::real AS real, 'Infinity'::float8 AS infinite, true AS flag, NULL AS none, '\x00ff'::bytea AS bytes,
              '2025-01-02 03:04:05.25'::timestamp AS local, '2025-01-02'::date AS day, '{"a": [1, 2.50]}'::jsonb AS doc,
              'ä"🐈' AS text, 'fine'::mood AS mood, ARRAY[1,2] AS list, interval '1 day 2 hours' AS span
            """#)
        #expect(
            result.rows[0][..<12] == [
                "9007199254740993", 42, 12.5, "0.1234567890123456789", "NaN", 0.1, "Infinity", true, nil, ["base64": "AP8="],
                "2025-01-02T03:04:05.25", "2025-01-02",
            ])
        #expect(result.rows[0][12]["a"]?[0] == 1)
        #expect(result.rows[0][13...] == ["ä\"🐈", "fine", "{1,2}", "P1DT2H"])
        #expect(
            result.columns.map(\.type) == [
                "bigint", "bigint", "numeric(10,2)", "numeric", "numeric", "real", "double precision", "boolean", "text", "bytea",
                "timestamp without time zone", "date", "jsonb", "text", "mood", "integer[]", "interval",
            ])
        await database.close()
    }

    @Test(arguments: [
        ("2025-01-02 03:04:05+00", "2025-01-02T03:04:05Z"), ("2025-01-02 03:04:05.5-03", "2025-01-02T03:04:05.5-03:00"),
        ("2025-01-02 03:04:05+05:45", "2025-01-02T03:04:05+05:45"), ("infinity", "infinity"),
        ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC"),
    ])
    func timestampsAreISO8601(text: String, expected: String) {
        #expect(PostgresType(oid: 1184, modifier: -1).json(text) == .string(expected))
    }

    @Test func parametersAreBound() async throws {
        let database = try await PostgresFixture().database()
        let hostile: JSONValue = "'; DROP TABLE orders; --"
        let result = try await database.query("SELECT $1::text, $2 + 1, $3::bool, $4::int", parameters: [hostile, 41, true, nil])
        #expect(result.rows == [[hostile, 42, true, nil]])
        #expect(try await failure(database, "SELECT $1::int")?.message.contains("1 placeholders") == true)
        await database.close()
    }

    @Test func rowsAndBytesAreLimited() async throws {
        let database = try await PostgresFixture().database()
        let exact = try await database.query("SELECT generate_series(1, 10)", limits: QueryLimits(rows: 10))
        #expect(exact.rows.count == 10 && exact.truncation == nil)
        // Without end for any practical purpose: only stopping the server ends it.
        let rows = try await database.query(
            "SELECT generate_series(1, 1000000000000), repeat('x', 1000)",
            limits: QueryLimits(rows: 25, timeoutMilliseconds: 900_000))
        #expect(rows.rows.count == 25 && rows.truncation == .rows(limit: 25))
        let bytes = try await database.query(
            "SELECT repeat('x', 1000 + 0 * (generate_series(1, 1000000000000) % 2)::int)",
            limits: QueryLimits(rows: .max, bytes: 10_500, timeoutMilliseconds: 900_000))
        #expect(bytes.rows.count == 10 && bytes.truncation == .bytes(limit: 10_500))
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
    }

    /// libpq would keep the whole row before anyone could see how large it is.
    @Test func aRowThatIsTooLargeIsNotTakenIntoMemory() async throws {
        let database = try await PostgresFixture().database()
        let backend = try await scalar(database, "SELECT pg_backend_pid()")
        let failure = try await failure(database, "SELECT repeat('x', 100000000)")
        #expect(failure?.reason == .engine && failure?.hint?.contains("substr()") == true, "\(String(describing: failure))")
        #expect(try await scalar(database, "SELECT pg_backend_pid()") != backend, "the session is given up with its memory")
        // Below the bound a row is read, and the result says that it does not fit; the buffer for it is given up too.
        let large = try await database.query("SELECT repeat('x', 5000000)")
        #expect(large.rows.isEmpty && large.truncation == .bytes(limit: 1 << 20))
        let whole = try await database.query("SELECT repeat('x', 5000000)", limits: QueryLimits(bytes: 8 << 20))
        #expect(whole.rows[0][0].string?.utf8.count == 5_000_000)
        // Many rows are not one.
        let many = try await database.query("SELECT repeat('x', 1000000) FROM generate_series(1, 40)", limits: QueryLimits(bytes: 64 << 20))
        #expect(many.rows.count == 40)
        await database.close()
    }

    /// More than a socket takes at once, in both directions.
    @Test func aLongStatementAndItsParametersArrive() async throws {
        let database = try await PostgresFixture().database()
        let text = String(repeating: "y", count: 3_000_000)
        let result = try await database.query(
            "SELECT length('\(String(repeating: "x", count: 2_000_000))'), length($1), $1 LIKE '%y'", parameters: [.string(text)])
        #expect(result.rows == [[2_000_000, 3_000_000, true]])
        await database.close()
    }

    static let openssl = "/usr/bin/openssl"

    /// With TLS the bytes of the wire are not those of the messages, and reading can have something to send.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl), "apt install openssl"), .timeLimit(.minutes(2)))
    func encryptedConnectionsDoTheSame() async throws {
        let fixture = try await PostgresFixture()
        let (certificate, key) = ("/tmp/mcp-test-\(UUID().uuidString).crt", "/tmp/mcp-test-\(UUID().uuidString).key")
        defer { for file in [certificate, key] { try? FileManager.default.removeItem(atPath: file) } }
        let process = Process()
        process.executableURL = URL(filePath: Self.openssl)
        process.arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-out", certificate, "-keyout", key]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        // PostgreSQL wants the key to be its own and nobody else's.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        if getuid() == 0 { try FileManager.default.setAttributes([.ownerAccountName: "postgres"], ofItemAtPath: key) }
        for (name, value) in [("ssl_cert_file", certificate), ("ssl_key_file", key), ("ssl", "on")] {
            _ = try await fixture.psql("ALTER SYSTEM SET \(name) = '\(value)'")
        }
        _ = try await fixture.psql("SELECT pg_reload_conf()")
        let database = PostgresDatabase(
            name: "test", url: PostgresURL(fixture.server.url(database: fixture.databaseName) + "?sslmode=require"), sessions: 1, patience: .long)
        // The server takes a moment to read its settings.
        while try await failure(database, "SELECT 1")?.reason == .unavailable { await Task.yield() }
        #expect(try await scalar(database, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == true)
        let text = JSONValue.string(String(repeating: "y", count: 3_000_000))
        #expect(try await database.query("SELECT length($1)", parameters: [text]).rows == [[3_000_000]])
        let many = try await database.query("SELECT repeat('x', 100000) FROM generate_series(1, 400)", limits: QueryLimits(rows: 400, bytes: 64 << 20))
        #expect(many.rows.count == 400)
        let stopped = try await database.query(
            "SELECT generate_series(1, 1000000000000), repeat('x', 1000)", limits: QueryLimits(rows: 25, timeoutMilliseconds: 900_000))
        #expect(stopped.rows.count == 25)
        #expect(try await failure(database, "SELECT repeat('x', 100000000)")?.hint?.contains("substr()") == true)
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
        _ = try await fixture.psql("ALTER SYSTEM RESET ALL")
        _ = try await fixture.psql("SELECT pg_reload_conf()")
    }

    @Test func errorsHaveCodePlaceAndHint() async throws {
        let database = try await PostgresFixture().database()
        let failure = try #require(try await failure(database, "SELECT id,\n  totall FROM orders"))
        #expect(failure.code == "42703")
        #expect(
            failure.description == """
                column "totall" does not exist (42703)
                At line 2, column 3:
                    totall FROM orders
                    ^
                Hint: Perhaps you meant to reference the column "orders.total".
                """)
        // A failure while rows are read comes through too.
        #expect(try await QueryServerTests.failure(database, "SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n")?.code == "22012")
        await database.close()
    }

    @Test func catalogDescribesTables() async throws {
        let fixture = try await PostgresFixture(
            PostgresFixture.shop
                + #"""
                CREATE SCHEMA "we""ird";
                CREATE TABLE "we""ird"."a; DROP TABLE orders; --" ("b""c" int, "sel ect" text, PRIMARY KEY ("sel ect", "b""c"));
                CREATE INDEX ON "we""ird"."a; DROP TABLE orders; --" (lower("sel ect"));
                """#)
        let database = fixture.database()
        let catalog = try await database.catalog()
        #expect(
            catalog.tables.map(\.qualifiedName) == [
                "public.customers", "public.orders", "public.rich", #"we"ird.a; DROP TABLE orders; --"#,
            ])
        let customers = catalog.tables[0]
        #expect(customers.comment == "People who buy")
        #expect(customers.columns[1] == CatalogColumn(name: "name", type: "text", nullable: false, comment: "Full name", defaultValue: nil))
        #expect(customers.approximateRows == 2)
        let orders = catalog.tables[1]
        #expect(orders.primaryKey == ["id"])
        #expect(orders.columns[2].defaultValue == "0")
        #expect(
            orders.foreignKeys == [
                CatalogForeignKey(
                    columns: ["customer_id"], referencedSchema: "public", referencedTable: "customers", referencedColumns: ["id"])
            ])
        #expect(orders.indexes.contains(CatalogIndex(name: "orders_by_total", columns: ["total"], unique: false)))
        #expect(catalog.tables[2].kind == .view)
        #expect(catalog.tables[3].primaryKey == ["sel ect", #"b"c"#])
        #expect(catalog.tables[3].indexes.contains { $0.columns == [#"lower("sel ect")"#] })
        await database.close()
    }

    @Test func manyQueriesShareFewSessions() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database(sessions: 3)
        let pids = try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await scalar(database, "SELECT pg_backend_pid() FROM pg_sleep(0.01)") } }
            return try await group.reduce(into: Set<JSONValue?>()) { $0.insert($1) }
        }
        #expect((1...3).contains(pids.count))
        await database.close()
        let failure = try await failure(database, "SELECT 1")
        #expect(failure?.reason == .unavailable)
    }
}
