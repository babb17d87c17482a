import MCPMacros
import Testing

// snippet: begin
@Schema struct Yes: Sendable { var yes: Bool }
@Schema struct Reason: Sendable { var reason: String }

@Toolbox struct Cleaner {
    let trash: Trash

    /// Empties the trash.
    @Tool(.destructive) func empty(context: RequestContext) async throws -> String {
        // Kept when the handler stops at the question: where it runs again with the answer, this does not.
        let count = try await context.step("count") { await trash.count() }
        // Two questions in one round.
        let (sure, why) = try await context.ask(
            .elicit("sure", Yes.self, "Delete \(count) files?"), .elicit("why", Reason.self, "Why?"))
        guard sure.accepted?.yes == true else { return "Nothing was deleted." }
        await trash.empty()
        return "Deleted \(count) files: \(why.accepted?.reason ?? "no reason")."
    }
}
// snippet: end

actor Trash {
    private var files = 3
    private(set) var counted = 0
    func count() -> Int {
        counted += 1
        return files
    }
    func empty() { files = 0 }
}

@Suite struct AskingExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let trash = Trash()
        let server = Server("cleaner", version: "1.0.0") { Cleaner(trash: trash) }
        let input = ClientInputHandlers(elicit: { request in
            request.message == "Why?" ? .accept(["reason": "old"]) : .accept(["yes": true])
        })
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era, input: input)) { (client: Client) async throws -> Void in
            #expect(try await client.callTool("empty").text == "Deleted 3 files: old.")
        }
        #expect(await trash.counted == 1)
    }
}
