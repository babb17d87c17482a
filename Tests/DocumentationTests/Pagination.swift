import MCPMacros
import Testing

// snippet: begin
func librarianServer() -> Server {
    Server("library", version: "1.0.0", configuration: ServerConfiguration(pageSize: 2)) {
        for shelf in 1...5 {
            ServerResource("book://\(shelf)", name: "shelf \(shelf)") { _ in "Books of shelf \(shelf)" }
        }
    }
}

/// Takes pages only as far as they are needed.
func firstName(beginning prefix: String, at client: Client) async throws -> String? {
    for try await resource in client.resources() where resource.name.hasPrefix(prefix) { return resource.name }
    return nil
}

func allNames(at client: Client) async throws -> [String] {
    try await client.listResources().map(\.name)
}
// snippet: end

@Suite struct PaginationExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        try await withClient(.inProcess(librarianServer()), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await firstName(beginning: "shelf 3", at: client) == "shelf 3")
            #expect(try await allNames(at: client) == (1...5).map { "shelf \($0)" })
            let page = try await client.request("resources/list")
            #expect(page["resources"]?.array?.count == 2 && page["nextCursor"]?.string != nil)
        }
    }
}
