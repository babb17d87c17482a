import MCPCore

/// A PostgreSQL database behind a bounded pool of sessions.
final class PostgresDatabase: Database {
    let name: String
    let dialect = SQLDialect.postgresql
    let location: String
    private let pool: ConnectionPool<PostgresSession>
    private let patience: PostgresPatience

    /// Connects at the first query, so that a server which is down at start is not fatal.
    /// - Parameters:
    ///   - sessions: the largest number of statements at once.
    ///   - patience: how long is waited for what is no statement of a caller.
    init(name: String, url: PostgresURL, sessions: Int = 4, patience: PostgresPatience = PostgresPatience()) {
        self.name = name
        self.patience = patience
        location = url.description
        pool = ConnectionPool(capacity: sessions) {
            try await PostgresSession(url, patience: patience)
        } close: {
            await $0.close()
        }
    }

    func query(_ sql: String, parameters: [JSONValue], limits: QueryLimits, checks: StatementChecks) async throws -> QueryResult {
        if checks == .all { try StatementCheck.check(sql, dialect: .postgresql) }
        guard !sql.utf8.contains(0) else {
            throw QueryFailure(.refused, "The statement has a NUL character.", hint: "Remove it; PostgreSQL text cannot hold one.")
        }
        let texts = try parameters.enumerated().map { try Self.text($1, number: $0 + 1) }
        let outcome: Result<QueryResult, any Error> = try await pool.withSession { session, isFresh in
            try await session.query(sql, parameters: texts, limits: limits, checks: checks, isFresh: isFresh)
        }
        return try outcome.get()
    }

    func status() async throws -> DatabaseStatus {
        let version = try await pool.withSession { session, _ in (await session.serverVersion, true) }
        let role = try await query(
            """
            SELECT current_user::text, r.rolsuper, r.rolbypassrls, r.rolreplication,
              pg_has_role('pg_read_server_files', 'USAGE'), pg_has_role('pg_write_server_files', 'USAGE'),
              pg_has_role('pg_execute_server_program', 'USAGE')
            FROM pg_roles AS r WHERE r.rolname = current_user
            """)
        var warnings: [String] = []
        if let row = role.rows.first, row.dropFirst().contains(.bool(true)) {
            warnings.append(
                """
                The role \(row[0].string ?? "") may do more than read tables (superuser, replication, server files or programs). \
                Queries run read-only, but functions of such a role can reach outside the database: use a role with SELECT alone.
                """)
        }
        return DatabaseStatus(version: "PostgreSQL \(version)", warnings: warnings)
    }

    func catalog() async throws -> Catalog { try await PostgresCatalog(database: self, countPatience: patience.count).read() }

    func close() async { await pool.shutDown() }

    /// A parameter in PostgreSQL's text form; the server infers its type from where it stands.
    private static func text(_ value: JSONValue, number: Int) throws -> String? {
        switch value {
        case .null: return nil
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .double(let number): return String(number)
        case .number(let number): return number.literal
        case .string(let text):
            guard !text.utf8.contains(0) else {
                throw QueryFailure(.refused, "Parameter \(number) has a NUL character, which PostgreSQL text cannot hold.")
            }
            return text
        case .array, .object:
            throw QueryFailure(
                .refused, "Parameter \(number) is \(value.typeName); a parameter is a string, number, boolean or null.")
        }
    }
}
