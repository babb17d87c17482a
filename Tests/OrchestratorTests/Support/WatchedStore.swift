@testable import Orchestrator

/// A store before and after whose reads and writes a test does something.
final class WatchedStore: ConversationStore {
    private let store: any ConversationStore
    private let write: @Sendable ([StoreChange]) async throws -> Bool
    private let lookedUp: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - lookedUp: After it was looked whether a page's message is known, before that is told.
    ///   - write: Before a write; false leaves it out, as if the process had ended.
    init(
        _ store: any ConversationStore, lookedUp: @escaping @Sendable () async throws -> Void = {},
        write: @escaping @Sendable ([StoreChange]) async throws -> Bool = { _ in true }
    ) {
        self.store = store
        self.lookedUp = lookedUp
        self.write = write
    }

    func write(_ changes: [StoreChange]) async throws { if try await write(changes) { try await store.write(changes) } }
    func conversation(of user: String, clientMessageID: String) async throws -> String? {
        let known = try await store.conversation(of: user, clientMessageID: clientMessageID)
        try await lookedUp()
        return known
    }
    func conversation(_ id: String) async throws -> StoredConversation? { try await store.conversation(id) }
    func conversations(of user: String) async throws -> [ConversationSummary] { try await store.conversations(of: user) }
    func search(_ query: String, of user: String, limit: Int) async throws -> [SearchHit] { try await store.search(query, of: user, limit: limit) }
    func check() async throws { try await store.check() }
}
