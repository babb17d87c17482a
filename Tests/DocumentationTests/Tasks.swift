import MCPMacros
import MCPTransport
import Testing

// snippet: begin
func reporter() -> Server {
    Server("reports", version: "1.0.0") {
        TasksExtension()
        ServerTool("yearly_report", input: Year.self) { year, context in
            try await context.progress(0.5, total: 1, message: "half of it")
            return "The report of \(year.year)"
        }.asTask()
    }
}

@Schema struct Year: Sendable { var year: Int }

let followsTasks = ClientConfiguration(extensions: [ClientTasksExtension()])

/// Waits for the end, however long it takes: asks as often as the server wants to be asked.
func report(of year: Int, at client: Client) async throws -> String {
    try await client.callTool("yearly_report", ["year": .integer(Int64(year))]).text
}

/// Takes the task as it is. Whoever keeps the id can ask for the result later, in another process too.
func begin(_ year: Int, at client: Client) async throws -> String? {
    guard case .task(let task) = try await client.tasks.call("yearly_report", ["year": .integer(Int64(year))]) else { return nil }
    return task.id
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct TaskExamples {
    @Test func aCallIsFollowedToItsEnd() async throws {
        let text = try await withClient(.inProcess(reporter()), configuration: followsTasks) { try await report(of: 2025, at: $0) }
        #expect(text == "The report of 2025")
    }

    @Test func whoKeepsTheIdGetsTheResult() async throws {
        try await withClient(.inProcess(reporter()), configuration: followsTasks) { client in
            let id = try #require(try await begin(2024, at: client))
            #expect(try await client.tasks.result(of: id).text == "The report of 2024")
        }
    }

    @Test(arguments: bothEras) func whoKnowsNoTasksGetsTheResult(_ era: EraSelection) async throws {
        let text = try await withClient(.inProcess(reporter()), configuration: ClientConfiguration(era: era)) { try await report(of: 2023, at: $0) }
        #expect(text == "The report of 2023")
    }
}
