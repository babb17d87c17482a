import ConformanceClientMutants
import MCPTransport

/// Where the server of a suite is.
enum ServerAddress: Sendable {
    /// The URL of a Streamable HTTP endpoint.
    case url(String)
    /// A command line for the shell, which launches a server on stdio.
    case command(String)

    /// How long a server may take to end: suites see to it that it does, and one that is killed before would look like a fault of the client.
    private static let gracePeriod = Duration.seconds(15)

    /// Runs `body` with a client, which has a fault where there is a mutant.
    func connect(_ configuration: ClientConfiguration, _ mutant: ClientMutant?, _ body: (Client) async throws -> Void) async throws {
        switch self {
        case .url(let url):
            var limits = HTTPClientLimits()
            if let maximum = mutant?.maximumResumptions { limits.maximumResumptions = maximum }
            try await Self.connect(HTTPClientTransport(url: url, limits: limits), configuration, mutant, body)
        case .command(let command):
            let command = mutant.map { $0.serverCommand("exec \(command)") } ?? "exec \(command)"
            try await Self.connect(
                StdioClientTransport(command: "/bin/sh", arguments: ["-c", command], gracePeriod: Self.gracePeriod), configuration, mutant, body)
        }
    }

    private static func connect(
        _ transport: some ClientTransport, _ configuration: ClientConfiguration, _ mutant: ClientMutant?, _ body: (Client) async throws -> Void
    ) async throws {
        if let mutant {
            try await withClient(MutantTransport(transport, mutant), configuration: configuration, body)
        } else {
            try await withClient(transport, configuration: configuration, body)
        }
    }
}
