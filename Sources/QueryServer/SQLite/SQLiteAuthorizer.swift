import GRDBSQLite

/// What a statement may do beyond reading, as SQLite asks while it compiles one
/// (<https://www.sqlite.org/c3ref/set_authorizer.html>).
///
/// Writes to tables are left to the engine's own refusal (`SQLITE_READONLY`). Denied here is what would outlive the
/// statement or reach another file: ATTACH, transactions, temporary objects and PRAGMAs that set something.
enum SQLiteAuthorizer {
    static func install(on connection: OpaquePointer) {
        sqlite3_set_authorizer(connection, { _, action, first, second, _, _ in SQLiteAuthorizer.decide(action, first, second) }, nil)
    }

    /// PRAGMAs that only report, also when they have an argument.
    private static let reporting: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_info", "index_xinfo", "index_list", "foreign_key_list",
        "database_list", "collation_list", "function_list", "module_list", "pragma_list", "compile_options",
    ]

    /// PRAGMAs that report when they have no argument and set something when they do.
    private static let reportingWithoutArgument: Set<String> = [
        "user_version", "application_id", "encoding", "page_count", "page_size", "freelist_count", "journal_mode",
        "query_only", "schema_version", "data_version", "foreign_keys", "auto_vacuum",
    ]

    private static func decide(_ action: CInt, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?) -> CInt {
        switch action {
        case SQLITE_ATTACH, SQLITE_DETACH, SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_CREATE_TEMP_INDEX, SQLITE_CREATE_TEMP_TABLE,
            SQLITE_CREATE_TEMP_TRIGGER, SQLITE_CREATE_TEMP_VIEW:
            return SQLITE_DENY
        case SQLITE_PRAGMA:
            guard let first else { return SQLITE_DENY }
            let name = String(cString: first).lowercased()
            if reporting.contains(name) || second == nil && reportingWithoutArgument.contains(name) { return SQLITE_OK }
            return SQLITE_DENY
        case SQLITE_FUNCTION:
            // The second text is the function's name.
            if let second, String(cString: second).lowercased() == "load_extension" { return SQLITE_DENY }
            return SQLITE_OK
        default:
            return SQLITE_OK
        }
    }
}
