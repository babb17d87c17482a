import Foundation
import MCPCore

/// The model that answers when none is configured: deterministic, without network, without knowledge of its own.
///
/// It matches the words of the question with the names, descriptions and schemas of the tools that it is given, fills
/// their arguments, and writes their results as Markdown. See `docs/design/demonstration-model.md`.
struct DemonstrationModel: ChatModel {
    /// Time between two pieces of text, so that one can watch it write.
    let pace: Duration
    /// What "today" means.
    let now: @Sendable () -> Date

    init(pace: Duration = .milliseconds(12), now: @escaping @Sendable () -> Date = { Date() }) {
        self.pace = pace
        self.now = now
    }

    var description: ModelDescription { ModelDescription(name: "Demonstration model", isDemonstration: true) }

    func answer(_ request: ModelRequest, emit: (ModelEvent) async throws -> Void) async throws {
        guard let reading = ConversationReading(request.messages) else {
            try await emit(.finished(.complete))
            return
        }
        switch DemonstrationPlanner(reading, tools: request.tools, today: now()).move() {
        case .say(let text):
            for piece in Self.pieces(of: text) {
                try Task.checkCancellation()
                try await emit(.text(piece))
                if pace > .zero { try await Task.sleep(for: pace) }
            }
            try await emit(.finished(.complete))
        case .call(let tool, let arguments):
            let number = request.messages.reduce(0) { count, message in
                if case .assistant(_, let calls) = message { count + calls.count } else { count }
            }
            try await emit(
                .toolCall(ModelToolCall(id: "demonstration_\(number + 1)", name: tool, arguments: JSONValue.object(arguments).serializedString)))
            try await emit(.finished(.toolCalls))
        }
    }

    /// The text in pieces of a few words.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            if piece.count >= 16, character.isWhitespace || piece.count >= 48 {
                pieces.append(piece)
                piece = ""
            }
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }
}
