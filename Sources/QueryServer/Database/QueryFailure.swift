/// A query that failed, told so that a person or a model can mend it. Never holds a password.
struct QueryFailure: Error, Sendable, Hashable {
    enum Reason: Sendable, Hashable {
        /// The server refused the statement before it reached the engine.
        case refused
        /// The engine refused or failed.
        case engine
        /// The engine stopped the statement because its time was up.
        case timeout
        /// The database cannot be reached, or the session was lost.
        case unavailable
    }

    var reason: Reason
    /// What is wrong, in the engine's words where it spoke.
    var message: String
    /// SQLSTATE of PostgreSQL (`42703`), or the name of SQLite's result code (`SQLITE_READONLY`).
    var code: String?
    var detail: String?
    var hint: String?
    /// Where in the SQL: the number of Unicode scalars before the place.
    var position: Int?
    /// The statement, for showing the place.
    var sql: String?

    init(
        _ reason: Reason, _ message: String, code: String? = nil, detail: String? = nil, hint: String? = nil,
        position: Int? = nil, sql: String? = nil
    ) {
        self.reason = reason
        self.message = message
        self.code = code
        self.detail = detail
        self.hint = hint
        self.position = position
        self.sql = sql
    }
}

extension QueryFailure: CustomStringConvertible {
    var description: String {
        var lines = [code.map { "\(message) (\($0))" } ?? message]
        if let place { lines.append(place) }
        if let detail { lines.append("Detail: \(detail)") }
        if let hint { lines.append("Hint: \(hint)") }
        return lines.joined(separator: "\n")
    }

    /// The line that the position falls in, with a mark under the place.
    private var place: String? {
        guard let sql, let position else { return nil }
        let scalars = sql.unicodeScalars
        guard position >= 0, position <= scalars.count else { return nil }
        let index = scalars.index(scalars.startIndex, offsetBy: position)
        let before = scalars[..<index]
        let lineStart = before.lastIndex(of: "\n").map { scalars.index(after: $0) } ?? scalars.startIndex
        let lineEnd = scalars[index...].firstIndex(of: "\n") ?? scalars.endIndex
        let number = before.count { $0 == "\n" } + 1
        let column = scalars.distance(from: lineStart, to: index)
        // A long line is cut to what surrounds the place.
        let from = scalars.index(lineStart, offsetBy: max(0, column - 60))
        let to = scalars.index(index, offsetBy: 60, limitedBy: lineEnd) ?? lineEnd
        let excerpt = String(scalars[from..<to]).replacing("\t", with: " ").replacing("\r", with: " ")
        let mark = String(repeating: " ", count: min(column, 60)) + "^"
        return "At line \(number), column \(column + 1):\n  \(excerpt)\n  \(mark)"
    }
}
