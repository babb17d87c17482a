import MCPCore
import Testing

/// Icons are of servers that nobody may trust (2025-11-25, basic, "Icons").
@Suite struct IconTests {
    private static let unsafe = [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "file:///etc/passwd", "ftp://example.com/i.png", "ws://example.com/i",
        "http://example.com/i.png", "app-settings:icon", "/i.png", "//example.com/i.png", "",
    ]

    @Test(arguments: unsafe) func aSchemeThatIsNotSafeIsNotHandedOn(_ source: String) async throws {
        #expect(!Icon(source: source).isSafe)
        let icons: JSONValue = [["src": .string(source)], ["src": "https://example.com/i.png"], ["src": "data:image/png;base64,AA=="]]
        let (client, _) = try await scriptedClient(capabilities: ["tools": [:], "prompts": [:], "resources": [:]]) { call in
            let member: JSONObject = ["name": "n", "icons": icons]
            return switch call.request.method {
            case "tools/list": ["tools": [.object(merging(member, ["inputSchema": ["type": "object"]]))]]
            case "prompts/list": ["prompts": [.object(member)]]
            case "resources/list": ["resources": [.object(merging(member, ["uri": "a://b"]))]]
            default: ["resourceTemplates": [.object(merging(member, ["uriTemplate": "a://{b}"]))]]
            }
        }
        let safe = ["https://example.com/i.png", "data:image/png;base64,AA=="]
        #expect(try await client.listTools().map { $0.icons.map(\.source) } == [safe])
        #expect(try await client.listPrompts().map { $0.icons.map(\.source) } == [safe])
        #expect(try await client.listResources().map { $0.icons.map(\.source) } == [safe])
        #expect(try await client.listResourceTemplates().map { $0.icons.map(\.source) } == [safe])
        #expect(try Implementation(json: ["name": "s", "version": "1", "icons": icons]).icons.map(\.source) == safe)
    }

    @Test(arguments: [
        ("https://example.com/i.png", "https://example.com/mcp", true), ("https://EXAMPLE.com/i.png", "https://example.com/mcp", true),
        ("data:image/png;base64,AA==", "http://localhost:8080/mcp", true), ("https://example.com:8443/i.png", "https://example.com/mcp", false),
        ("https://cdn.example.com/i.png", "https://example.com/mcp", false), ("https://example.com/i.png", "http://example.com/mcp", false),
        ("http://example.com/i.png", "http://example.com/mcp", false), ("https:///i.png", "https:///mcp", false),
    ])
    func theOriginIsComparedWhole(_ source: String, _ server: String, _ isOwn: Bool) {
        #expect(Icon(source: source).isOfOrigin(server) == isOwn)
    }
}

private func merging(_ one: JSONObject, _ other: JSONObject) -> JSONObject {
    var merged = one
    merged.merge(other)
    return merged
}
