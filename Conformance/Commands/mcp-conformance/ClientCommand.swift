import ArgumentParser
import ConformanceSuite

/// Points the suite at a client.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "client", abstract: "Test a client.")

    @Option(help: "A shell command that starts a client; the URL of the server to talk to is added as its last argument.")
    var command: String

    @OptionGroup var options: RunOptions

    func run() async throws { try await options.run(ScenarioRegistry.client, against: ClientSubject(command: command)) }
}
