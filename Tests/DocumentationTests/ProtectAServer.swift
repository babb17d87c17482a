import MCPAuthorization
import MCPMacros
import MCPTransport

@Toolbox struct MailTools {
    @Tool("send_mail") func send(to: String) -> String { "sent to \(to)" }
}

/// `docs/protect-a-server.md`, line by line. It would serve until it is cancelled.
func protectAServer() async throws {
    let resource = "https://mcp.example.com/mcp"
    let issuer = "https://login.example.com"
    let protection = try ResourceServer(
        resource: resource, authorizationServers: [issuer], scopesSupported: ["mail:read"],
        verifier: JWTAccessTokenVerifier(issuer: issuer, audiences: [resource]),
        report: { print($0) })
    let server = Server(
        "mail", version: "1.0.0",
        configuration: ServerConfiguration(
            scopes: ScopeRules(tools: ["send_mail": ["mail:send"]], includes: ["mail": ["mail:read", "mail:send"]]))
    ) { MailTools() }
    try await server.serve(.http(port: 8080, configuration: HTTPHandlerConfiguration(allowedHosts: ["mcp.example.com"], authorization: protection)))
}
