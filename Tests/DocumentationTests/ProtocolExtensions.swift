import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// Lets clients ask what a call would cost before they make it.
struct Prices: ServerExtension {
    let identifier = "com.example/prices"
    let methods: Set<String> = ["com.example/prices/get"]

    func respond(to call: ExtensionCall) async throws -> JSONObject {
        guard let tool = call.params["tool"]?.string else { throw JSONRPCError(.invalidParams, "Say which tool: {\"tool\": …}") }
        return ["cents": tool == "translate" ? 3 : 0]
    }
}

func translator() -> Server {
    Server("translator", version: "1.0.0") {
        Prices()
        ServerTool("translate", input: Sentence.self) { sentence, _ in "[de] \(sentence.text)" }
    }
}

@Schema struct Sentence: Sendable { var text: String }

/// - Returns: `nil` where the server has no prices.
func price(of tool: String, at client: Client) async throws -> Int? {
    guard client.serverCapabilities.extensions?["com.example/prices"] != nil else { return nil }
    return try await client.request("com.example/prices/get", ["tool": .string(tool)])["cents"]?.integer.map { Int($0) }
}

let knowsPrices = ClientConfiguration(extensions: [DeclaredExtension("com.example/prices")])
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct ExtensionExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        var configuration = knowsPrices
        configuration.era = era
        let cents = try await withClient(.inProcess(translator()), configuration: configuration) { try await price(of: "translate", at: $0) }
        #expect(cents == 3)
    }

    @Test func isRefusedToWhoDoesNotKnowIt() async throws {
        try await withClient(.inProcess(translator())) { client in
            _ = await #expect(throws: JSONRPCError.self) { try await client.request("com.example/prices/get", ["tool": "translate"]) }
        }
    }
}
