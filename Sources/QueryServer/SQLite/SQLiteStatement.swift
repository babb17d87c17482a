import GRDBSQLite
import MCPCore

/// One compiled statement, run to its end or to the limits on the thread that calls.
struct SQLiteStatement: ~Copyable {
    private let connection: OpaquePointer
    private let statement: OpaquePointer
    private let sql: String

    /// - Throws: `QueryFailure` with the position of what SQLite could not compile, also when a second statement follows.
    init(_ sql: String, connection: OpaquePointer) throws {
        self.connection = connection
        self.sql = sql
        statement = try Self.compile(sql, connection: connection)
    }

    private static func compile(_ sql: String, connection: OpaquePointer) throws -> OpaquePointer {
        let bytes = Array(sql.utf8)
        var compiled: OpaquePointer?
        var used = 0
        let status = bytes.withUnsafeBytes { buffer in
            let text = buffer.bindMemory(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let status = sqlite3_prepare_v2(connection, text.baseAddress, CInt(text.count), &compiled, &tail)
            if let tail, let start = text.baseAddress { used = tail - start }
            return status
        }
        guard status == SQLITE_OK else { throw failure(connection, sql: sql) }
        guard let compiled else {
            throw QueryFailure(.refused, "The statement is empty.", hint: "Give one SELECT statement.")
        }
        let rest = String(decoding: bytes[min(used, bytes.count)...], as: UTF8.self)
        guard SQLTokens(rest, dialect: .sqlite).tokens.allSatisfy({ $0.kind == .mark && $0.text == ";" }) else {
            sqlite3_finalize(compiled)
            throw QueryFailure(
                .refused, "Only one statement is run at a time; more follows the first.",
                hint: "Call run_query once for each SELECT.",
                position: String(decoding: bytes[..<used], as: UTF8.self).unicodeScalars.count, sql: sql)
        }
        return compiled
    }

    deinit { sqlite3_finalize(statement) }

    func bind(_ parameters: [JSONValue]) throws {
        let expected = Int(sqlite3_bind_parameter_count(statement))
        guard parameters.count == expected else {
            throw QueryFailure(
                .refused, "The statement has \(expected) placeholders, and \(parameters.count) parameters were given.",
                hint: "Give one value for each placeholder, in order.")
        }
        for (index, value) in parameters.enumerated() {
            let place = CInt(index + 1)
            let status =
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .bool(let flag): sqlite3_bind_int64(statement, place, flag ? 1 : 0)
                case .integer(let number): sqlite3_bind_int64(statement, place, number)
                case .double(let number): sqlite3_bind_double(statement, place, number)
                case .number(let number): bindText(number.literal, at: place)
                case .string(let text): bindText(text, at: place)
                case .array, .object:
                    throw QueryFailure(
                        .refused, "Parameter \(index + 1) is \(value.typeName); a parameter is a string, number, boolean or null.")
                }
            guard status == SQLITE_OK else { throw Self.failure(connection, sql: sql) }
        }
    }

    private func bindText(_ text: String, at place: CInt) -> CInt {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) {
                // -1 is SQLITE_TRANSIENT: SQLite copies the text.
                sqlite3_bind_text(statement, place, $0.baseAddress, CInt($0.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
    }

    /// Steps until the end or the limits.
    func run(limits: QueryLimits) throws -> QueryResult {
        let count = sqlite3_column_count(statement)
        var columns = (0..<count).map { index in
            ResultColumn(
                name: sqlite3_column_name(statement, index).map { String(cString: $0) } ?? "",
                type: sqlite3_column_decltype(statement, index).map { String(cString: $0) } ?? "")
        }
        var collector = ResultCollector(limits: limits)
        while true {
            let status = sqlite3_step(statement)
            if status == SQLITE_DONE { break }
            guard status == SQLITE_ROW else { throw Self.failure(connection, sql: sql) }
            // Sizes first: a row that does not fit is never copied.
            let bytes = (0..<count).reduce(0) { $0 + size(of: $1) }
            guard collector.admits(bytes: bytes) else { break }
            collector.append((0..<count).map { cell($0) })
            for index in 0..<count where columns[Int(index)].type.isEmpty {
                columns[Int(index)].type = Self.typeName(sqlite3_column_type(statement, index)) ?? ""
            }
        }
        return QueryResult(columns: columns, rows: collector.rows, truncation: collector.truncation)
    }

    private func size(of column: CInt) -> Int {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_TEXT, SQLITE_BLOB: Int(sqlite3_column_bytes(statement, column))
        default: 8
        }
    }

    private func cell(_ column: CInt) -> JSONValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return ExactNumber.json(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return ExactNumber.json(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let bytes = bytes(column, sqlite3_column_text(statement, column).map { UnsafeRawPointer($0) })
            // Text that is no UTF-8 goes out as its bytes, so that nothing is lost.
            return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? BinaryValue.json(bytes)
        case SQLITE_BLOB: return BinaryValue.json(bytes(column, sqlite3_column_blob(statement, column)))
        default: return .null
        }
    }

    private func bytes(_ column: CInt, _ start: UnsafeRawPointer?) -> [UInt8] {
        guard let start else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
    }

    private static func typeName(_ type: CInt) -> String? {
        switch type {
        case SQLITE_INTEGER: "INTEGER"
        case SQLITE_FLOAT: "REAL"
        case SQLITE_TEXT: "TEXT"
        case SQLITE_BLOB: "BLOB"
        default: nil
        }
    }

    static func failure(_ connection: OpaquePointer, sql: String) -> QueryFailure {
        let code = sqlite3_extended_errcode(connection)
        let offset = sqlite3_error_offset(connection)
        let position = offset < 0 ? nil : String(decoding: sql.utf8.prefix(Int(offset)), as: UTF8.self).unicodeScalars.count
        return QueryFailure(
            .engine, String(cString: sqlite3_errmsg(connection)), code: SQLiteCode.name(code), hint: SQLiteCode.hint(code),
            position: position, sql: sql)
    }
}

/// SQLite's result codes by name (<https://www.sqlite.org/rescode.html>).
enum SQLiteCode {
    static func name(_ code: CInt) -> String {
        switch code & 0xff {
        case SQLITE_ERROR: "SQLITE_ERROR"
        case SQLITE_READONLY: "SQLITE_READONLY"
        case SQLITE_INTERRUPT: "SQLITE_INTERRUPT"
        case SQLITE_AUTH: "SQLITE_AUTH"
        case SQLITE_BUSY: "SQLITE_BUSY"
        case SQLITE_TOOBIG: "SQLITE_TOOBIG"
        case SQLITE_NOTADB: "SQLITE_NOTADB"
        case SQLITE_CANTOPEN: "SQLITE_CANTOPEN"
        case SQLITE_CORRUPT: "SQLITE_CORRUPT"
        case SQLITE_NOMEM: "SQLITE_NOMEM"
        default: "SQLITE_\(code)"
        }
    }

    static func hint(_ code: CInt) -> String? {
        switch code & 0xff {
        case SQLITE_READONLY: "The engine opened this database read-only; only SELECT can be run."
        case SQLITE_AUTH: "This connection only reads: no ATTACH, transactions, temporary objects or PRAGMAs that set something."
        case SQLITE_TOOBIG: "A value is larger than this server reads; select part of it with substr()."
        case SQLITE_NOTADB: "Give the path of an SQLite database file."
        default: nil
        }
    }
}
