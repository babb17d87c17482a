import ArgumentParser
import ConformanceFixtures
import ConformanceMutants
import Foundation
import MCPAuthorization
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

    @Option(help: "With --http: answer only requests with an access token (JWT) of this authorization server, whose audience is http://127.0.0.1:PORT/mcp.")
    var issuer: String?

    @Option(help: "Have one fault, so that a conformance suite can be tested; `list` names them all.")
    var mutant: String?

    func run() async throws {
        if let mutant { return try await run(mutant: mutant) }
        let server = FixtureServer.make(configuration: ServerConfiguration(pageSize: pageSize), isProtected: issuer != nil)
        if let http {
            var configuration = HTTPHandlerConfiguration(servesLegacySSE: sse)
            if let issuer {
                guard http != 0 else { throw ValidationError("--issuer needs a port of its own: tokens name the address, so that it is known before.") }
                configuration.authorization = try Self.protection(issuer: issuer, resource: "http://127.0.0.1:\(http)/mcp")
            }
            try await server.serve(
                .http(port: http, configuration: configuration, onListening: { @Sendable url in FileHandle.standardOutput.write(Data("\(url)\n".utf8)) }))
        } else {
            try await server.serve(.stdio)
        }
    }

    private static func protection(issuer: String, resource: String) throws -> ResourceServer {
        try ResourceServer(
            resource: resource, authorizationServers: [issuer], verifier: JWTAccessTokenVerifier(issuer: issuer, audiences: [resource]),
            report: { FileHandle.standardError.write(Data("\($0)\n".utf8)) })
    }

    private func run(mutant name: String) async throws {
        guard let mutant = ServerMutant.named(name) else {
            let names = ServerMutant.all.map { "\($0.name): \($0.fault)" }.joined(separator: "\n")
            if name == "list" { return FileHandle.standardOutput.write(Data("\(names)\n".utf8)) }
            throw ValidationError("There is no mutant '\(name)'; --mutant list names them all.")
        }
        guard !mutant.isProtected || issuer != nil else { throw ValidationError("The fault is one of authorization: give --issuer too.") }
        guard let http else { return try await StdioMutantServer(mutant).serve() }
        try await HTTPMutantServer(mutant, port: http, issuer: issuer).serve { FileHandle.standardOutput.write(Data("\($0)\n".utf8)) }
    }
}
