import MCPMacros
import Testing

// snippet: begin
func paintServer() -> Server {
    let brush = Icon(source: "https://paint.example/brush.png", mimeType: "image/png", sizes: ["48x48"], theme: .light)
    let spot = Icon(source: "data:image/svg+xml;base64,PHN2Zy8+", mimeType: "image/svg+xml", sizes: ["any"])
    return Server(Implementation(name: "paint", version: "1.0.0", icons: [brush])) {
        ServerTool(Tool(name: "draw", icons: [brush, spot])) { _, _ in CallToolResult(text: "drawn") }
    }
}

/// What may be shown beside each tool: pictures of the server's own, on its own origin or in the message.
func pictures(of client: Client, at server: String) async throws -> [String: [Icon]] {
    var pictures: [String: [Icon]] = [:]
    for tool in try await client.listTools() { pictures[tool.name] = tool.icons.filter { $0.isOfOrigin(server) } }
    return pictures
}
// snippet: end

@Suite struct IconsExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        try await withClient(.inProcess(paintServer()), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(client.serverInfo?.icons.map(\.theme) == [.light])
            #expect(try await pictures(of: client, at: "https://paint.example/mcp")["draw"]?.map(\.sizes) == [["48x48"], ["any"]])
            #expect(try await pictures(of: client, at: "https://elsewhere.example/mcp")["draw"]?.map(\.sizes) == [["any"]])
        }
    }
}
