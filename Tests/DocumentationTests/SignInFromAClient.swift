import Foundation
import MCPAuthorization
import MCPTransport

/// `docs/sign-in-from-a-client.md`, line by line. It would open a browser.
func signInFromAClient() async throws {
    let url = "https://mcp.example.com/mcp"
    let authorizer = try OAuthAuthorizer(
        server: url,
        configuration: OAuthClientConfiguration(
            clientName: "My client", userAgent: LoopbackUserAgent(open: SystemBrowser.open),
            store: FileCredentialStore(path: NSHomeDirectory() + "/.config/my-client/credentials.json")))
    try await withClient(.http(url, authorizer: authorizer)) { client in
        print(try await client.listTools().map(\.name))
    }
}
