import MCPMacros
import Testing

// snippet: begin
func reviewServer() -> Server {
    Server("review", version: "1.0.0") {
        ServerPrompt(
            "review", title: "Review a change", description: "Looks for mistakes in a change.",
            arguments: [PromptArgument("diff", description: "The change.", isRequired: true), PromptArgument("language")]
        ) { arguments, _ in
            [.user("Review this \(arguments["language"] ?? "") change:\n\(arguments["diff"] ?? "")")]
        }
    }
}

func messages(for diff: String, at client: Client) async throws -> [PromptMessage] {
    try await client.getPrompt("review", ["diff": diff, "language": "Swift"]).messages
}
// snippet: end

@Suite struct PromptsExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        try await withClient(.inProcess(reviewServer()), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await client.listPrompts().first?.arguments.map(\.isRequired) == [true, false])
            #expect(try await messages(for: "+1", at: client) == [.user("Review this Swift change:\n+1")])
            let error = await #expect(throws: JSONRPCError.self) { try await client.getPrompt("review") }
            #expect(error?.message.contains("diff") == true)
        }
    }
}
