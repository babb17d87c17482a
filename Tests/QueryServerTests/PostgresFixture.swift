import Foundation
import TestSupport
import Testing

@testable import QueryServer

/// A database for tests that read, on the real server that this test process started.
struct PostgresFixture {
    let server: PostgresServer
    let databaseName: String

    init(_ script: String = Self.shop) async throws {
        server = try await PostgresServer.shared()
        databaseName = try await server.database(filledBy: script)
    }

    /// As the superuser, who may do everything that the engine does not refuse.
    func database(sessions: Int = 1, user: String = "postgres") -> PostgresDatabase {
        PostgresDatabase(name: "test", url: PostgresURL(server.url(database: databaseName, user: user)), sessions: sessions, patience: .long)
    }

    func psql(_ script: String) async throws -> String {
        try await server.psql(databaseName, script).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static let shop = """
        CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
        COMMENT ON TABLE customers IS 'People who buy';
        COMMENT ON COLUMN customers.name IS 'Full name';
        CREATE TABLE orders (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int REFERENCES customers (id), total numeric(10,2) DEFAULT 0);
        CREATE INDEX orders_by_total ON orders (total);
        CREATE VIEW rich AS SELECT * FROM orders WHERE total > 100;
        INSERT INTO customers VALUES (1, 'Ada'), (2, 'Emil');
        INSERT INTO orders (customer_id, total) VALUES (1, 12.50), (2, 199.99);
        CREATE SEQUENCE numbers;
        """
}

extension PostgresPatience {
    /// However slow the machine is.
    static let long = PostgresPatience(cancel: .seconds(60), session: .seconds(60), count: .seconds(60))
}

extension Trait where Self == ConditionTrait {
    /// Runs only where PostgreSQL is installed; with `CI=true` it runs and fails without it.
    static var needsPostgres: Self {
        .enabled(if: PostgresServer.isExpected, "PostgreSQL is not installed: apt install postgresql")
    }
}
