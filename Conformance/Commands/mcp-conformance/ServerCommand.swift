import ArgumentParser
import ConformanceSuite
import Foundation

/// Points the suite at a server.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "server", abstract: "Test a server.")

    @Option(help: "The URL of a Streamable HTTP endpoint.")
    var url: String?

    @Option(help: "A shell command that starts a server on its standard input and output; started anew for each connection.")
    var stdio: String?

    @OptionGroup var options: RunOptions

    func validate() throws { _ = try subject() }

    func run() async throws { try await options.run(ScenarioRegistry.server, against: subject()) }

    private func subject() throws -> ServerSubject {
        switch (url, stdio) {
        case (let url?, nil):
            guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host != nil else {
                throw ValidationError("--url takes an absolute http or https URL, such as http://localhost:8080/mcp; found '\(url)'.")
            }
            return ServerSubject(.url(url))
        case (nil, let command?): return ServerSubject(.command(command))
        default: throw ValidationError("Name one server: --url with its endpoint, or --stdio with the command that starts it.")
        }
    }
}
