import Foundation
import MCPAuthorization
import MCPMacros
import MCPTransport
import Testing

// snippet: begin
/// Serves those who have a token of the list. With an authorization server in its place:
/// `JWTAccessTokenVerifier(issuer: "https://login.example.com", audiences: [resource])`.
func serveProtected(_ tokens: String, _ listening: @escaping @Sendable (String) -> Void) async throws {
    let protection = try ResourceServer(
        resource: "http://127.0.0.1/mcp", authorizationServers: [], verifier: StaticTokenVerifier(file: tokens))
    // Whoever has not got the scope does not see the tool in the list.
    let rules = ScopeRules(tools: ["send": ["mail:send"]])
    let server = Server("mail", version: "1.0.0", configuration: ServerConfiguration(scopes: rules)) {
        ServerTool("whoami", input: Nothing.self) { _, context in context.peer.principal?.id ?? "nobody" }
        ServerTool("send", input: Nothing.self) { _, _ in "sent" }
    }
    try await server.serve(.http(port: 0, configuration: HTTPHandlerConfiguration(authorization: protection), onListening: listening))
}

@Schema struct Nothing: Sendable {}

/// With a token that is already there. `.http(url, authorizer: OAuthAuthorizer(…))` gets one: it finds the authorization server, registers, and takes the person through the sign-in.
func whoAmI(at url: String, token: String) async throws -> (name: String, tools: [String]) {
    try await withClient(.http(url, headers: [("Authorization", "Bearer \(token)")])) { client in
        (try await client.callTool("whoami").text, try await client.listTools().map(\.name))
    }
}
// snippet: end

@Suite(.timeLimit(.minutes(1))) struct AuthorizationExamples {
    private let file = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)").path

    @Test func runs() async throws {
        try "ada  \(String(repeating: "a", count: 32))  mail:send\nbob  \(String(repeating: "b", count: 32))  mail:read\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let file = file
        try await whileServing({ try await serveProtected(file, $0) }) { url in
            let ada = try await whoAmI(at: url, token: String(repeating: "a", count: 32))
            #expect(ada.name == "ada" && Set(ada.tools) == ["whoami", "send"])
            let bob = try await whoAmI(at: url, token: String(repeating: "b", count: 32))
            #expect(bob.name == "bob" && bob.tools == ["whoami"])
            await #expect(throws: (any Error).self) { try await whoAmI(at: url, token: "no token") }
        }
    }
}
