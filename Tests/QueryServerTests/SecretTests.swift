import Testing

@testable import QueryServer

@Suite struct SecretTests {
    @Test(arguments: [
        "postgres://ada:s3cr%40t-word@127.0.0.1:1/shop", "postgresql://ada:s3cr@t-word@127.0.0.1:1/shop",
        "postgres://127.0.0.1:1/shop?user=ada&password=s3cr%40t-word", "postgres://ada:s3cr@t-word/x@127.0.0.1:port/shop",
        "postgres://ada:s3cr%zzt-word@127.0.0.1:1/shop", "postgres://ada:s3cr/t-word@127.0.0.1:1/shop",
        "postgres://ada:s3cr?t-word@127.0.0.1:1/shop",
        "postgres://ada:1:s3cr%40t-word@nowhere.invalid/shop?sslmode=disable",
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

    @Test func addressesAreRead() throws {
        #expect(try DatabaseAddress("sample") == DatabaseAddress("shop=sample"))
        #expect(try DatabaseAddress("/tmp/a.b/books.sqlite").name == "books")
        #expect(try DatabaseAddress("x=sqlite:/tmp/a=b.db").place == .sqlite(path: "/tmp/a=b.db"))
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
