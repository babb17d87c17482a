import Testing

@testable import QueryServer

@Suite struct SecretTests {
    @Test(arguments: [
        "postgres://ada:s3cr%40t-word@127.0.0.1:1/shop", "postgresql://ada:s3cr@t-word@127.0.0.1:1/shop",
        "postgres://127.0.0.1:1/shop?user=ada&password=s3cr%40t-word", "postgres://ada:s3cr@t-word/x@127.0.0.1:port/shop",
        "postgres://ada:s3cr%zzt-word@127.0.0.1:1/shop", "postgres://ada:s3cr/t-word@127.0.0.1:1/shop",
        "postgres://ada:s3cr?t-word@127.0.0.1:1/shop",
        "postgres://ada:1:s3cr%40t-word@nowhere.invalid/shop?sslmode=disable",
        // What is left of one that was split at a comma, and an `@` that is escaped too much.
        "postgres://ada:s3cr", "postgres://ada:s3cr%40127.0.0.1/shop", "postgres://ada@127.0.0.1:s3cr/shop", "postgres://127.0.0.1:1,ada:s3cr/shop",
        "postgres://127.0.0.1:1/shop;user=ada;password=s3cr",
    ])
    func passwordsAreNeverShown(url: String) async throws {
        let address = try DatabaseAddress("books=\(url)")
        guard case .postgres(let postgres) = address.place else {
            Issue.record("no PostgreSQL address")
            return
        }
        let database = PostgresDatabase(name: address.name, url: postgres)
        let failure = try #require(try await failure(database, "SELECT 1"))
        var shown = "\(failure) \(database.location) \(postgres) \(address)"
        dump(postgres, to: &shown)
        dump(address, to: &shown)
        #expect(!shown.contains("s3cr"), "\(shown)")
        #expect(!shown.contains("t-word"), "\(shown)")
        #expect(failure.reason == .unavailable)
    }

    /// What is no URL may be a part of one, or libpq's other form: where it could hold a password it is not taken for the path of a file.
    @Test(arguments: [
        "cret@db/shop", "host=db user=app password=s3cret dbname=x", "postgres:/app:s3cret@db/shop", "postgres:app:s3cret@db/shop",
        "POSTGRESQL:/app:s3cret/shop", "app:s3cret@db/shop", "books=app:s3cret@db", "postgres//app:s3cret@db/shop", "postgre://app:s3cret@db/shop",
        "s3cret://x@db/shop", "host=db user=s3cret", "dbname=x PASSWORD=s3cret", "sqlite:/tmp/x.db?password=s3cret", "=s3cret@db",
    ])
    func whatMayHoldAPasswordIsRefusedUnseen(text: String) throws {
        let error = try #require(throws: DatabaseAddressError.self) { try DatabaseAddress(text) }
        #expect(!error.description.contains("cret") && !error.description.contains("app"), "\(error)")
        #expect(error.description.contains("postgres://USER@HOST:PORT/DATABASE"))
        if !text.contains("://"), text.contains("@"), !text.hasPrefix("=") { #expect(error.description.contains("write %2C for a comma")) }
    }

    @Test(arguments: [
        "postgres://u@h", "postgres://u@h/db", "postgres://u:p@h:5432/db", "postgres://u:p@[::1]:5432/db", "postgres://[::1]/db", "postgres://h1:1,h2:2/db",
        "postgres://u:p@h1,h2:2/db", "postgres:///db?host=/tmp", "postgres://%2Ftmp/db", "postgresql://u:a%3Ab%2Cc@h:1/db", "postgres://h:/db",
    ])
    func urlsOfEveryFormAreRead(url: String) { #expect(PostgresURL(url).isUnambiguous) }

    @Test func addressesAreRead() throws {
        #expect(try DatabaseAddress("sample") == DatabaseAddress("shop=sample"))
        #expect(try DatabaseAddress("/tmp/a.b/books.sqlite").name == "books")
        #expect(try DatabaseAddress("x=sqlite:/tmp/a=b.db").place == .sqlite(path: "/tmp/a=b.db"))
        #expect(try DatabaseAddress("sqlite:/data/me@home/x.db").place == .sqlite(path: "/data/me@home/x.db"))
        #expect(try DatabaseAddress("host=/data/x.db").place == .sqlite(path: "/data/x.db"))
        #expect(try DatabaseAddress("postgres://u@h/db-1").name == "db-1")
        #expect(try DatabaseAddress("a=postgres://u:p=q@h:5/db").name == "a")
        #expect("\(PostgresURL("postgres://u:p@h:5/db?password=x"))" == "postgres://u@h:5/db")
        #expect("\(PostgresURL("postgres:///db"))" == "postgres://(local socket)/db")
    }

    @Test(arguments: ["", "x=", "=sample", "mysql://u:s3cret@h/db", "sqlite:"])
    func wrongAddressesSayWhatWouldBeRight(text: String) throws {
        let error = #expect(throws: DatabaseAddressError.self) { try DatabaseAddress(text) }
        #expect(error?.description.contains("postgres://USER@HOST:PORT/DATABASE") == true)
        #expect(error?.description.contains("s3cret") == false)
    }
}
