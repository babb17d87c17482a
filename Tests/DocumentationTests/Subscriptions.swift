import MCPMacros
import Testing

// snippet: begin
func scoreServer() -> Server {
    Server("scores", version: "1.0.0") {
        ServerResource("score://final", name: "final") { _ in "2:1" }
        ServerTool(Tool(name: "watch", inputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "watching") }
    }
}

/// Whatever changes the server tells its registries, and they tell the clients that listen.
func play(_ server: Server) throws {
    server.resources.updated("score://final")
    try server.tools.add(ServerTool(Tool(name: "replay", inputSchema: ["type": "object"])) { _, _ in CallToolResult(text: "again") })
}

func listen(to server: Server, at client: Client) async throws -> [ServerChange] {
    let changes = try await client.changes(SubscriptionFilter(toolsListChanged: true, resourceSubscriptions: ["score://final"]))
    try play(server)
    var heard: [ServerChange] = []
    for try await change in changes {
        heard.append(change)
        if heard.count == 2 { break }
    }
    return heard
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct SubscriptionsExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        let server = scoreServer()
        try await withClient(.inProcess(server), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await Set(listen(to: server, at: client)) == [.resourceUpdated(uri: "score://final"), .toolsListChanged])
        }
    }
}
