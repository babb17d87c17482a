import MCPTransport

/// The databases of a server, by name.
struct DatabaseSet: Sendable {
    let all: [any Database]

    /// - Throws: `DatabaseAddressError` when there is none or two have one name.
    init(_ databases: [any Database]) throws {
        guard !databases.isEmpty else { throw DatabaseAddressError("No database is given. \(DatabaseAddress.forms).") }
        var names: Set<String> = []
        for database in databases where !names.insert(database.name).inserted {
            throw DatabaseAddressError("Two databases are named \(database.name): give each a name of its own, as NAME=ADDRESS.")
        }
        all = databases
    }

    /// Makes what the addresses say.
    init(addresses: [DatabaseAddress]) throws {
        try self.init(
            addresses.map { address -> any Database in
                switch address.place {
                case .sample: SQLiteDatabase(name: address.name, source: .image(try SampleShop.makeImage()))
                case .sqlite(let path): SQLiteDatabase(name: address.name, source: .file(path: path))
                case .postgres(let url): PostgresDatabase(name: address.name, url: url)
                }
            })
    }

    /// - Throws: `ToolError` that lists the names.
    func database(named name: String?) throws -> any Database {
        let names = all.map(\.name).joined(separator: ", ")
        guard let name else {
            if all.count == 1 { return all[0] }
            throw ToolError("There are several connections: \(names). Say which one in `connection`.")
        }
        if let database = all.first(where: { $0.name == name }) { return database }
        throw ToolError("There is no connection \(name). There are: \(names).")
    }

    func close() async {
        for database in all { await database.close() }
    }
}
