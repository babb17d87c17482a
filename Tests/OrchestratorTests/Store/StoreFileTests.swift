import Foundation
import GRDB
import MCPCore
import Testing

@testable import Orchestrator

/// The file: made, migrated, refused.
struct StoreFileTests {
    private static func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func theFolderIsMadeForTheOwnerAlone() async throws {
        let directory = try StoreDirectory()
        try await directory.store().check()
        #expect(try Self.mode("\(directory.path)/data") == 0o700)
    }

    @Test func anEmptyFileAndACurrentOneAreMigrated() async throws {
        let directory = try StoreDirectory()
        try FileManager.default.createDirectory(atPath: "\(directory.path)/data", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: directory.file, contents: Data()))
        let store = try directory.store()
        try await store.write([.header(.make("c1")), .entry(conversation: "c1", position: 0, .user("u", "Hi"))])
        let migrations = try await directory.strings("SELECT identifier FROM grdb_migrations ORDER BY rowid")
        #expect(migrations == SQLiteSchema.migrator.migrations)
        // Opening once more changes nothing.
        let again = try directory.store()
        #expect(try await again.conversation("c1")?.entries == [.user("u", "Hi")])
        #expect(try await directory.strings("SELECT identifier FROM grdb_migrations ORDER BY rowid") == migrations)
    }

    /// A file as the first version left it: what later versions added is filled from what is there.
    @Test func aFileOfTheFirstVersionKeepsWhatItHolds() async throws {
        let directory = try StoreDirectory()
        try FileManager.default.createDirectory(atPath: "\(directory.path)/data", withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: directory.file)
        try SQLiteSchema.migrator.migrate(queue, upTo: "1 conversations")
        let entry = ChatEntry.user("u", "Über Größen", client: "page-1")
        try await queue.write { database in
            try database.execute(sql: "INSERT INTO conversation VALUES ('c1', 'me', 'Straße', 1000, 2000, 5, 0, NULL, NULL)")
            try database.execute(
                sql: "INSERT INTO entry VALUES ('c1', 0, 'user', ?, 'Über Größen')", arguments: [EntryCoding.json(entry).serializedString])
        }
        try queue.close()
        let store = try directory.store()
        #expect(try await store.conversation("c1")?.entries == [entry])
        #expect(try await store.conversation(of: "me", clientMessageID: "page-1") == "c1")
        #expect(try await store.search("über größe", of: "me", limit: 10).map(\.entryID) == ["u"])
        #expect(try await store.search("STRAßE", of: "me", limit: 10).map(\.entryID) == ["u"])
    }

    @Test func aFileOfALaterVersionIsRefusedWithWhatToDo() async throws {
        let directory = try StoreDirectory()
        try await directory.store().write([.header(.make("c1"))])
        try await directory.execute("INSERT INTO grdb_migrations VALUES ('99 something new')")
        #expect {
            try directory.store()
        } throws: { error in
            error as? StoreFailure == .tooNew(path: directory.file)
                && "\(error)".contains(directory.file) && "\(error)".contains("Update it, or choose another folder with --data")
        }
        // It is left as it was.
        #expect(try await directory.strings("SELECT identifier FROM grdb_migrations").contains("99 something new"))
    }

    @Test func whatIsNoDatabaseIsRefusedAndLeftAlone() throws {
        let directory = try StoreDirectory()
        try FileManager.default.createDirectory(atPath: "\(directory.path)/data", withIntermediateDirectories: true)
        let text = String(repeating: "Dear diary, today I wrote a database.\n", count: 100)
        try text.write(toFile: directory.file, atomically: true, encoding: .utf8)
        #expect {
            try directory.store()
        } throws: { error in
            guard case StoreFailure.cannotOpen(directory.file, let reason) = error else { return false }
            return reason.contains("not a database") && "\(error)".contains("--data")
        }
        #expect(try String(contentsOfFile: directory.file, encoding: .utf8) == text)
    }

    @Test func aFolderThatCannotBeMadeIsRefused() throws {
        let directory = try StoreDirectory()
        try "a file".write(toFile: "\(directory.path)/data", atomically: true, encoding: .utf8)
        #expect {
            try directory.store()
        } throws: { error in
            guard case StoreFailure.cannotOpen(directory.file, let reason) = error else { return false }
            return !reason.isEmpty
        }
    }
}
