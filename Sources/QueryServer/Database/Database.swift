import MCPCore

/// A database that the tools read: one named connection of the server.
///
/// Everything goes through the engine's own read-only mode: an implementation must refuse writes without looking at the SQL.
/// Safe to use from several tasks at once; each query has a session of its own from a bounded pool.
/// When the calling task is cancelled, the statement is stopped in the engine and `CancellationError` is thrown.
protocol Database: Sendable {
    /// The name that a caller uses to choose this connection.
    var name: String { get }
    var dialect: SQLDialect { get }
    /// Where the data lives, without any password: for people and logs.
    var location: String { get }

    /// All tables and views that the connection may read.
    /// - Throws: `QueryFailure` when the engine cannot be reached or refuses.
    func catalog() async throws -> Catalog

    /// Runs one statement.
    /// - Parameters:
    ///   - parameters: values for `?` or `$1` placeholders, bound by the engine and never pasted into the text.
    ///   - checks: whether the statement is read before it is sent; the engine's protection does not depend on it.
    /// - Throws: `QueryFailure`, or `CancellationError`.
    func query(_ sql: String, parameters: [JSONValue], limits: QueryLimits, checks: StatementChecks) async throws -> QueryResult

    /// What the engine says of itself, for `list_connections`.
    func status() async throws -> DatabaseStatus

    /// Ends all sessions. Queries under way are stopped.
    func close() async
}

extension Database {
    func query(_ sql: String, parameters: [JSONValue] = [], limits: QueryLimits = QueryLimits()) async throws -> QueryResult {
        try await query(sql, parameters: parameters, limits: limits, checks: .all)
    }
}

/// The kind of SQL that a connection understands.
enum SQLDialect: String, Sendable {
    case sqlite, postgresql

    var displayName: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgresql: "PostgreSQL"
        }
    }

    /// An identifier as this dialect quotes it; works for any name, also a hostile one.
    func quoted(_ identifier: String) -> String {
        "\"" + identifier.replacing("\"", with: "\"\"") + "\""
    }
}

/// Which of the server's own checks run before a statement reaches the engine.
enum StatementChecks: Sendable {
    /// Read the statement first, so that a refusal says clearly what is wrong.
    case all
    /// Send it as it is. What stops a write then is the engine alone; tests use this to see that it does.
    case engineOnly
}

/// Bounds of one query.
struct QueryLimits: Sendable, Hashable {
    /// Rows after which reading stops.
    var rows = 100
    /// Bytes of values, as the engine sends them, after which reading stops.
    var bytes = 1 << 20
    /// Milliseconds after which the engine stops the statement.
    var timeoutMilliseconds = 30_000
}

/// What an engine says of itself and of the session's rights.
struct DatabaseStatus: Sendable, Hashable {
    var version: String
    /// What the operator should know, such as a role that may do more than read.
    var warnings: [String] = []
}
