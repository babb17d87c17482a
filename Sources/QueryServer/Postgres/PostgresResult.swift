import CLibPQ

/// One result of libpq, freed when it goes out of scope.
struct PostgresResult: ~Copyable, Sendable {
    // Never changed once libpq has made it, so any thread may read it (libpq's manual, "Behavior in Threaded Programs").
    private nonisolated(unsafe) let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    var status: ExecStatusType { PQresultStatus(result) }
    var isError: Bool { status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE }
    var columnCount: CInt { PQnfields(result) }
    var rowCount: CInt { PQntuples(result) }
    /// After describing a prepared statement: how many placeholders it has.
    var parameterCount: Int { Int(PQnparams(result)) }

    func columnName(_ column: CInt) -> String { PQfname(result, column).map { String(cString: $0) } ?? "" }
    func columnType(_ column: CInt) -> PostgresType { PostgresType(oid: PQftype(result, column), modifier: PQfmod(result, column)) }

    /// Bytes of a row's values, as the server sent them.
    func size(ofRow row: CInt) -> Int { (0..<columnCount).reduce(0) { $0 + Int(PQgetlength(result, row, $1)) } }

    func text(_ row: CInt, _ column: CInt) -> String? {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return nil }
        let count = Int(PQgetlength(result, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    /// The failure that the server reported.
    /// - Parameter sql: the statement that a position in the report refers to.
    func failure(sql: String? = nil) -> QueryFailure {
        func field(_ code: CInt) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        let code = field(CLIBPQ_DIAG_SQLSTATE)
        let message =
            field(CLIBPQ_DIAG_MESSAGE_PRIMARY)
            ?? String(cString: PQresultErrorMessage(result)).trimmingSuffixNewlines
        let position = field(CLIBPQ_DIAG_STATEMENT_POSITION).flatMap(Int.init).map { $0 - 1 }
        return QueryFailure(
            code == SQLState.queryCanceled ? .timeout : .engine, message, code: code, detail: field(CLIBPQ_DIAG_MESSAGE_DETAIL),
            hint: field(CLIBPQ_DIAG_MESSAGE_HINT) ?? SQLState.hint(code), position: sql == nil ? nil : position, sql: sql)
    }
}

/// Codes of PostgreSQL's appendix A that the server treats on its own.
enum SQLState {
    static let queryCanceled = "57014"
    static let lockNotAvailable = "55P03"
    static let readOnlyTransaction = "25006"
    static let insufficientPrivilege = "42501"

    static func hint(_ code: String?) -> String? {
        switch code {
        case queryCanceled: "Read fewer rows: add a WHERE clause or a LIMIT, or join on indexed columns."
        case readOnlyTransaction: "The engine runs every query in a read-only transaction; only SELECT can be run."
        case lockNotAvailable: "Another session holds a lock on the table; try again later."
        case insufficientPrivilege: "The role of this connection may not read this; choose another table or ask for the right to read it."
        default: nil
        }
    }
}

extension String {
    /// libpq ends its messages with a line feed.
    var trimmingSuffixNewlines: String {
        var text = self[...]
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
