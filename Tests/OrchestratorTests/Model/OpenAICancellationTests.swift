import MCPCore
import Testing

@testable import Orchestrator

/// Ending a turn ends what the endpoint is paid for.
struct OpenAICancellationTests {
    /// The endpoint sees the line closed while it still has to send; a line that stays open hangs this test.
    private static func cancelling(afterText: Bool) async throws -> (any Error)? {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let (closings, closing) = AsyncStream.makeStream(of: Void.self)
        return try await FakeEndpoint.serving { _, line in
            if afterText {
                try await line.head()
                try await line.write(Chunk.text("Half").utf8)
            } else {
                ask.yield()
            }
            try await line.untilClosed()
            closing.yield()
        } _: { endpoint in
            var thrown: (any Error)?
            await ModelDialogue.withModel(at: endpoint.address) { model in
                let turn = Task {
                    try await model.answer(ModelRequest(messages: [.user("?")], tools: [])) { event in if event == .text("Half") { ask.yield() } }
                }
                for await _ in asked { break }
                turn.cancel()
                do { try await turn.value } catch { thrown = error }
                // The client is still there: it is the turn that has closed the line.
                for await _ in closings { break }
            }
            return thrown
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [true, false]) func cancellingClosesTheLine(afterText: Bool) async throws {
        #expect(try await Self.cancelling(afterText: afterText) is CancellationError)
    }

    @Test(.timeLimit(.minutes(1))) func anErrorOfTheReaderClosesTheLineToo() async throws {
        struct Enough: Error {}
        let (closings, closing) = AsyncStream.makeStream(of: Void.self)
        try await FakeEndpoint.serving { _, line in
            try await line.head()
            try await line.write(Chunk.text("Half").utf8)
            try await line.untilClosed()
            closing.yield()
        } _: { endpoint in
            await ModelDialogue.withModel(at: endpoint.address) { model in
                await #expect(throws: Enough.self) {
                    try await model.answer(ModelRequest(messages: [.user("?")], tools: [])) { _ in throw Enough() }
                }
                for await _ in closings { break }
            }
        }
    }
}
