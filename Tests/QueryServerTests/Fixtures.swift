import Foundation
import GRDB
import MCPCore
import TestSupport

@testable import QueryServer

/// An SQLite file that a test filled, removed with the object.
final class TemporarySQLite: Sendable {
    let path: String

    init(_ script: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("query-\(UUID().uuidString).sqlite").path
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: script) }
        try queue.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var bytes: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: path)) } }
}

func sampleDatabase() throws -> SQLiteDatabase {
    SQLiteDatabase(name: "shop", source: .image(try SampleShop.makeImage()))
}

/// What a statement fails with; `nil` when it does not fail.
func failure(_ database: any QueryServer.Database, _ sql: String, checks: StatementChecks = .all, limits: QueryLimits = QueryLimits())
    async throws
    -> QueryFailure?
{
    do {
        _ = try await database.query(sql, parameters: [], limits: limits, checks: checks)
        return nil
    } catch let failure as QueryFailure {
        return failure
    }
}

/// The first row's first cell.
func scalar(_ database: any QueryServer.Database, _ sql: String) async throws -> JSONValue? {
    try await database.query(sql).rows.first?.first
}
