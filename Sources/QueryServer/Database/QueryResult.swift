import MCPCore

/// A column of a result.
struct ResultColumn: Sendable, Hashable {
    var name: String
    /// The type as the engine names it, such as `numeric` or `INTEGER`; empty where the engine gives none.
    var type: String
}

/// The rows that a query gave, up to its limits.
struct QueryResult: Sendable, Hashable {
    /// Why reading stopped before the end.
    enum Truncation: Sendable, Hashable {
        case rows(limit: Int)
        case bytes(limit: Int)
    }

    var columns: [ResultColumn]
    /// One array of cells a row, in the order of `columns`.
    var rows: [[JSONValue]]
    var truncation: Truncation?
}

/// Counts rows and bytes against the limits while a result is read.
struct ResultCollector {
    private(set) var rows: [[JSONValue]] = []
    private(set) var truncation: QueryResult.Truncation?
    private var bytes = 0
    private let limits: QueryLimits

    init(limits: QueryLimits) { self.limits = limits }

    /// Whether one more row of that many bytes still fits. When it does not, the result is marked as truncated.
    mutating func admits(bytes count: Int) -> Bool {
        guard truncation == nil else { return false }
        if rows.count >= limits.rows {
            truncation = .rows(limit: limits.rows)
            return false
        }
        bytes += count
        if bytes > limits.bytes {
            truncation = .bytes(limit: limits.bytes)
            return false
        }
        return true
    }

    mutating func append(_ row: [JSONValue]) { rows.append(row) }
}
