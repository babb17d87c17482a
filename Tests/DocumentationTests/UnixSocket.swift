import Foundation
import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// Serves until the task is cancelled.
func serveNotes(at path: String) async throws {
    let server = Server("notes", version: "1.0.0") {
        ServerTool("note", input: Note.self) { note, _ in "noted: \(note.text)" }
    }
    try await server.serve(.unixSocket(path: path))
}

@Schema struct Note: Sendable { var text: String }

func note(_ text: String, at path: String) async throws -> String {
    try await withClient(.unixSocket(path: path)) { client in
        try await client.callTool("note", ["text": .string(text)]).text
    }
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct UnixSocketExamples {
    @Test func runs() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "notes-\(UUID().uuidString.prefix(8)).socket").path
        let text = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await serveNotes(at: path)
                return nil
            }
            group.addTask {
                while !FileManager.default.fileExists(atPath: path) { try await Task.sleep(for: .milliseconds(5)) }
                return try await note("milk", at: path)
            }
            defer { group.cancelAll() }
            while let text = try await group.next() {
                if let text { return text }
            }
            throw CancellationError()
        }
        #expect(text == "noted: milk")
    }
}
