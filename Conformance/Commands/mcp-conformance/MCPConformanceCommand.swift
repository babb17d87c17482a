import ArgumentParser

/// The conformance suite: scenarios that a server or a client in any language is pointed at.
@main
struct MCPConformanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp-conformance", abstract: "Asks MCP servers and clients what the specification asks of them.",
        discussion: """
            mcp-conformance server --url http://localhost:8080/mcp --requirements 2026-07-28
            mcp-conformance server --stdio "my-server --flag" --requirements 2025-11-25 --report junit --output report.xml
            mcp-conformance client --command "my-client" --requirements 2026-07-28

            Exits with 0 where the implementation conforms, 1 where it does not, 64 where the command line is wrong.
            """, version: "1.0.0", subcommands: [ServerCommand.self, ClientCommand.self, ListCommand.self, AuthServerCommand.self, RelayCommand.self])
}
