import MCPMacros
import Testing

// snippet: begin
let notes = ["milk": "Buy milk.", "bread": "Bake bread."]

func notesServer() -> Server {
    Server("notes", version: "1.0.0") {
        ServerResource("note://index", name: "index", description: "The names of all notes.") { _ in
            notes.keys.sorted().joined(separator: "\n")
        }
        ServerResourceTemplate(
            "note://{name}", name: "note", mimeType: "text/markdown", completions: ["name": .values(notes.keys.sorted())]
        ) { values, _ in
            guard let note = notes[values["name"] ?? ""] else { throw ResourceNotFoundError() }
            return note
        }
    }
}

func readNote(_ name: String, at client: Client) async throws -> String? {
    let contents = try await client.readResource("note://\(name)").contents
    guard case .text(let text)? = contents.first?.body else { return nil }
    return text
}
// snippet: end

@Suite struct ResourcesExamples {
    @Test(arguments: bothEras) func runs(_ era: EraSelection) async throws {
        try await withClient(.inProcess(notesServer()), configuration: ClientConfiguration(era: era)) { (client: Client) async throws -> Void in
            #expect(try await client.listResources().map(\.uri) == ["note://index"])
            #expect(try await client.listResourceTemplates().map(\.uriTemplate) == ["note://{name}"])
            #expect(try await readNote("index", at: client) == "bread\nmilk")
            #expect(try await readNote("milk", at: client) == "Buy milk.")
            await #expect(throws: ClientError.self) { try await readNote("wine", at: client) }
        }
    }
}
