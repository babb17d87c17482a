import MCPCore
import Testing

@testable import MCPAuthorization

/// Nothing secret is in a description, or in what is printed when a value is dumped.
@Suite struct SecretTests {
    private func shown(_ value: Any) -> String {
        var text = "\(value) \(String(reflecting: value)) "
        dump(value, to: &text)
        return text
    }

    @Test func valuesDoNotShowTheirSecrets() async throws {
        let pair = try TestKeys.pair(.es256)
        let tokens = StoredTokens(
            issuer: "i", clientID: "c", resource: "r", accessToken: "SECRET", expires: nil, refreshToken: "SECRET", scopes: [], dpopKey: "SECRET")
        var form = FormBody()
        let client = RegisteredClient(id: "c", authentication: .secret("SECRET"))
        _ = try client.authenticate(&form, issuer: "i", supported: ["client_secret_post"], environment: .system)
        let configuration = OAuthClientConfiguration(clientName: "n", registered: [.init(id: "c", authentication: .secret("SECRET"))])
        let values: [Any] = [
            SecretText("SECRET"), tokens, client, form, configuration, PKCE(verifier: "SECRET"),
            try StaticTokenVerifier(text: "ada SECRET-SECRET-SECRET", name: "f"),
            try await SigningKey(pem: SecretText(pair.pem), algorithm: .es256).description,
        ]
        for value in values {
            #expect(!shown(value).contains("SECRET"))
            #expect(!shown(value).contains(pair.pem.split(separator: "\n")[1]))
        }
    }

    @Test func errorsDoNotShowThem() {
        let reply = FetchReply(status: 200, headers: [], body: Array("{\"access_token\": \"SECRET\"}".utf8))
        #expect { try TokenResponse(reply, url: "https://as.example/token") } throws: { !"\($0)".contains("SECRET") }
        let broken = FetchReply(status: 200, headers: [], body: Array("{\"access_token\": \"SECRET".utf8))
        #expect { try TokenResponse(broken, url: "https://as.example/token") } throws: { !"\($0)".contains("SECRET") }
    }
}
