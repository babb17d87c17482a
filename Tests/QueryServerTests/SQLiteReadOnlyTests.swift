import Foundation
import GRDB
import GRDBSQLite
import MCPCore
import Testing

@testable import QueryServer

/// SQLite itself refuses writes: the server's own reading of SQL is off in all of these.
@Suite struct SQLiteReadOnlyTests {
    static let script = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two');"

    static let writes: [(sql: String, code: String)] = [
        ("INSERT INTO t VALUES (3, 'three')", "SQLITE_READONLY"),
        ("UPDATE t SET v = 'x'", "SQLITE_READONLY"),
        ("DELETE FROM t", "SQLITE_READONLY"),
        ("WITH gone AS (SELECT 1) DELETE FROM t WHERE id IN gone", "SQLITE_READONLY"),
        ("REPLACE INTO t VALUES (1, 'x')", "SQLITE_READONLY"),
        ("CREATE TABLE u (x)", "SQLITE_READONLY"),
        ("DROP TABLE t", "SQLITE_READONLY"),
        ("ALTER TABLE t ADD COLUMN w", "SQLITE_READONLY"),
        ("CREATE TEMP TABLE u (x)", "SQLITE_AUTH"),
        ("ATTACH DATABASE '/tmp/other.sqlite' AS other", "SQLITE_AUTH"),
        ("BEGIN IMMEDIATE", "SQLITE_AUTH"),
        ("SAVEPOINT s", "SQLITE_AUTH"),
        ("PRAGMA query_only = OFF", "SQLITE_AUTH"),
        ("PRAGMA journal_mode = WAL", "SQLITE_AUTH"),
        ("PRAGMA user_version = 7", "SQLITE_AUTH"),
        ("SELECT load_extension('/tmp/x.so')", "SQLITE_ERROR"),
    ]

    @Test(arguments: writes) func engineRefuses(_ write: (sql: String, code: String)) async throws {
        let file = try TemporarySQLite(Self.script)
        let before = try file.bytes
        // One session, so that what a statement leaves behind would be seen by the next.
        let database = SQLiteDatabase(name: "t", source: .file(path: file.path), sessions: 1)
        let failure = try #require(try await failure(database, write.sql, checks: .engineOnly))
        #expect(failure.code == write.code, "\(failure)")
        #expect(failure.reason == .engine)
        #expect(try await scalar(database, "SELECT count(*) || group_concat(v) FROM t") == "2one,two")
        #expect(try file.bytes == before)
        await database.close()
    }

    @Test func vacuumIntoWritesNoFile() async throws {
        let file = try TemporarySQLite(Self.script)
        let target = file.path + ".copy"
        let database = SQLiteDatabase(name: "t", source: .file(path: file.path))
        let failure = try await failure(database, "VACUUM INTO '\(target)'", checks: .engineOnly)
        #expect(failure?.reason == .engine)
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    /// Below PRAGMA and authorizer the file is still open for reading only.
    @Test(arguments: [true, false]) func withoutAuthorizerAndPragmaTheFileIsReadOnly(sample: Bool) async throws {
        let file = try TemporarySQLite("CREATE TABLE orders (id, total); INSERT INTO orders VALUES (1, 2)")
        let session = try SQLiteSession(sample ? .image(try SampleShop.makeImage()) : .file(path: file.path))
        let failure = await #expect(throws: QueryFailure.self) {
            try await session.run(timeoutMilliseconds: 5_000) { connection in
                sqlite3_set_authorizer(connection, nil, nil)
                _ = try SQLiteStatement("PRAGMA query_only = OFF", connection: connection).run(limits: QueryLimits())
                _ = try SQLiteStatement("UPDATE orders SET total = 0", connection: connection).run(limits: QueryLimits())
            }
        }
        #expect(failure?.code == "SQLITE_READONLY")
        session.close()
    }

    @Test func sampleImageIsReadOnly() async throws {
        let database = try sampleDatabase()
        #expect(try await failure(database, "DELETE FROM orders", checks: .engineOnly)?.code == "SQLITE_READONLY")
        #expect(try await scalar(database, "SELECT count(*) FROM orders") == .integer(Int64(SampleShop.orderCount)))
    }

    @Test func onlyOneStatement() async throws {
        let database = try sampleDatabase()
        let failure = try await failure(database, "SELECT 1; DELETE FROM orders", checks: .engineOnly)
        #expect(failure?.message.contains("one statement") == true)
        #expect(try await database.query("SELECT 1 ; -- the end").rows == [[1]])
    }

    @Test func timeoutStopsTheEngine() async throws {
        let database = try sampleDatabase()
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        let failure = try await failure(database, endless, limits: QueryLimits(timeoutMilliseconds: 50))
        #expect(failure?.reason == .timeout)
        #expect(failure?.code == "SQLITE_INTERRUPT")
        #expect(try await scalar(database, "SELECT 1") == 1)
    }

    @Test(.timeLimit(.minutes(2))) func cancellationStopsTheEngine() async throws {
        let file = try TemporarySQLite(Self.script)
        let database = SQLiteDatabase(name: "t", source: .file(path: file.path), sessions: 1)
        // A statement that reads the file keeps its shared lock, so another process could not write now.
        let other = try DatabaseQueue(path: file.path)
        func isBeingRead() throws -> Bool {
            do {
                try other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE; ROLLBACK") }
                return false
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return true
            }
        }
        #expect(try !isBeingRead())
        let endless = Task {
            try await database.query(
                "WITH RECURSIVE n(x) AS (SELECT min(id) FROM t UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n, t",
                limits: QueryLimits(timeoutMilliseconds: 600_000))
        }
        // With one session the second query only runs when the first one has really ended.
        while try !isBeingRead() { await Task.yield() }
        let waiting = Task { try await scalar(database, "SELECT 7") }
        endless.cancel()
        await #expect(throws: CancellationError.self) { try await endless.value }
        #expect(try await waiting.value == 7)
        #expect(try !isBeingRead())
        await database.close()
    }

    @Test func missingFileIsNamedAndNotMade() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("none-\(UUID().uuidString).sqlite").path
        let failure = try await failure(SQLiteDatabase(name: "t", source: .file(path: path)), "SELECT 1")
        #expect(failure?.reason == .unavailable)
        #expect(failure?.code == "SQLITE_CANTOPEN")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFileThatIsNoDatabaseIsSaid() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("text-\(UUID().uuidString)").path
        try Data(repeating: 65, count: 4_096).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let failure = try await failure(SQLiteDatabase(name: "t", source: .file(path: path)), "SELECT * FROM t")
        #expect(failure?.code == "SQLITE_NOTADB")
    }
}
