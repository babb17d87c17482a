import Foundation
import GRDBSQLite
import MCPCore

/// An SQLite file, or the built-in sample, behind a small pool of read-only sessions.
final class SQLiteDatabase: Database {
    let name: String
    let dialect = SQLDialect.sqlite
    let location: String
    // Sessions of an image read its memory, so the source lives as long as they do.
    private let source: SQLiteSource
    private let pool: ConnectionPool<SQLiteSession>

    /// - Parameter sessions: the largest number of statements at once.
    init(name: String, source: SQLiteSource, sessions: Int = 4) {
        self.name = name
        self.source = source
        location =
            switch source {
            case .file(let path): "sqlite:\(path)"
            case .image: "sample database in memory"
            }
        pool = ConnectionPool(capacity: sessions) {
            try SQLiteSession(source)
        } close: {
            $0.close()
        }
    }

    func query(_ sql: String, parameters: [JSONValue], limits: QueryLimits, checks: StatementChecks) async throws -> QueryResult {
        if checks == .all { try StatementCheck.check(sql, dialect: .sqlite) }
        return try await run(limits.timeoutMilliseconds) { connection in
            let statement = try SQLiteStatement(sql, connection: connection)
            try statement.bind(parameters)
            return try statement.run(limits: limits)
        }
    }

    func catalog() async throws -> Catalog {
        try await run(QueryLimits().timeoutMilliseconds) { try SQLiteCatalog(connection: $0).read() }
    }

    func status() async throws -> DatabaseStatus {
        // Reads the schema, so that a file which is no database is found out.
        let one = try await query("SELECT count(*) FROM sqlite_schema")
        guard one.rows.count == 1 else { throw QueryFailure(.unavailable, "The database does not answer.") }
        return DatabaseStatus(version: "SQLite \(String(cString: sqlite3_libversion()))")
    }

    func close() async { await pool.shutDown() }

    /// A failed statement leaves an SQLite connection as good as before, so the session is kept.
    private func run<Value: Sendable>(
        _ timeoutMilliseconds: Int, _ body: @escaping @Sendable (OpaquePointer) throws -> Value
    ) async throws -> Value {
        let outcome: Result<Value, any Error> = try await pool.withSession { session, _ in
            do {
                return (.success(try await session.run(timeoutMilliseconds: timeoutMilliseconds, body)), true)
            } catch {
                return (.failure(error), true)
            }
        }
        return try outcome.get()
    }
}
