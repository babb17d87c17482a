import MCPMacros
import Testing

// snippet: begin
@Toolbox struct Summaries {
    /// Summarises a text with the client's model.
    @Tool(.readOnly) func summarize(text: String, context: RequestContext) async throws -> String {
        let request = SamplingRequest(
            [SamplingMessage(.user, "Summarise in one sentence:\n\(text)")], maxTokens: 100,
            modelPreferences: ModelPreferences(hints: ["small"], speedPriority: 1))
        return try await context.sample("summary", request).text
    }
}

/// A person should see what is asked, and what comes back, before either goes on.
let modelHost = ClientInputHandlers(sample: { request in
    SamplingResult("A text of \(request.messages.count) message.", model: "small-1")
})
// snippet: end

@Suite struct SamplingExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = Server("summaries", version: "1.0.0") { Summaries() }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era, input: modelHost)) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("summarize", ["text": "Once."]).text == "A text of 1 message.")
        }
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            let error = await #expect(throws: JSONRPCError.self) { try await client.callTool("summarize", ["text": "Once."]) }
            #expect(error?.data?["requiredCapabilities"]?["sampling"] != nil)
        }
    }
}
