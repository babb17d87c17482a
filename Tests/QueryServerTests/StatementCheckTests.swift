import Testing

@testable import QueryServer

@Suite struct StatementCheckTests {
    static let reading = [
        "SELECT 1", "select * from t;", "  -- first\n /* x */ (SELECT 1) UNION SELECT 2", "VALUES (1)", "EXPLAIN SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a", "WITH delete AS (SELECT 1) SELECT * FROM delete", "SELECT 'a;b', \"c;d\" -- ; DELETE",
        "SELECT replace('a', 'b', 'c') AS update FROM t",
        "WITH a AS (SELECT replace(x, 'a', 'b') FROM t) SELECT (replace(y, 'c', 'd')) FROM a",
        "SELECT 'DELETE FROM t'", "SELECT updated, \"insert\" FROM t",
    ]

    @Test(arguments: reading, [SQLDialect.sqlite, .postgresql]) func readingIsLetThrough(sql: String, dialect: SQLDialect) throws {
        try StatementCheck.check(sql, dialect: dialect)
    }

    @Test(arguments: [
        ("UPDATE t SET x = 1", "found UPDATE"), ("insert into t values (1)", "found INSERT"), ("DROP TABLE t", "found DROP"),
        ("WITH a AS (SELECT 1) DELETE FROM t", "found DELETE"), ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "found DELETE"),
        ("EXPLAIN ANALYZE UPDATE t SET x = 1", "found UPDATE"), ("SELECT 1; DELETE FROM t", "found 2 (SELECT; DELETE)"), ("", "is empty"),
        (" ; -- x", "is empty"), ("/* SELECT */ DELETE FROM t", "found DELETE"), ("'SELECT'", "found a value"),
    ])
    func refusalsNameWhatWasFound(sql: String, message: String) {
        for dialect in [SQLDialect.sqlite, .postgresql] {
            let failure = #expect(throws: QueryFailure.self) { try StatementCheck.check(sql, dialect: dialect) }
            #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
            #expect(failure?.reason == .refused)
        }
    }

    @Test(arguments: [
        "SELECT $a$;DELETE$a$", "SELECT E'\\';' ", "SELECT /* /* ; */ ; */ 1", "TABLE t", "SHOW server_version", "SELECT $1, $2",
    ])
    func postgresQuotesHideSemicolons(sql: String) throws {
        try StatementCheck.check(sql, dialect: .postgresql)
    }

    @Test(arguments: ["SELECT [a;b], `c;d` FROM t", "PRAGMA table_info(t)", "SELECT 'a\\' AS x"])
    func sqliteQuotesHideSemicolons(sql: String) throws {
        try StatementCheck.check(sql, dialect: .sqlite)
    }

    @Test(arguments: ["SELECT lo_export(1, '/tmp/x')", "SELECT pg_read_file ('/etc/passwd')", "SELECT * FROM dblink('x', 'y') AS t(a int)"])
    func outsideFunctionsAreNamed(sql: String) {
        let failure = #expect(throws: QueryFailure.self) { try StatementCheck.check(sql, dialect: .postgresql) }
        #expect(failure?.message.contains("reaches outside") == true)
    }
}
