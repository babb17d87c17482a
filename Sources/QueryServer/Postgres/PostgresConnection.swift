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
    private var relay: PostgresRelay?
    /// Bytes that came since the last result.
    private var taken = 0
    /// The most bytes that one result took.
    private var most = 0

    /// The largest row, or other message of the server, that is read, in bytes; bounds the memory of a session.
    static let largestMessage = 16 << 20
    /// libpq never gives memory back, so a session that took a larger message is not used again.
    private static let largestKept = 1 << 20

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
        relay = PostgresRelay(takingPlaceOf: PQsocket(connection))
        guard relay != nil else {
            close()
            throw QueryFailure(.unavailable, "There are no descriptors left for a PostgreSQL connection.")
        }
    }

    /// Reads the URL as libpq does. Its own message on failure may repeat parts of the password, so it is not shown.
    private static func parameters(of url: PostgresURL) throws -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard url.isUnambiguous, let options = PQconninfoParse(url.secretText, &message) else {
            if let message { PQfreemem(message) }
            throw QueryFailure(
                .unavailable, "The PostgreSQL URL cannot be read.",
                hint:
                    "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE and escape special characters in the password: %40 for @, %2C for a comma."
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
        // libpq's farewell.
        _ = relay?.deliver()
        relay = nil
    }

    /// Ends the connection under whoever waits for the server, which then fails as if the server had gone.
    func abandon() { relay?.abandon() }

    // MARK: State

    /// Whether the connection is open, outside any transaction, and holds no more memory than others.
    var isReusable: Bool {
        guard let connection, most <= Self.largestKept else { return false }
        return PQstatus(connection) == CONNECTION_OK && PQtransactionStatus(connection) == PQTRANS_IDLE
    }

    /// Whether a transaction is open, healthy or failed.
    var isInTransaction: Bool {
        guard let connection else { return false }
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    var serverVersion: String {
        connection.flatMap { PQparameterStatus($0, "server_version") }.map { String(cString: $0) } ?? ""
    }

    /// A request that stops what the session runs, and ends the connection where that has no effect.
    /// - Parameter patience: how long the server has for it.
    func makeCancelRequest(patience: Duration) -> CancelRequest? {
        connection.flatMap { connection in
            // Unstructured, because whoever cancels does not wait; it only ends the socket.
            CancelRequest(connection, patience: patience) { Task { await self.abandon() } }
        }
    }

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

    /// - Throws: `QueryFailure` when the server does not take the command until `deadline` or the connection is lost.
    func send(_ command: Command, until deadline: DispatchTime) async throws {
        guard let connection, let relay else { throw lost() }
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
            guard unsent >= 0 else { throw lost() }
            switch relay.deliver() {
            case .complete: if unsent == 0 { return }
            case .failed: throw lost()
            case .waiting:
                guard await SocketReadiness.wait(relay.server, .writable, until: deadline, on: executor.queue) else { throw Self.silent }
            }
        }
    }

    /// The next result of the last command; `nil` when there is none any more.
    /// - Throws: `QueryFailure` when the server is silent until `deadline`, sends too large a row, or the connection is lost.
    func nextResult(until deadline: DispatchTime) async throws -> PostgresResult? {
        guard let connection, let relay else { throw lost() }
        while PQisBusy(connection) == 1 {
            if !PostgresRelay.hasUnread(PQsocket(connection)) {
                guard taken <= Self.largestMessage else {
                    close()
                    throw QueryFailure(
                        .engine, "A row is larger than the \(Self.largestMessage >> 20) MiB that this server reads.",
                        hint: "Select part of it with substr(), or fewer columns.")
                }
                guard await SocketReadiness.wait(relay.server, .readable, until: deadline, on: executor.queue) else { throw Self.silent }
                taken += relay.receive()
                most = max(most, taken)
            }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
            // With encryption, reading can have something to say.
            guard relay.deliver() != .failed else { throw lost() }
        }
        taken = 0
        return PQgetResult(connection).map { PostgresResult($0) }
    }

    private static let silent = QueryFailure(
        .timeout, "The PostgreSQL server did not answer in time.", hint: "Try again, or read fewer rows.")

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
