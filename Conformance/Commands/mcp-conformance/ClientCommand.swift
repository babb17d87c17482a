import ArgumentParser
import ConformanceSuite
import Foundation

/// Points the suite at a client.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Test a client.",
        discussion: """
            The client is launched anew for each scenario. MCP_CONFORMANCE_SCENARIO names it, MCP_CONFORMANCE_PROTOCOL_VERSION the revision to speak,
            MCP_CONFORMANCE_CONTEXT, where it is set, holds a JSON object with what to do. docs/conformance-clients.md says what each asks of a client.
            """)

    @Option(help: "A shell command that starts a client; the URL of the server to talk to is added as its last argument.")
    var command: String

    @Flag(help: "Test over stdio: the last argument is the command line of a server, for the client to launch.")
    var stdio = false

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard options.requirements >= .v2025_03_26 else {
            throw ValidationError(
                "Clients are tested from 2025-03-26 on: 2024-11-05 has neither Streamable HTTP nor a requirement set. Its servers can be tested.")
        }
    }

    func run() async throws {
        // A client may run in another directory.
        let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let relay = "'\(program.replacing("'", with: #"'\''"#))' relay"
        try await options.run(ScenarioRegistry.client, against: ClientSubject(command: command, binding: stdio ? .stdio : .http, relay: relay))
    }
}
