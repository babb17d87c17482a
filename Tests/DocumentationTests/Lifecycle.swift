import MCPMacros
import Testing

// snippet: begin
/// One definition. Nothing in it knows of sessions or revisions.
func clockServer() -> Server {
    Server("clock", version: "1.0.0", instructions: "Ask for the time in a zone.") {
        ServerTool(Tool(name: "now", inputSchema: ["type": "object"])) { _, context in
            CallToolResult(text: "asked in \(context.peer.revision.rawValue)")
        }
    }
}

/// The client finds out by itself which era a server speaks.
func agreed(_ era: EraSelection) async throws -> (revision: ProtocolRevision, answer: String) {
    try await withClient(.inProcess(clockServer()), configuration: ClientConfiguration(era: era)) { client in
        (client.revision, try await client.callTool("now").text)
    }
}
// snippet: end

@Suite struct LifecycleExamples {
    @Test(arguments: [
        (EraSelection.auto, ProtocolRevision.latest), (.handshake, .latestHandshake), (.pinned(.v2024_11_05), .v2024_11_05),
    ])
    func runs(_ era: EraSelection, _ revision: ProtocolRevision) async throws {
        let result = try await agreed(era)
        #expect(result.revision == revision && result.answer == "asked in \(revision.rawValue)")
    }
}
