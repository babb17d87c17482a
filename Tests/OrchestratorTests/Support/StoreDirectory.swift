import Foundation
import GRDB

@testable import Orchestrator

/// A folder of its own for one test's store, removed with the value.
final class StoreDirectory: Sendable {
    let path: String
    var file: String { "\(path)/data/chat.sqlite" }

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Opens the file anew at each call.
    func store() throws -> SQLiteConversationStore { try SQLiteConversationStore(path: file) }

    /// Does to the file what the store itself never would.
    func execute(_ sql: String, _ arguments: [String] = []) async throws {
        try await DatabaseQueue(path: file).write { try $0.execute(sql: sql, arguments: StatementArguments(arguments)) }
    }

    func strings(_ sql: String) async throws -> [String] { try await DatabaseQueue(path: file).read { try String.fetchAll($0, sql: sql) } }
}

extension ConversationHeader {
    /// - Parameter minute: When it was changed last, so that tests can order conversations.
    static func make(_ id: String, user: String = "me", title: String = "A title", minute: Int = 0, isRunning: Bool = false) -> ConversationHeader {
        let start = Date(timeIntervalSince1970: 1_700_000_000)
        return ConversationHeader(
            id: id, user: user, title: title, createdAt: start, updatedAt: start.addingTimeInterval(Double(minute) * 60), sequence: 3, isRunning: isRunning,
            usage: nil)
    }
}

extension StoredConversation {
    static func header(_ id: String, usage: TokenUsage?) -> ConversationHeader {
        var header = ConversationHeader.make(id, title: "Größen & 'Preise'", minute: 5, isRunning: true)
        header.usage = usage
        header.sequence = 4711
        return header
    }
}

extension ChatEntry {
    static func user(_ id: String, _ text: String, client: String? = nil) -> ChatEntry {
        .user(UserMessage(id: id, clientMessageID: client ?? "client-\(id)", text: text, at: Date(timeIntervalSince1970: 1_700_000_000)))
    }
}
