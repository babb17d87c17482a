import Foundation
import GRDB
import MCPCore

/// Conversations in one SQLite file.
struct SQLiteConversationStore: ConversationStore {
    private let database: any DatabaseWriter

    /// Opens the file, makes it where there is none, and brings it to the present schema.
    ///
    /// - Parameter path: Its folder is made, readable by the owner alone.
    init(path: String) throws {
        do {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            database = try DatabasePool(path: path, configuration: configuration)
        } catch {
            throw StoreFailure.cannotOpen(path: path, reason: Self.reason(error))
        }
        try migrate(path)
    }

    /// In memory, for tests.
    init() throws {
        database = try DatabaseQueue()
        try migrate(":memory:")
    }

    private func migrate(_ path: String) throws {
        let migrator = SQLiteSchema.migrator
        do {
            if try database.read(migrator.hasBeenSuperseded) { throw StoreFailure.tooNew(path: path) }
            try migrator.migrate(database)
        } catch let failure as StoreFailure {
            throw failure
        } catch {
            throw StoreFailure.cannotOpen(path: path, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        (error as? DatabaseError)?.message ?? (error as NSError).localizedDescription
    }

    func check() async throws { _ = try await database.read { try Int.fetchOne($0, sql: "SELECT 1") } }

    // MARK: Reading

    func conversation(_ id: String) async throws -> StoredConversation? {
        guard let read = try await database.read({ try Self.conversation(id, in: $0) }) else { return nil }
        if read.isWhole { return read.stored }
        // Versions before this one could lose a write and go on: entries then have places that are not their own, or are there twice.
        return try await database.write { database in
            guard let read = try Self.conversation(id, in: database) else { return nil }
            if !read.isWhole { try StoredPlaces.repair(id, in: database, rows: read.rows) }
            return read.stored
        }
    }

    /// A conversation as its rows tell it.
    private struct Read {
        var stored: StoredConversation
        /// Each row's position and the id of its entry, in order.
        var rows: [StoredPlaces.Row]
        /// Whether each entry stands at its place, once.
        var isWhole: Bool
    }

    private static func conversation(_ id: String, in database: Database) throws -> Read? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM conversation WHERE id = ?", arguments: [id]) else { return nil }
        let all = try Row.fetchAll(database, sql: "SELECT position, kind, body FROM entry WHERE conversation = ? ORDER BY position", arguments: [id])
            .map { (position: $0["position"] as Int, entry: try Self.entry($0)) }
        let rows = all.map { StoredPlaces.Row(position: $0.position, id: $0.entry.id) }
        let kept = StoredPlaces.kept(rows)
        let entries = zip(all, kept).compactMap { $1 == nil ? nil : $0.entry }
        let tools = try Row.fetchAll(database, sql: "SELECT server, tool FROM allowed_tool WHERE conversation = ?", arguments: [id])
            .map { ToolNameTable.Tool(server: $0["server"], tool: $0["tool"]) }
        return Read(
            stored: StoredConversation(header: Self.header(row), entries: entries, allowedTools: Set(tools)), rows: rows,
            isWhole: zip(rows, kept).allSatisfy { $0.position == $1 })
    }

    func conversations(of user: String) async throws -> [ConversationSummary] {
        try await database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM conversation WHERE user = ? ORDER BY updated_at DESC, id", arguments: [user])
                .map { Self.header($0).summary }
        }
    }

    func conversation(of user: String, clientMessageID: String) async throws -> String? {
        try await database.read { database in
            try String.fetchOne(
                database, sql: "SELECT conversation FROM client_message WHERE user = ? AND client_id = ?", arguments: [user, clientMessageID])
        }
    }

    func search(_ query: String, of user: String, limit: Int) async throws -> [SearchHit] {
        let words = SearchText.words(of: query)
        guard !words.isEmpty else { return [] }
        let conditions = words.map { _ in "(instr(entry.search_text, ?) > 0 OR instr(conversation.search_title, ?) > 0)" }.joined(separator: " AND ")
        let arguments: [String] = [user] + words.flatMap { [$0, $0] }
        return try await database.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT conversation.*, entry.kind AS kind, entry.body AS body FROM entry
                    JOIN conversation ON conversation.id = entry.conversation
                    WHERE conversation.user = ? AND entry.search_text <> '' AND \(conditions)
                    ORDER BY conversation.updated_at DESC, entry.position DESC LIMIT \(limit)
                    """, arguments: StatementArguments(arguments)
            ).map { row in
                let entry = try Self.entry(row)
                return SearchHit(
                    conversation: Self.header(row).summary, entryID: entry.id, snippet: SearchText.snippet(EntryCoding.searchText(of: entry), around: words[0]))
            }
        }
    }

    private static let limits = JSONLimits(maximumDepth: 256, maximumBytes: .max)

    private static func entry(_ row: Row) throws -> ChatEntry {
        let kind: String = row["kind"]
        let body: String = row["body"]
        // An entry is a few levels deeper than what came in it.
        guard let json = try? JSONValue(parsing: body, limits: limits) else { throw StoreFailure.unreadable(what: "an entry (\(kind)) that is no JSON") }
        return try EntryCoding.entry(kind: kind, json: json)
    }

    private static func header(_ row: Row) -> ConversationHeader {
        let input: Int? = row["input_tokens"]
        let output: Int? = row["output_tokens"]
        return ConversationHeader(
            id: row["id"], user: row["user"], title: row["title"], createdAt: date(row["created_at"]), updatedAt: date(row["updated_at"]),
            sequence: row["sequence"], isRunning: row["is_running"], usage: input.map { TokenUsage(inputTokens: $0, outputTokens: output ?? 0) })
    }

    private static func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    // MARK: Writing

    func write(_ changes: [StoreChange]) async throws {
        try await database.write { database in
            for change in changes { try Self.write(change, to: database) }
        }
    }

    private static func write(_ change: StoreChange, to database: Database) throws {
        switch change {
        case .header(let header):
            try database.execute(
                sql: """
                    INSERT INTO conversation (id, user, title, created_at, updated_at, sequence, is_running, input_tokens, output_tokens, search_title)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_at = excluded.updated_at, sequence = excluded.sequence,
                    is_running = excluded.is_running, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                    search_title = excluded.search_title
                    """,
                arguments: [
                    header.id, header.user, header.title, milliseconds(header.createdAt), milliseconds(header.updatedAt), header.sequence,
                    header.isRunning, header.usage?.inputTokens, header.usage?.outputTokens, SearchText.folded(header.title),
                ])
        case .entry(let conversation, let position, let entry):
            // A conversation that was deleted meanwhile takes no more entries.
            try database.execute(
                sql: """
                    INSERT INTO entry (conversation, position, kind, body, search_text)
                    SELECT id, ?, ?, ?, ? FROM conversation WHERE id = ?
                    ON CONFLICT (conversation, position) DO UPDATE SET kind = excluded.kind, body = excluded.body, search_text = excluded.search_text
                    """,
                arguments: [
                    position, EntryCoding.kind(of: entry), EntryCoding.json(entry).serializedString,
                    SearchText.folded(EntryCoding.searchText(of: entry)), conversation,
                ])
            if case .user(let message) = entry {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO client_message (user, client_id, conversation) SELECT user, ?, id FROM conversation WHERE id = ?",
                    arguments: [message.clientMessageID, conversation])
            }
        case .truncate(let conversation, let from):
            try database.execute(sql: "DELETE FROM entry WHERE conversation = ? AND position >= ?", arguments: [conversation, from])
        case .allow(let conversation, let tool):
            try database.execute(
                sql: "INSERT OR IGNORE INTO allowed_tool (conversation, server, tool) SELECT id, ?, ? FROM conversation WHERE id = ?",
                arguments: [tool.server, tool.tool, conversation])
        case .delete(let conversation):
            try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [conversation])
        }
    }
}
