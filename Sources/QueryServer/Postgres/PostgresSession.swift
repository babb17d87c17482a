import CLibPQ
import Dispatch
import MCPCore

/// Runs queries on one connection, each in a read-only transaction that is always rolled back.
///
/// What holds whatever the statement says:
/// - The transaction is `READ ONLY` and has a snapshot before the statement begins, after which PostgreSQL lets nothing make
///   it read-write again (25001).
/// - The extended protocol parses exactly one statement (42601 otherwise).
/// - Settings that the statement changes are undone by `ROLLBACK` and `DISCARD ALL` before anyone else gets the session.
struct PostgresSession: Sendable {
    private let connection: PostgresConnection
    private let patience: PostgresPatience

    init(_ url: PostgresURL, patience: PostgresPatience) async throws {
        self.patience = patience
        connection = PostgresConnection(url)
        try await connection.open()
    }

    func close() async { await connection.close() }

    var serverVersion: String { get async { await connection.serverVersion } }

    /// Runs one statement and leaves the session clean.
    /// - Parameter isFresh: whether nothing has run in this session yet.
    /// - Returns: the result or the failure, and whether the session may be used again.
    /// - Throws: `StaleSession` when a session that is not fresh was lost before the statement was sent.
    func query(
        _ sql: String, parameters: [String?], limits: QueryLimits, checks: StatementChecks, isFresh: Bool
    ) async throws -> (value: Result<QueryResult, any Error>, reusable: Bool) {
        guard let cancel = await connection.makeCancelRequest(patience: patience.cancel) else {
            throw StaleSession(failure: QueryFailure(.unavailable, "The connection is closed."))
        }
        // The server's own limit comes first; this one is for a server or a network that is gone.
        let deadline = DispatchTime.now() + .milliseconds(limits.timeoutMilliseconds + 10_000)
        let outcome: Result<RawResult, any Error> = await withTaskCancellationHandler {
            do {
                try await begin(limits, isFresh: isFresh, deadline)
                return .success(try await run(sql, parameters: parameters, limits: limits, checks: checks, cancel, deadline))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            cancel.send()
        }
        let settled = await cancel.settled()
        if case .failure(let stale as StaleSession) = outcome, !Task.isCancelled { throw stale }
        let cleaned = await cleanUp()
        let clean = settled && cleaned
        if Task.isCancelled { return (.failure(CancellationError()), clean) }
        switch outcome {
        case .failure(let error): return (.failure(error), clean)
        case .success(let raw):
            guard clean else { return (.success(raw.result(typeNames: [:])), false) }
            let names = await typeNames(of: raw.types)
            return (.success(raw.result(typeNames: names)), true)
        }
    }

    // MARK: One query

    private struct RawResult: Sendable {
        var names: [String] = []
        var types: [PostgresType] = []
        var rows: [[JSONValue]] = []
        var truncation: QueryResult.Truncation?

        func result(typeNames: [PostgresType: String]) -> QueryResult {
            let columns = zip(names, types).map { ResultColumn(name: $0, type: $1.builtInName ?? typeNames[$1] ?? "oid \($1.oid)") }
            return QueryResult(columns: columns, rows: rows, truncation: truncation)
        }
    }

    private func begin(_ limits: QueryLimits, isFresh: Bool, _ deadline: DispatchTime) async throws {
        // The SELECT takes the snapshot. Limits are set in each transaction too, for poolers that drop what a connection brings.
        let command = PostgresConnection.Command.simple(
            """
            BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = \(limits.timeoutMilliseconds); SET LOCAL lock_timeout = '5s'; \
            SET LOCAL idle_in_transaction_session_timeout = '60s'; SELECT 1
            """)
        guard !isFresh else { return try await complete(command, deadline) }
        do {
            try await complete(command, min(deadline, patience.sessionDeadline))
        } catch let failure as QueryFailure {
            // The server was started again, or a firewall has forgotten the connection: a new session does better.
            throw StaleSession(failure: failure)
        }
    }

    private func run(
        _ sql: String, parameters: [String?], limits: QueryLimits, checks: StatementChecks, _ cancel: CancelRequest,
        _ deadline: DispatchTime
    ) async throws -> RawResult {
        try await complete(.prepare(sql), sql: sql, deadline)
        var raw = try await describe(parameterCount: parameters.count, sql: sql, checks: checks, deadline)
        try await connection.send(.execute(parameters), until: deadline)
        var collector = ResultCollector(limits: limits)
        var failure: QueryFailure?
        do {
            while let result = try await connection.nextResult(until: deadline) {
                if result.isError {
                    failure = failure ?? result.failure(sql: sql)
                    continue
                }
                guard result.status == PGRES_SINGLE_TUPLE || result.status == PGRES_TUPLES_OK || result.status == PGRES_COMMAND_OK else {
                    // COPY and the like would need a dialogue; closing the session ends it.
                    await connection.close()
                    throw QueryFailure(.refused, "COPY is not run over this connection.", hint: "Read tables and views with SELECT.")
                }
                for row in 0..<result.rowCount {
                    guard collector.admits(bytes: result.size(ofRow: row)) else {
                        // What is left is not wanted: the server stops sending it.
                        cancel.send()
                        break
                    }
                    collector.append(
                        (0..<result.columnCount).map { column in
                            result.text(row, column).map { raw.types[Int(column)].json($0) } ?? .null
                        })
                }
            }
        } catch {
            // The rows that are wanted are there; the session is not used again.
            guard collector.truncation != nil else { throw error }
        }
        // After enough rows the failure is the stop that was asked for.
        if let failure, collector.truncation == nil {
            guard failure.reason == .timeout, !cancel.isRequested else { throw failure }
            var stopped = failure
            stopped.message = "The statement was stopped after \(limits.timeoutMilliseconds) ms."
            throw stopped
        }
        raw.rows = collector.rows
        raw.truncation = collector.truncation
        let isInTransaction = await connection.isInTransaction
        guard collector.truncation != nil || isInTransaction else {
            throw QueryFailure(.refused, "The statement ended its transaction.", hint: "Read tables and views with SELECT.")
        }
        return raw
    }

    /// What the statement takes and gives, by the server's own parser.
    private func describe(parameterCount: Int, sql: String, checks: StatementChecks, _ deadline: DispatchTime) async throws -> RawResult {
        try await connection.send(.describe, until: deadline)
        var raw = RawResult()
        var expected = 0
        var failure: QueryFailure?
        while let result = try await connection.nextResult(until: deadline) {
            if result.isError { failure = result.failure(sql: sql) }
            raw.names = (0..<result.columnCount).map { result.columnName($0) }
            raw.types = (0..<result.columnCount).map { result.columnType($0) }
            expected = result.parameterCount
        }
        if let failure { throw failure }
        guard expected == parameterCount else {
            throw QueryFailure(
                .refused, "The statement has \(expected) placeholders, and \(parameterCount) parameters were given.",
                hint: "Give one value for each of $1, $2 and so on, in order.")
        }
        // COPY, DO, SET, COMMIT, LISTEN and their kind give no columns.
        if checks == .all, raw.names.isEmpty {
            throw QueryFailure(.refused, "Only statements that return rows are run.", hint: "Read tables and views with SELECT.")
        }
        return raw
    }

    /// Sends a command and waits for its end.
    private func complete(_ command: PostgresConnection.Command, sql: String? = nil, _ deadline: DispatchTime) async throws {
        try await connection.send(command, until: deadline)
        var failure: QueryFailure?
        while let result = try await connection.nextResult(until: deadline) {
            if result.isError, failure == nil { failure = result.failure(sql: sql) }
        }
        if let failure { throw failure }
    }

    /// Undoes everything that the statement did to the session.
    private func cleanUp() async -> Bool {
        let deadline = patience.sessionDeadline
        do {
            try await complete(.simple("ROLLBACK"), deadline)
            try await complete(.simple("DISCARD ALL"), deadline)
            return await connection.isReusable
        } catch {
            return false
        }
    }

    // MARK: Type names

    /// The names of types that are not known without asking, such as `numeric(10,2)` or an enum's.
    private func typeNames(of types: [PostgresType]) async -> [PostgresType: String] {
        let unknown = Array(Set(types.filter { $0.builtInName == nil }))
        guard !unknown.isEmpty else { return [:] }
        let columns = unknown.map { "pg_catalog.format_type(\($0.oid), \($0.modifier))" }.joined(separator: ", ")
        let deadline = patience.sessionDeadline
        var names: [PostgresType: String] = [:]
        do {
            try await connection.send(.simple("SELECT \(columns)"), until: deadline)
            while let result = try await connection.nextResult(until: deadline) {
                guard result.rowCount == 1 else { continue }
                for (column, type) in unknown.enumerated() { names[type] = result.text(0, CInt(column)) }
            }
        } catch {
            // The rows are there; a connection that is lost now shows at the next query.
            return names
        }
        return names
    }
}
