import ArgumentParser
import Foundation
import Logging
import MCPTransport
import ServerCommand

/// The program `email-server`.
public struct EmailServerCommand: AsyncParsableCommand {
    public static let version = "0.1.0"

    public static let configuration = CommandConfiguration(
        commandName: EmailServer.name,
        abstract: "An MCP server over a mailbox: search, read, draft and send mail.",
        discussion: """
            Without options it serves over standard input and output, on an embedded mailbox that begins with sample mail; mail that is sent stays in \
            its outbox.

            Settings also come from the environment (EMAIL_SERVER_DATA, EMAIL_SERVER_SAMPLE_MAIL, EMAIL_SERVER_HTTP_PORT, …) and from the file that \
            --config names. Options come before the environment, and that before the file.
            """,
        version: version)

    @OptionGroup var serving: ServingOptions

    @Option(help: "The mailbox's directory; one server at a time uses it. (default: $XDG_DATA_HOME/swift-mcp/email)")
    var data: String?

    @Flag(inversion: .prefixedNo, help: "Whether a new mailbox begins with the sample mail. (default: --sample-mail)")
    var sampleMail: Bool?

    public init() {}

    /// Runs the program with the arguments of the process. (In a `main.swift`, `main()` itself would be the synchronous one.)
    nonisolated(nonsending) public static func start() async { await WorkerPool.run { await main() } }

    public func run() async throws {
        var flags: [String: [String]] = [:]
        flags["data"] = data.map { [$0] }
        flags["sampleMail"] = sampleMail.map { ["\($0)"] }
        try await ServerProgram.run(
            EmailServer.name, options: serving, flags: flags, settings: ["data", "sampleMail"],
            make: { settings, logger in
                let directory = Self.dataDirectory(
                    settings.string("data"), environment: ProcessInfo.processInfo.environment,
                    workingDirectory: FileManager.default.currentDirectoryPath)
                let mailbox = try EmbeddedMailbox(
                    opening: directory, sampleMail: try settings.flag("sampleMail") ?? true,
                    clock: { Int64(Date().timeIntervalSince1970) }, warn: { logger.warning("\($0)") })
                logger.info("Mailbox in \(directory)")
                return EmailServer.server(
                    mailbox: mailbox, version: Self.version,
                    configuration: .init(diagnostics: { Self.log($0, logger) }, rateLimits: try RateLimits(settings)))
            })
    }

    /// The directory that was asked for; else where the XDG base directory specification has a user's data.
    static func dataDirectory(_ setting: String?, environment: [String: String], workingDirectory: String) -> String {
        if let setting, !setting.isEmpty { return setting.hasPrefix("/") ? setting : "\(workingDirectory)/\(setting)" }
        if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return "\(base)/swift-mcp/email" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/share/swift-mcp/email" }
        return "\(workingDirectory)/data/email"
    }

    private static func log(_ diagnostic: ServerDiagnostic, _ logger: Logger) {
        switch diagnostic {
        case .handlerFailed, .invalidOutput: logger.error("\(diagnostic)")
        case .invalidMetaKeys, .limited: logger.warning("\(diagnostic)")
        case .cancelled, .ignored: logger.debug("\(diagnostic)")
        }
    }
}
