import ArgumentParser
import ConformanceFixtures
import ConformanceMutants
import Foundation
import MCPTransport

/// The fixture server over stdio or HTTP.
@main
struct ConformanceServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance-server", abstract: "The server that MCP conformance suites are pointed at.", version: "1.0.0")

    @Option(help: "Serve Streamable HTTP on this port of loopback, at /mcp (0 takes a free one). Without it: stdio.")
    var http: Int?

    @Flag(help: "With --http: serve the HTTP+SSE transport of 2024-11-05 too, at /sse and /messages.")
    var sse = false

    @Option(help: "The most entries on one page of a list.")
    var pageSize = 100

    @Option(help: "Have one fault, so that a conformance suite can be tested; `list` names them all.")
    var mutant: String?

    func run() async throws {
        if let mutant { return try await run(mutant: mutant) }
        let server = FixtureServer.make(configuration: ServerConfiguration(pageSize: pageSize))
        if let http {
            let configuration = HTTPHandlerConfiguration(servesLegacySSE: sse)
            try await server.serve(
                .http(port: http, configuration: configuration, onListening: { @Sendable url in FileHandle.standardOutput.write(Data("\(url)\n".utf8)) }))
        } else {
            try await server.serve(.stdio)
        }
    }

    private func run(mutant name: String) async throws {
        guard let mutant = ServerMutant.named(name) else {
            let names = ServerMutant.all.map { "\($0.name): \($0.fault)" }.joined(separator: "\n")
            if name == "list" { return FileHandle.standardOutput.write(Data("\(names)\n".utf8)) }
            throw ValidationError("There is no mutant '\(name)'; --mutant list names them all.")
        }
        guard let http else { throw ExitCode(try await StdioMutantServer(mutant).serve()) }
        try await HTTPMutantServer(mutant, port: http).serve { FileHandle.standardOutput.write(Data("\($0)\n".utf8)) }
    }
}
