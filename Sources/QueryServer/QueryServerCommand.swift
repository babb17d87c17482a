import ArgumentParser
import Foundation
import Logging
import MCPTransport
import ServerCommand

/// The program `query-server`.
public struct QueryServerCommand: AsyncParsableCommand {
    public static let version = "0.1.0"

    public static let configuration = CommandConfiguration(
        commandName: "query-server",
        abstract: "An MCP server that lets a model read SQL databases, and nothing but read.",
        discussion: """
            Serves a built-in sample shop (SQLite in memory) unless databases are given. Every query runs in the engine's own read-only mode.

            Settings come from flags, then the environment, then the file given with --config:
              --database      QUERY_SERVER_DATABASES (separated by commas)   {"databases": ["name=postgres://…"]}
              --timeout       QUERY_SERVER_QUERY_TIMEOUT                     {"query": {"timeout": 30}}
              --http          QUERY_SERVER_HTTP_PORT                         {"http": {"port": 8081}}
              --log-level     QUERY_SERVER_LOG_LEVEL                         {"log": {"level": "info"}}
            Other users of the machine can see command lines: put a password into the environment, the file, or ~/.pgpass.
            """,
        version: version)

    @Option(
        name: .customLong("database"),
        help: ArgumentHelp(
            "A database: postgres://USER@HOST:PORT/NAME, the path of an SQLite file, or sample. With NAME= before it, that is its name. May be given several times.",
            valueName: "[name=]address"))
    var databases: [String] = []

    @Option(name: .customLong("timeout"), help: "Seconds after which the engine stops a query (default: 30).")
    var timeout: Int?

    @OptionGroup var serving: ServingOptions

    public init() {}

    /// Runs the program with the arguments of the process. (In a `main.swift`, `main()` itself would be the synchronous one.)
    nonisolated(nonsending) public static func start() async { await WorkerPool.run { await main() } }

    public func run() async throws {
        var flags: [String: [String]] = [:]
        flags["databases"] = databases.isEmpty ? nil : databases
        flags["query.timeout"] = timeout.map { ["\($0)"] }
        try await ServerProgram.run("query-server", options: serving, flags: flags, settings: ["databases", "query.timeout"]) {
            settings, logger in
            let given = settings.list("databases")
            let addresses = try (given.isEmpty ? ["sample"] : given).map { try DatabaseAddress($0) }
            let databases = try DatabaseSet(addresses: addresses)
            for database in databases.all {
                logger.info("Reading \(database.location) as connection \(database.name)")
            }
            var limits = QueryLimits()
            if let seconds = try settings.integer("query.timeout", in: 1...3_600) { limits.timeoutMilliseconds = seconds * 1_000 }
            return Server.queryServer(
                databases: databases, limits: limits,
                configuration: ServerConfiguration(diagnostics: { Self.log($0, logger) }, rateLimits: try RateLimits(settings)))
        }
    }

    private static func log(_ diagnostic: ServerDiagnostic, _ logger: Logger) {
        switch diagnostic {
        case .handlerFailed, .invalidOutput: logger.error("\(diagnostic)")
        case .invalidMetaKeys, .limited: logger.warning("\(diagnostic)")
        case .cancelled, .ignored: logger.debug("\(diagnostic)")
        }
    }
}
