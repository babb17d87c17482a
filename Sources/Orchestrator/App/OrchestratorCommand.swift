import ArgumentParser
import Foundation
import Logging
import ServerCommand

/// The program `orchestrator`.
public struct OrchestratorCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "orchestrator",
        abstract: "A chat in the browser that uses MCP servers.",
        discussion: """
            Without settings it starts the two built-in servers (SQL on a sample shop, mail on a sample mailbox) and answers with a demonstration model.

            Settings come from flags, then the environment, then the file .env in the current folder:
              --port            ORCHESTRATOR_PORT
              --host            ORCHESTRATOR_HOST
              --allowed-host    ORCHESTRATOR_ALLOWED_HOSTS (separated by commas)
              --data            ORCHESTRATOR_DATA
              --servers         ORCHESTRATOR_SERVERS
              --log-level       ORCHESTRATOR_LOG_LEVEL
              --model           OPENAI_MODEL
              --model-address   OPENAI_BASE_URL (default: https://api.openai.com/v1)
                                OPENAI_API_KEY
            """,
        version: "0.1.0")

    @Option(help: "The port of the chat; 0 takes a free one (default: 8080).")
    var port: Int?

    @Option(help: "The address to listen on (default: 127.0.0.1).")
    var host: String?

    @Option(name: .customLong("allowed-host"), help: "A name under which the chat is reached besides the loopback ones; may be given several times.")
    var allowedHosts: [String] = []

    @Option(help: "The folder for conversations and mail (default: ~/.local/share/swift-mcp).")
    var data: String?

    @Option(help: "A JSON file with the servers to use, in the shape that MCP hosts share: {\"mcpServers\": {…}}.")
    var servers: String?

    @Option(help: "The name of the model, where one is configured.")
    var model: String?

    @Option(name: .customLong("model-address"), help: "The address of an OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1.")
    var modelAddress: String?

    @Option(name: .customLong("env-file"), help: "A file with environment variables, one NAME=value a line (default: .env).")
    var environmentFile: String = ".env"

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical (default: notice). Logs go to stderr.")
    var logLevel: String?

    public init() {}

    /// Runs the program with the arguments of the process. (In a `main.swift`, `main()` itself would be the synchronous one.)
    public static func start() async { await main() }

    public func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings = try await Settings(
            program: "", names: OrchestratorConfiguration.names, flags: flags, environment: environment, environmentFile: environmentFile, file: nil)
        let programs = (Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])).resolvingSymlinksInPath().deletingLastPathComponent()
        let configuration = try OrchestratorConfiguration(settings, programs: programs, environment: environment)
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = configuration.logLevel
            return handler
        }
        try await OrchestratorApplication(configuration, logger: Logger(label: "orchestrator")).run { address in
            // The one line on standard output: where to point the browser.
            FileHandle.standardOutput.write(Data("\(address)\n".utf8))
        }
    }

    /// What stands on the command line, by the names of the settings.
    var flags: [String: [String]] {
        var flags: [String: [String]] = [:]
        flags["orchestrator.port"] = port.map { ["\($0)"] }
        flags["orchestrator.host"] = host.map { [$0] }
        flags["orchestrator.allowedHosts"] = allowedHosts.isEmpty ? nil : allowedHosts
        flags["orchestrator.data"] = data.map { [$0] }
        flags["orchestrator.servers"] = servers.map { [$0] }
        flags["orchestrator.logLevel"] = logLevel.map { [$0] }
        flags["openai.model"] = model.map { [$0] }
        flags["openai.baseUrl"] = modelAddress.map { [$0] }
        return flags
    }
}
