import MCPMacros

/// The result of `list_connections`.
@Schema struct ConnectionList {
    var connections: [Connection]

    var toolResult: CallToolResult {
        let lines = connections.map { connection in
            let state = connection.version ?? connection.error.map { "does not answer: \($0)" } ?? ""
            let warnings = (connection.warnings ?? []).map { "\n  Warning: \($0)" }.joined()
            return "\(connection.name) (\(connection.dialect.rawValue), read-only): \(connection.location). \(state)\(warnings)"
        }
        return CallToolResult(content: [.text(lines.joined(separator: "\n"))], structuredContent: json)
    }
}

/// A database that can be read.
@Schema struct Connection {
    /// Names the database in the other tools.
    var name: String
    var dialect: ConnectionDialect
    /// Where the data is, without any password.
    var location: String
    /// Whether the database answers now.
    var available: Bool
    /// Always true: the engine refuses writes.
    var readOnly: Bool
    /// The engine and its version.
    var version: String?
    /// Why it does not answer.
    var error: String?
    /// What the operator should know.
    var warnings: [String]?

    init(_ database: any Database, status: DatabaseStatus) {
        self.init(database, available: true)
        version = status.version
        warnings = status.warnings.isEmpty ? nil : status.warnings
    }

    init(_ database: any Database, failure: QueryFailure) {
        self.init(database, available: false)
        error = failure.description
    }

    private init(_ database: any Database, available: Bool) {
        name = database.name
        dialect = database.dialect == .sqlite ? .sqlite : .postgresql
        location = database.location
        readOnly = true
        self.available = available
    }
}

/// The SQL that a database understands.
@Schema enum ConnectionDialect: String {
    case sqlite, postgresql
}
