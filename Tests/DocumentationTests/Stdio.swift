import Foundation
import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// The whole of a server that a host launches. It ends when its input does.
func runGreeter() async throws {
    let server = Server("greeter", version: "1.0.0") {
        ServerTool("greet", input: Name.self) { name, _ in "Hello, \(name.name)!" }
    }
    try await server.serve(.stdio)
}

@Schema struct Name: Sendable { var name: String }

/// Launches a server and talks to it. The process gets a minimal environment, and ends with the client.
func toolNames(of command: String, _ arguments: [String] = []) async throws -> [String] {
    try await withClient(.stdio(command, arguments, environment: ["TOKEN": "secret"])) { client in
        try await client.listTools().map(\.name)
    }
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct StdioExamples {
    @Test func runs() async throws {
        let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #expect(try await toolNames(of: products.appending(path: "stdio-fixture").path).isEmpty == false)
    }

    /// In a process of its own, whose standard streams are the server's.
    @Test func theGreeterGreets() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            let input = Pipe()
            let meta = #"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
            let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"},"_meta":"# + meta + "}}\n"
            try input.fileHandleForWriting.write(contentsOf: Data(call.utf8))
            try input.fileHandleForWriting.close()
            dup2(input.fileHandleForReading.fileDescriptor, STDIN_FILENO)
            try await runGreeter()
        }
        let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        #expect(output.contains("Hello, Ada!"))
    }
}
