/// Reads a statement before it is sent, only so that a refusal is clear. The engine's read-only mode is what protects the data.
enum StatementCheck {
    /// - Throws: `QueryFailure` that names what was found and what may stand there instead.
    static func check(_ sql: String, dialect: SQLDialect) throws(QueryFailure) {
        let all = SQLTokens(sql, dialect: dialect).tokens
        let statements = all.split(whereSeparator: { $0.kind == .mark && $0.text == ";" }).map(Array.init)
        guard let statement = statements.first else {
            throw refusal("The statement is empty.", hint: "Give one SELECT statement.", position: nil, sql: sql)
        }
        guard statements.count == 1 else {
            throw refusal(
                "Only one statement is run at a time; found \(statements.count) (\(statements.map(verb).joined(separator: "; "))).",
                hint: "Call run_query once for each SELECT.", position: statements[1][0].position, sql: sql)
        }
        try checkVerb(statement, dialect: dialect, sql: sql)
        if dialect == .postgresql { try checkFunctions(statement, sql: sql) }
    }

    private static func verb(_ statement: [SQLTokens.Token]) -> String {
        statement.first { $0.kind == .word }?.text ?? "…"
    }

    private static let writing: Set<String> = ["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"]

    private static func checkVerb(_ statement: [SQLTokens.Token], dialect: SQLDialect, sql: String) throws(QueryFailure) {
        var reading: Set<String> = ["SELECT", "WITH", "VALUES", "EXPLAIN"]
        reading.formUnion(dialect == .sqlite ? ["PRAGMA"] : ["TABLE", "SHOW"])
        guard let first = statement.first(where: { !($0.kind == .mark && $0.text == "(") }), first.kind == .word,
            reading.contains(first.text)
        else {
            let found = statement.first { $0.kind == .word } ?? statement[0]
            throw writeRefusal(found: found, reading: reading, sql: sql)
        }
        // WITH … DELETE, EXPLAIN ANALYZE UPDATE, and writing parts of a WITH, which begin after a parenthesis.
        guard first.text == "WITH" || first.text == "EXPLAIN" else { return }
        var depth = 0
        for (index, token) in statement.enumerated() {
            if token.kind == .mark, token.text == "(" { depth += 1 }
            if token.kind == .mark, token.text == ")" { depth -= 1 }
            guard token.kind == .word, writing.contains(token.text) else { continue }
            let previous = index > 0 ? statement[index - 1] : nil
            let next = index + 1 < statement.count ? statement[index + 1] : nil
            let called = next?.kind == .mark && next?.text == "("
            let opensPart = previous?.kind == .mark && previous?.text == "(" && depth == 1 && !called
            let follows = depth == 0 && !called && (previous?.text == ")" || first.text == "EXPLAIN" && previous?.kind == .word)
            if opensPart || follows { throw writeRefusal(found: token, reading: reading, sql: sql) }
        }
    }

    /// Functions of PostgreSQL that reach outside the transaction, where a role with more rights than it needs may call them.
    private static let outside: Set<String> = [
        "LO_IMPORT", "LO_EXPORT", "PG_READ_FILE", "PG_READ_BINARY_FILE", "PG_LS_DIR", "PG_STAT_FILE", "PG_TERMINATE_BACKEND",
        "PG_CANCEL_BACKEND", "PG_RELOAD_CONF", "PG_ROTATE_LOGFILE", "PG_PROMOTE", "PG_SWITCH_WAL", "PG_CREATE_RESTORE_POINT",
        "SET_CONFIG", "PG_LOGICAL_EMIT_MESSAGE",
    ]

    private static func checkFunctions(_ statement: [SQLTokens.Token], sql: String) throws(QueryFailure) {
        for (token, next) in zip(statement, statement.dropFirst()) where token.kind == .word && next.text == "(" && next.kind == .mark {
            if outside.contains(token.text) || token.text.hasPrefix("DBLINK") || token.text.hasPrefix("PG_ADVISORY_LOCK") {
                throw refusal(
                    "The function \(token.text.lowercased()) is not run: it reaches outside a read-only query.",
                    hint: "Read tables and views with SELECT.", position: token.position, sql: sql)
            }
        }
    }

    private static func writeRefusal(found: SQLTokens.Token, reading: Set<String>, sql: String) -> QueryFailure {
        let what = found.text.isEmpty ? "a value" : found.text
        return refusal(
            "Only one read-only statement is run; found \(what). This connection is read-only.",
            hint: "The statement may begin with \(reading.sorted().joined(separator: ", ")).", position: found.position, sql: sql)
    }

    private static func refusal(_ message: String, hint: String, position: Int?, sql: String) -> QueryFailure {
        QueryFailure(.refused, message, hint: hint, position: position, sql: sql)
    }
}
