import CLibPQ
import Dispatch
import Foundation

/// One connection of libpq, driven without blocking a thread. Used by one caller at a time.
///
/// The actor runs on a queue of its own: libpq's calls that may block for a moment (name lookup) hold up nobody else.
actor PostgresConnection {
    private nonisolated let executor = QueueExecutor(label: "query-server.postgres")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let url: PostgresURL
    private var connection: OpaquePointer?

    init(_ url: PostgresURL) { self.url = url }

    // MARK: Opening and closing

    /// Settings of the session. They come with the connection, so that `DISCARD ALL` returns to them and not away from them.
    private static let settings = [
        "default_transaction_read_only=on", "lock_timeout=5s", "idle_in_transaction_session_timeout=60s", "DateStyle=ISO",
        "IntervalStyle=iso_8601", "bytea_output=hex", "extra_float_digits=1",
    ]

    /// Connects within 10 s, or the URL's `connect_timeout`.
    /// - Throws: `QueryFailure` without any password in it.
    func open() async throws {
        var parameters = try Self.parameters(of: url)
        let options = parameters["options"].map { [$0] } ?? []
        parameters["options"] = (options + Self.settings.map { "-c \($0)" }).joined(separator: " ")
        parameters["client_encoding"] = "UTF8"
        parameters["fallback_application_name"] = "query-server"
        let limit = parameters["connect_timeout"].flatMap(Int.init).map { max($0, 2) } ?? 10
        let names = Array(parameters.keys)
        connection = Self.withCStrings(names.map { $0 }) { keywords in
            Self.withCStrings(names.map { parameters[$0] }) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let connection else { throw QueryFailure(.unavailable, "There is not enough memory for a PostgreSQL connection.") }
        // libpq writes notices to stderr by itself, which would mix with the log.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        let deadline = DispatchTime.now() + .seconds(limit)
        var state = PGRES_POLLING_WRITING
        while PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_OK, state != PGRES_POLLING_FAILED {
            let direction: SocketReadiness.Direction = state == PGRES_POLLING_READING ? .readable : .writable
            guard await SocketReadiness.wait(PQsocket(connection), direction, until: deadline, on: executor.queue) else {
                close()
                throw QueryFailure(
                    .unavailable, "\(url) did not answer within \(limit) s.",
                    hint: "Check host and port, and that the server accepts connections from here.")
            }
            state = PQconnectPoll(connection)
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = url.redacting(String(cString: PQerrorMessage(connection)).trimmingSuffixNewlines)
            close()
            throw QueryFailure(
                .unavailable, "\(url) cannot be reached: \(message)",
                hint: "Check that the server runs, and host, port, user, password and database of this connection.")
        }
        PQsetnonblocking(connection, 1)
    }

    /// Reads the URL as libpq does. Its own message on failure may repeat parts of the password, so it is not shown.
    private static func parameters(of url: PostgresURL) throws -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard url.isUnambiguous, let options = PQconninfoParse(url.secretText, &message) else {
            if let message { PQfreemem(message) }
            throw QueryFailure(
                .unavailable, "The PostgreSQL URL cannot be read.",
                hint:
                    "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE and escape special characters in the password, such as %40 for @."
            )
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return parameters
    }

    func close() {
        if let connection { PQfinish(connection) }
        connection = nil
    }

    // MARK: State

    /// Whether the connection is open and outside any transaction.
    var isIdle: Bool { connection.map { PQstatus($0) == CONNECTION_OK && PQtransactionStatus($0) == PQTRANS_IDLE } ?? false }

    /// Whether a transaction is open, healthy or failed.
    var isInTransaction: Bool {
        guard let connection else { return false }
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    var serverVersion: String {
        connection.flatMap { PQparameterStatus($0, "server_version") }.map { String(cString: $0) } ?? ""
    }

    func makeCancelRequest() -> CancelRequest? { connection.flatMap(CancelRequest.init) }

    // MARK: Sending and receiving

    /// A message to the server that is answered with results.
    enum Command {
        /// Text without parameters; several statements are allowed. Only for the server's own texts.
        case simple(String)
        /// Parses one statement, of any length, into the unnamed prepared statement.
        case prepare(String)
        case describe
        /// Runs the unnamed prepared statement, with a result for every row.
        case execute([String?])
    }

    func send(_ command: Command) async throws {
        guard let connection else { throw lost() }
        let sent =
            switch command {
            case .simple(let sql): PQsendQuery(connection, sql)
            case .prepare(let sql): PQsendPrepare(connection, "", sql, 0, nil)
            case .describe: PQsendDescribePrepared(connection, "")
            case .execute(let values):
                Self.withCStrings(values) { PQsendQueryPrepared(connection, "", CInt(values.count), $0, nil, nil, 0) }
            }
        guard sent == 1 else { throw lost() }
        if case .execute = command { PQsetSingleRowMode(connection) }
        while true {
            let unsent = PQflush(connection)
            if unsent == 0 { return }
            guard unsent == 1 else { throw lost() }
            _ = await SocketReadiness.wait(PQsocket(connection), .writable, on: executor.queue)
        }
    }

    /// The next result of the last command; `nil` when there is none any more.
    /// - Throws: `QueryFailure` when the server is silent until `deadline` or the connection is lost.
    func nextResult(until deadline: DispatchTime) async throws -> PostgresResult? {
        guard let connection else { throw lost() }
        while PQisBusy(connection) == 1 {
            guard await SocketReadiness.wait(PQsocket(connection), .readable, until: deadline, on: executor.queue) else {
                throw QueryFailure(.timeout, "The PostgreSQL server did not answer in time.", hint: "Try again, or read fewer rows.")
            }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
        return PQgetResult(connection).map { PostgresResult($0) }
    }

    private func lost() -> QueryFailure {
        let message = connection.map { url.redacting(String(cString: PQerrorMessage($0)).trimmingSuffixNewlines) } ?? "it is closed"
        return QueryFailure(.unavailable, "The connection to \(url) was lost: \(message)", hint: "Try again; a new connection is made.")
    }

    /// Calls `body` with an array of C strings that ends in a null pointer.
    private static func withCStrings<Value>(
        _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        let copies = strings.map { $0.flatMap { strdup($0) } }
        defer { copies.forEach { free($0) } }
        return (copies + [nil]).map { $0.map { UnsafePointer($0) } }.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
