import ArgumentParser
import ConformanceSuite
import Foundation

/// Points the suite at a server.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Test a server.",
        discussion: """
            With --issuer-port the suite is the authorization server of the server under test, which has to be configured before: it trusts the issuer \
            http://localhost:PORT, and takes its access tokens for the resource that --url names. Then the scenarios of authorization are run too. \
            docs/conformance.md says what they need.
            """)

    @Option(help: "The URL of a Streamable HTTP endpoint.")
    var url: String?

    @Option(help: "A shell command that starts a server on its standard input and output; started anew for each connection.")
    var stdio: String?

    @Option(help: "A header that every HTTP request has, as NAME:VALUE, for a server that wants an API key; may be repeated.")
    var header: [String] = []

    @Option(help: "Be the authorization server of the server under test, on this port of localhost; for a server behind authorization.")
    var issuerPort: Int?

    @OptionGroup var options: RunOptions

    func validate() throws {
        _ = try subject()
        guard let issuerPort else { return }
        guard url != nil else { throw ValidationError("--issuer-port needs --url: authorization is part of HTTP.") }
        guard (1...65535).contains(issuerPort) else { throw ValidationError("--issuer-port takes 1 to 65535; the server under test has to know it before.") }
    }

    func run() async throws {
        guard let issuerPort else { return try await options.run(ScenarioRegistry.server, against: subject()) }
        let (servers, source) = AsyncStream.makeStream(of: AuthorizationServer.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await AuthorizationServer.serve(AuthorizationServerFeatures(), port: issuerPort) { source.yield($0) }
            }
            group.addTask {
                for await server in servers {
                    return try await options.run(ScenarioRegistry.server + ScenarioRegistry.protectedServer, against: subject(mint: server.mint))
                }
            }
            defer { group.cancelAll() }
            // Where the port cannot be had, that is what ends first.
            try await group.next()
        }
    }

    private static func field(_ text: String) throws -> (name: String, value: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        // The value may be a secret, and stays out of the message.
        guard parts.count == 2, parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0)) }) else {
            throw ValidationError("--header takes NAME:VALUE, such as X-Api-Key:abc.")
        }
        return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }

    private func subject(mint: TokenMint? = nil) throws -> ServerSubject {
        switch (url, stdio) {
        case (let url?, nil):
            guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host != nil else {
                throw ValidationError("--url takes an absolute http or https URL, such as http://localhost:8080/mcp; found '\(url)'.")
            }
            return ServerSubject(.url(url), mint: mint, headers: try header.map(Self.field))
        case (nil, let command?):
            guard header.isEmpty else { throw ValidationError("--header needs --url: there are none on stdio.") }
            return ServerSubject(.command(command))
        default: throw ValidationError("Name one server: --url with its endpoint, or --stdio with the command that starts it.")
        }
    }
}
