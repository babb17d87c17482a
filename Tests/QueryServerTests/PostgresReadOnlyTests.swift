import Foundation
import MCPCore
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@testable import QueryServer

/// PostgreSQL itself refuses writes, by a superuser, over the one session of the pool, with the server's own reading of SQL off.
@Suite(.needsPostgres) struct PostgresReadOnlyTests {
    static let refused: [(sql: String, code: String)] = [
        ("INSERT INTO customers VALUES (3, 'x')", "25006"),
        ("UPDATE customers SET name = 'x'", "25006"),
        ("DELETE FROM orders", "25006"),
        ("TRUNCATE orders", "25006"),
        ("WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", "25006"),
        ("EXPLAIN ANALYZE DELETE FROM orders", "25006"),
        ("SELECT * FROM customers FOR UPDATE", "25006"),
        ("CREATE TABLE u (x int)", "25006"),
        ("CREATE TABLE u AS SELECT 1 AS x", "25006"),
        ("DROP TABLE orders", "25006"),
        ("GRANT ALL ON orders TO PUBLIC", "25006"),
        ("SELECT nextval('numbers')", "25006"),
        ("COPY customers FROM PROGRAM 'echo 3,x'", "25006"),
        ("DO $$ BEGIN DELETE FROM orders; END $$", "25006"),
        ("SET TRANSACTION READ WRITE", "25001"),
        ("SELECT set_config('transaction_read_only', 'off', false)", "25001"),
        ("DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM orders; END $$", "25001"),
        ("DO $$ BEGIN DELETE FROM orders; COMMIT; END $$", "25006"),
        ("DO $$ BEGIN COMMIT; END $$", "2D000"),
        ("COMMIT; DELETE FROM orders", "42601"),
        ("SELECT 1; SELECT 2", "42601"),
        ("VACUUM", "25001"),
    ]

    @Test func engineRefuses() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database()
        let state = "SELECT (SELECT count(*) FROM orders), (SELECT string_agg(name, ',' ORDER BY id) FROM customers)"
        for (sql, code) in Self.refused {
            let failure = try await failure(database, sql, checks: .engineOnly)
            #expect(failure?.code == code, "\(sql): \(String(describing: failure))")
            #expect(failure?.reason == .engine, "\(sql)")
        }
        #expect(try await fixture.psql(state) == "2|Ada,Emil")
        await database.close()
    }

    /// Statements that the engine does run, and that must not change what the next caller of the session may do.
    @Test(arguments: [
        "COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "SET default_transaction_read_only = off",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SET statement_timeout = 0", "RESET ALL", "SELECT pg_advisory_lock(1)", "SET search_path = pg_temp", "LISTEN x",
        "PREPARE p AS DELETE FROM orders",
    ])
    func nothingOutlivesTheStatement(sql: String) async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database()
        let backend = try await scalar(database, "SELECT pg_backend_pid()")
        _ = try await failure(database, sql, checks: .engineOnly)
        #expect(try await scalar(database, "SELECT pg_backend_pid()") == backend, "the session is kept, so this test sees its state")
        #expect(try await failure(database, "DELETE FROM orders", checks: .engineOnly)?.code == "25006")
        let settings = try await database.query(
            """
            SELECT current_setting('transaction_read_only'), current_setting('default_transaction_read_only'),
              current_setting('statement_timeout'), current_setting('search_path'), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
            """)
        #expect(settings.rows == [["on", "on", "30s", "\"$user\", public", 0]])
        await database.close()
    }

    /// What a superuser may do although the transaction is read-only: the server refuses it before it runs, by the column list
    /// that PostgreSQL's own parser gives.
    @Test(arguments: [
        "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/x'", "COPY customers TO STDOUT", "DO $$ BEGIN NULL; END $$", "SET ROLE postgres",
        "LISTEN x",
    ])
    func statementsWithoutColumnsAreRefused(sql: String) async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database()
        #expect(try await failure(database, sql)?.reason == .refused)
        // An empty comment-only text too.
        #expect(try await failure(database, "-- nothing")?.reason == .refused)
        await database.close()
    }

    @Test func copyOutEndsTheSessionAndNotTheServer() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database()
        #expect(try await failure(database, "COPY customers TO STDOUT", checks: .engineOnly)?.message.contains("COPY") == true)
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
    }

    @Test func aSuperuserIsWarnedOf() async throws {
        let fixture = try await PostgresFixture(
            PostgresFixture.shop
                + "DROP ROLE IF EXISTS plain_reader; CREATE ROLE plain_reader LOGIN; GRANT SELECT ON customers TO plain_reader;")
        let superuser = fixture.database()
        let reader = fixture.database(user: "plain_reader")
        #expect(try await superuser.status().warnings.count == 1)
        let status = try await reader.status()
        #expect(status.warnings.isEmpty)
        #expect(status.version.hasPrefix("PostgreSQL "))
        // Only what the role may read is listed, and the engine's refusal has its code.
        #expect(try await reader.catalog().tables.map(\.name) == ["customers"])
        #expect(try await failure(reader, "SELECT * FROM orders")?.code == "42501")
        #expect(try await failure(reader, "SELECT pg_read_file('/etc/passwd')", checks: .engineOnly)?.code == "42501")
        await superuser.close()
        await reader.close()
    }

    @Test func timeoutIsTheEngines() async throws {
        let database = try await PostgresFixture().database()
        let failure = try await failure(database, "SELECT pg_sleep(600)", limits: QueryLimits(timeoutMilliseconds: 100))
        #expect(failure?.reason == .timeout)
        #expect(failure?.code == "57014")
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
    }

    /// A statement cannot lift its own time limit.
    @Test func timeoutCannotBeSwitchedOff() async throws {
        let database = try await PostgresFixture().database()
        let failure = try await failure(
            database, "SELECT set_config('statement_timeout', '0', false), pg_sleep(600)", checks: .engineOnly,
            limits: QueryLimits(timeoutMilliseconds: 100))
        #expect(failure?.code == "57014")
        await database.close()
    }

    @Test func cancellationReachesTheServer() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database(sessions: 2)
        let sleeping = Task {
            try await database.query("SELECT pg_sleep(600) AS marked_sleep", limits: QueryLimits(timeoutMilliseconds: 900_000))
        }
        let running =
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%marked_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"
        while try await scalar(database, running) != 1 { await Task.yield() }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(try await scalar(database, running) == 0)
        await database.close()
    }

    @Test func cancellationBeforeTheStartIsNotLost() async throws {
        let database = try await PostgresFixture().database()
        for _ in 0..<20 {
            let query = Task { try await database.query("SELECT pg_sleep(600)", limits: QueryLimits(timeoutMilliseconds: 900_000)) }
            await Task.yield()
            query.cancel()
            await #expect(throws: CancellationError.self) { try await query.value }
        }
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
    }

    /// Idle sessions that the server has ended, as when it was started again, fail no call.
    @Test func lostSessionsAreReplaced() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database(sessions: 3)
        // Three sessions in use at once, which come back to the pool when their statements are stopped from outside.
        let mark = "held_\(UUID().uuidString.prefix(8))"
        let holding = (0..<3).map { _ in
            Task { try await database.query("SELECT pg_sleep(600) AS \(mark)", limits: QueryLimits(timeoutMilliseconds: 900_000)) }
        }
        let held = """
            SELECT pid FROM pg_stat_activity WHERE query LIKE '%\(mark)%' AND state = 'active' AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()
            """
        var pids: [String] = []
        while pids.count < 3 { pids = try await fixture.psql(held).split(separator: "\n").map(String.init) }
        for pid in pids { _ = try await fixture.psql("SELECT pg_cancel_backend(\(pid))") }
        for task in holding { await #expect(throws: QueryFailure.self) { try await task.value } }
        for pid in pids { _ = try await fixture.psql("SELECT pg_terminate_backend(\(pid), 10000)") }
        // At once, so that each session of the pool is asked for.
        let again = try await withThrowingTaskGroup { group in
            for _ in 0..<3 { group.addTask { try await scalar(database, "SELECT pg_backend_pid() FROM pg_sleep(0.05)")?.integer } }
            return try await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(again.allSatisfy { $0 != nil && !pids.contains("\($0 ?? 0)") }, "\(again) \(pids)")
        await database.close()
    }

    /// The statement is not repeated when the session is lost while it runs.
    @Test func aSessionThatIsLostInAStatementIsSaid() async throws {
        let fixture = try await PostgresFixture()
        let database = fixture.database()
        _ = try await scalar(database, "SELECT 1")
        let lost = try await failure(database, "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(60)", checks: .engineOnly)
        #expect(lost?.code == "57P01" || lost?.reason == .unavailable, "\(String(describing: lost))")
        #expect(try await scalar(database, "SELECT 1") == 1)
        await database.close()
    }

    /// A server that no longer answers holds nobody who has cancelled.
    @Test(.timeLimit(.minutes(2))) func cancellingEndsAlthoughTheServerIsSilent() async throws {
        let fixture = try await PostgresFixture()
        let database = PostgresDatabase(
            name: "test", url: PostgresURL(fixture.server.url(database: fixture.databaseName)), sessions: 1,
            patience: PostgresPatience(cancel: .milliseconds(50), session: .seconds(60)))
        let pid = pid_t(try #require(try await scalar(database, "SELECT pg_backend_pid()")?.integer))
        let sleeping = Task {
            try await database.query("SELECT pg_sleep(600) AS silent_sleep", limits: QueryLimits(timeoutMilliseconds: 900_000))
        }
        while try await fixture.psql("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid) AND query LIKE '%silent_sleep%' AND state = 'active'") != "1" {
            await Task.yield()
        }
        // As if its machine had gone: nothing that it is sent is answered any more.
        #expect(kill(pid, SIGSTOP) == 0)
        defer { kill(pid, SIGCONT) }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        let next = try await scalar(database, "SELECT pg_backend_pid()")?.integer
        #expect(next != Int64(pid), "the session is not used again")
        await database.close()
    }
}
