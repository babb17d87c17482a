import Foundation
import GRDB
import GRDBSQLite
import MCPCore

/// One read-only connection to an SQLite database, used by one caller at a time.
///
/// What makes it read-only is the engine: the file is opened with `SQLITE_OPEN_READONLY` (the sample's image with
/// `SQLITE_DESERIALIZE_READONLY`), `PRAGMA query_only` is on, and no other file can be attached, because
/// `SQLITE_LIMIT_ATTACHED` is 0, which also stops `VACUUM INTO`.
final class SQLiteSession: Sendable {
    private let queue: DatabaseQueue

    /// The largest text or BLOB that SQLite makes or reads in this process, in bytes; bounds the memory of a statement.
    static let largestValue: CInt = 16 << 20

    init(_ source: SQLiteSource) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "query-server.sqlite"
        configuration.busyMode = .timeout(5)
        // A transaction cannot be left open (the authorizer denies BEGIN); should one be, it is rolled back, not trapped.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            guard let connection = database.sqliteConnection else { return }
            if case .image(let image) = source { try image.load(into: connection) }
            try database.execute(sql: "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
            sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0)
            sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, SQLiteSession.largestValue)
            sqlite3_limit(connection, SQLITE_LIMIT_WORKER_THREADS, 0)
            // The last step: from here on only what a reader needs is compiled.
            SQLiteAuthorizer.install(on: connection)
        }
        do {
            switch source {
            case .file(let path): queue = try DatabaseQueue(path: path, configuration: configuration)
            case .image: queue = try DatabaseQueue(named: nil, configuration: configuration)
            }
        } catch let error as DatabaseError {
            throw QueryFailure(
                .unavailable, "The SQLite database cannot be opened: \(error.message ?? "unknown error")",
                code: SQLiteCode.name(error.extendedResultCode.rawValue),
                hint: SQLiteCode.hint(error.extendedResultCode.rawValue)
                    ?? "Check that the file exists and that this process may read it.")
        }
    }

    /// Runs `body` with the connection on this session's own queue; stops it when the task is cancelled or its time is up.
    func run<Value: Sendable>(
        timeoutMilliseconds: Int, _ body: @escaping @Sendable (OpaquePointer) throws -> Value
    ) async throws -> Value {
        let interruption = SQLiteInterruption(timeoutMilliseconds: timeoutMilliseconds)
        return try await withTaskCancellationHandler {
            do {
                return try await queue.writeWithoutTransaction { database in
                    guard let connection = database.sqliteConnection else {
                        throw QueryFailure(.unavailable, "The SQLite connection is closed.")
                    }
                    defer {
                        if sqlite3_get_autocommit(connection) == 0 { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
                    }
                    return try interruption.watching(connection) { try body(connection) }
                }
            } catch {
                if interruption.isCancelled || Task.isCancelled { throw CancellationError() }
                if interruption.isTimedOut {
                    throw QueryFailure(
                        .timeout, "The statement was stopped after \(timeoutMilliseconds) ms.", code: "SQLITE_INTERRUPT",
                        hint: "Read fewer rows: add a WHERE clause or a LIMIT, or join on indexed columns.")
                }
                throw error
            }
        } onCancel: {
            interruption.cancel()
        }
    }

    func close() { try? queue.close() }
}

/// Where an SQLite session reads from.
enum SQLiteSource: Sendable {
    case file(path: String)
    case image(SQLiteImage)
}

/// A database file's bytes in memory, shared by all sessions that read it.
final class SQLiteImage: Sendable {
    // Never written after `init`; SQLite is told that the memory is read-only.
    private nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    /// Makes a database in memory with `fill` and keeps its bytes.
    init(_ fill: (GRDB.Database) throws -> Void) throws {
        let queue = try DatabaseQueue()
        bytes = try queue.writeWithoutTransaction { database in
            try database.inTransaction {
                try fill(database)
                return .commit
            }
            var size: sqlite3_int64 = 0
            guard let image = sqlite3_serialize(database.sqliteConnection, "main", &size, 0) else {
                throw QueryFailure(.unavailable, "There is not enough memory for the sample database.")
            }
            return UnsafeMutableRawBufferPointer(start: image, count: Int(size))
        }
    }

    deinit { sqlite3_free(bytes.baseAddress) }

    /// Makes `connection` read this image; the image must outlive it.
    func load(into connection: OpaquePointer) throws {
        let status = sqlite3_deserialize(
            connection, "main", bytes.bindMemory(to: UInt8.self).baseAddress, sqlite3_int64(bytes.count), sqlite3_int64(bytes.count),
            CUnsignedInt(SQLITE_DESERIALIZE_READONLY))
        guard status == SQLITE_OK else {
            throw QueryFailure(.unavailable, "The sample database cannot be loaded.", code: SQLiteCode.name(status))
        }
    }
}
