import ArgumentParser
import ConformanceSuite

/// What a client under test launches in the place of a server.
struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "Carry bytes between standard input and output and a port of this machine.",
        discussion: "The suite has clients on stdio launch this as their server.", shouldDisplay: false)

    @Argument(help: "The port that the suite listens on.")
    var port: Int

    func run() async throws { try await Relay.run(port: port) }
}
