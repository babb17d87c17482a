import AsyncHTTPClient
import Foundation
import Logging
import MCPAuthorization
import MCPTransport

/// The orchestrator: wires store, host, model, chat and web front, and nothing else does.
struct OrchestratorApplication: Sendable {
    private let configuration: OrchestratorConfiguration
    private let logger: Logger

    init(_ configuration: OrchestratorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until the process is asked to end, or the task is cancelled.
    /// - Parameter onListening: Called with the address of the chat once it can be opened.
    func run(onListening: @escaping @Sendable (String) async -> Void) async throws {
        guard let settings = configuration.model else {
            return try await run(model: DemonstrationModel(), onListening)
        }
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: OpenAIModel.clientConfiguration(silenceLimit: settings.silenceLimit))
        do {
            try await run(model: OpenAIModel(settings, client: client), onListening)
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func run(model: any ChatModel, _ onListening: @escaping @Sendable (String) async -> Void) async throws {
        let store = try SQLiteConversationStore(path: configuration.dataDirectory.appending(path: "chat.sqlite").path)
        let host = MCPHost(
            configuration.servers, info: Implementation(name: "orchestrator", version: OrchestratorCommand.configuration.version),
            credentials: FileCredentialStore(path: configuration.dataDirectory.appending(path: "credentials.json").path), logger: logger)
        let chat = Chat(model: model, host: host, store: store, settings: Chat.Settings(suggestions: configuration.suggestions), logger: logger)
        let front = try WebFront(chat: chat, configuration: configuration.web, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await front.run(onListening: onListening) }
            group.addTask { await host.run() }
            group.addTask { await chat.run() }
            defer { group.cancelAll() }
            // The front ends first: when the process is asked to end, or when it cannot listen.
            try await group.next()
        }
    }
}
