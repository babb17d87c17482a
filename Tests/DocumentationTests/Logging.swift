import MCPMacros
import Testing

// snippet: begin
func importServer() -> Server {
    // Off unless it is asked for: the specification deprecates logging since 2026-07-28.
    Server("import", version: "1.0.0", configuration: ServerConfiguration(offersLogging: true)) {
        ServerTool(Tool(name: "import", inputSchema: ["type": "object"])) { _, context in
            try await context.log(.debug, ["row": 1], logger: "import")
            try await context.log(.warning, ["row": 2, "reason": "no date"], logger: "import")
            return CallToolResult(text: "2 rows")
        }
    }
}

func warnings(_ era: EraSelection) async throws -> [LogMessage] {
    let (messages, continuation) = AsyncStream.makeStream(of: LogMessage.self)
    var configuration = ClientConfiguration(era: era)
    configuration.onNotification = { notification in
        guard let message = try? LogMessage(json: .object(notification.params)) else { return }
        continuation.yield(message)
    }
    try await withClient(.inProcess(importServer()), configuration: configuration) { client in
        try await client.setLogLevel(.warning)
        _ = try await client.callTool("import")
    }
    continuation.finish()
    return await messages.reduce(into: []) { $0.append($1) }
}
// snippet: end

@Suite struct LoggingExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        #expect(try await warnings(era) == [LogMessage(.warning, logger: "import", data: ["row": 2, "reason": "no date"])])
    }
}
