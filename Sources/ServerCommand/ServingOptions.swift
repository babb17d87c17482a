import ArgumentParser

/// The options that every reference server has: how it is reached, and where its settings are.
public struct ServingOptions: ParsableArguments {
    @Option(name: .customLong("http"), help: "Serve Streamable HTTP on this port, at /mcp (0 takes a free one). Without it: stdio.")
    public var httpPort: Int?

    @Option(name: .customLong("host"), help: "The address to listen on (default: 127.0.0.1).")
    public var httpHost: String?

    @Option(
        name: .customLong("allowed-host"),
        help: "A host name that HTTP requests may name besides the loopback ones, as a proxy forwards it; may be given several times.")
    public var allowedHosts: [String] = []

    @Option(
        name: .customLong("allowed-origin"),
        help: "The origin of web pages that may call the server, for example https://app.example.com; may be given several times.")
    public var allowedOrigins: [String] = []

    @Option(help: "Answer only requests with an access token (JWT) of this authorization server. Needs --resource.")
    public var issuer: String?

    @Option(help: "The URL of the endpoint as clients know it, which access tokens name as their audience.")
    public var resource: String?

    @Option(help: "Answer only requests with a token from this file; each line holds a name and a token.")
    public var tokens: String?

    @Option(name: .customLong("calls-per-second"), help: "How often one caller may call tools, in the long run (default: 100; 0 for as often as it likes).")
    public var callsPerSecond: Int?

    @Option(name: .customLong("config"), help: "A JSON file with settings.")
    public var configurationFile: String?

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical (default: info). Logs go to stderr.")
    public var logLevel: String?

    public init() {}

    /// The settings that stand on the command line.
    var flags: [String: [String]] {
        var flags: [String: [String]] = [:]
        flags["http.port"] = httpPort.map { ["\($0)"] }
        flags["http.host"] = httpHost.map { [$0] }
        flags["http.allowedHosts"] = allowedHosts.isEmpty ? nil : allowedHosts
        flags["http.allowedOrigins"] = allowedOrigins.isEmpty ? nil : allowedOrigins
        flags["http.issuer"] = issuer.map { [$0] }
        flags["http.resource"] = resource.map { [$0] }
        flags["http.tokens"] = tokens.map { [$0] }
        flags["calls.perSecond"] = callsPerSecond.map { ["\($0)"] }
        flags["log.level"] = logLevel.map { [$0] }
        return flags
    }

    /// The names of the settings that every server knows.
    static let settings = [
        "http.port", "http.host", "http.allowedHosts", "http.allowedOrigins", "http.issuer", "http.resource", "http.tokens", "calls.perSecond",
        "log.level",
    ]
}
