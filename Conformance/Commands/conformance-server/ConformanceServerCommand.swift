import ArgumentParser
import ConformanceFixtures
import Foundation
import MCPTransport

/// The fixture server over stdio or HTTP.
@main
struct ConformanceServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance-server", abstract: "The server that MCP conformance suites are pointed at.", version: "1.0.0")

    @Option(help: "Serve Streamable HTTP on this port of loopback, at /mcp (0 takes a free one). Without it: stdio.")
    var http: Int?

    @Option(help: "The most entries on one page of a list.")
    var pageSize = 100

    func run() async throws {
        let server = FixtureServer.make(configuration: ServerConfiguration(pageSize: pageSize))
        if let http {
            try await server.serve(.http(port: http, onListening: { @Sendable url in FileHandle.standardOutput.write(Data("\(url)\n".utf8)) }))
        } else {
            try await server.serve(.stdio)
        }
    }
}
