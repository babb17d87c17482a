import MCPMacros
import Testing

// snippet: begin
let cities = ["Portugal": ["Lisbon", "Porto"], "Poland": ["Poznań", "Warsaw"]]

func travelServer() -> Server {
    Server("travel", version: "1.0.0") {
        ServerPrompt(
            "plan", arguments: [PromptArgument("country"), PromptArgument("city")],
            completions: [
                "country": .values(cities.keys.sorted()),
                // The other arguments that have a value already come along.
                "city": Completer { typed, given, _ in .matching(typed, in: cities[given["country"] ?? ""] ?? []) },
            ]
        ) { arguments, _ in [.user("Plan a day in \(arguments["city"] ?? "a city").")] }
    }
}

func cityNames(beginning typed: String, in country: String, at client: Client) async throws -> [String] {
    try await client.complete(.prompt("plan"), argument: "city", typed: typed, arguments: ["country": country]).values
}
// snippet: end

@Suite struct CompletionExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        try await withClient(.inProcess(travelServer()), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await client.complete(.prompt("plan"), argument: "country", typed: "po").values == ["Poland", "Portugal"])
            #expect(try await cityNames(beginning: "po", in: "Portugal", at: client) == ["Porto"])
            #expect(try await cityNames(beginning: "po", in: "Poland", at: client) == ["Poznań"])
        }
    }
}
