import Foundation

/// The door of the store: conversations and all that was said in them.
protocol ConversationStore: Sendable {
    /// Nil where there is no such conversation.
    func conversation(_ id: String) async throws -> StoredConversation?

    /// The user's conversations, the latest changed first.
    func conversations(of user: String) async throws -> [ConversationSummary]

    /// In which of the user's conversations the page's message is, where it was taken before.
    func conversation(of user: String, clientMessageID: String) async throws -> String?

    /// Entries of the user's conversations whose text contains every word of the query, the latest first.
    func search(_ query: String, of user: String, limit: Int) async throws -> [SearchHit]

    /// Writes all changes or none.
    func write(_ changes: [StoreChange]) async throws

    /// Fails where the store cannot be used.
    func check() async throws
}

/// A conversation as the store holds it.
struct StoredConversation: Sendable, Hashable {
    var header: ConversationHeader
    var entries: [ChatEntry]
    /// Tools that the user allowed in this chat.
    var allowedTools: Set<ToolNameTable.Tool>
}

struct ConversationHeader: Sendable, Hashable {
    var id: String
    /// Whose it is.
    var user: String
    var title: String
    var createdAt: Date
    var updatedAt: Date
    /// The sequence of the last event that the stored entries contain, or a later one.
    var sequence: Int
    /// A turn was running when this was written.
    var isRunning: Bool
    var usage: TokenUsage?

    var summary: ConversationSummary { ConversationSummary(id: id, title: title, createdAt: createdAt, updatedAt: updatedAt) }
}

enum StoreChange: Sendable, Hashable {
    /// Adds the conversation, or replaces what is known of it.
    case header(ConversationHeader)
    /// Sets the entry at that place.
    case entry(conversation: String, position: Int, ChatEntry)
    /// Drops the entries from that place on.
    case truncate(conversation: String, from: Int)
    case allow(conversation: String, ToolNameTable.Tool)
    case delete(conversation: String)
}

/// Why the store failed, with what to do.
enum StoreFailure: Error, Sendable, Hashable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    /// The file was written by a later version.
    case tooNew(path: String)
    /// It takes nothing at the moment.
    case cannotWrite(reason: String)
    /// A row does not read.
    case unreadable(what: String)

    var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "The conversation store \(path) cannot be opened: \(reason). Check that the folder exists, may be written and has room, or choose another with --data."
        case .tooNew(let path):
            "The conversation store \(path) was written by a later version of this program. Update it, or choose another folder with --data."
        case .cannotWrite(let reason):
            "The conversation store cannot be written: \(reason). What was said is kept in memory and written as soon as it can be; look at the disk and its room."
        case .unreadable(let what):
            "The conversation store holds \(what) that cannot be read. Restore it from a backup, or start with an empty folder (--data)."
        }
    }
}
