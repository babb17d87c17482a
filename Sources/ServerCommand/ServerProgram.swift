import Foundation
import Logging
import MCPTransport
import UnixSignals

/// Runs a reference server: reads its settings, starts its log, and serves until it is told to stop.
public enum ServerProgram {
    /// - Parameters:
    ///   - program: The program's name.
    ///   - options: What the command line says of serving.
    ///   - flags: What it says of the server's own settings.
    ///   - settings: The names of the server's own settings.
    ///   - make: Makes the server.
    /// - Throws: What `make` and serving throw; the message is for the operator.
    public static func run(
        _ program: String, options: ServingOptions, flags: [String: [String]] = [:], settings names: [String] = [],
        make: (Settings, Logger) async throws -> Server
    ) async throws {
        let settings = try await Settings(
            program: program, names: ServingOptions.settings + names, flags: options.flags.merging(flags) { first, _ in first },
            environment: ProcessInfo.processInfo.environment, file: options.configurationFile)
        let level = try settings.choice("log.level", Logger.Level.self) ?? .info
        // Standard output belongs to the protocol.
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: program)
        let server = try await make(settings, logger)
        try await untilStopped {
            if let port = try settings.integer("http.port", in: 0...65535) {
                try await serve(server, port: port, settings, logger)
            } else {
                logger.debug("Serving over stdio")
                try await server.serve(.stdio)
            }
        }
    }

    private static func serve(_ server: Server, port: Int, _ settings: Settings, _ logger: Logger) async throws {
        let host = settings.string("http.host") ?? "127.0.0.1"
        let configuration = HTTPHandlerConfiguration(
            allowedHosts: Set(settings.list("http.allowedHosts")), allowedOrigins: Set(settings.list("http.allowedOrigins")),
            authorization: try Protection.authorization(settings, logger))
        try await server.serve(
            .http(
                host: host, port: port, configuration: configuration,
                onListening: { @Sendable url in
                    // The one line on standard output: whoever started the program reads where it listens.
                    FileHandle.standardOutput.write(Data("\(url)\n".utf8))
                }))
    }

    /// Runs `body` until it ends, or until the process is asked to end: then `body` is cancelled and ends in order.
    private static func untilStopped(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
