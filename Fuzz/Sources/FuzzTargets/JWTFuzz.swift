import HTTPTypes
import MCPAuthorization
import MCPCore
import MCPHTTP

/// What comes as an access token, or as the proof beside one: a JWT of nobody is read and refused, and nothing is accepted that its key has not signed.
enum JWTFuzz {
    /// Every algorithm is one too many: what is read is refused before keys are fetched.
    private static let verifier = try? JWTAccessTokenVerifier(issuer: "https://as.example", audiences: ["https://mcp.example/mcp"], algorithms: [])

    /// The token is bound to the key that has signed the seed `proof` of the corpus; its private half is not kept.
    private struct Bound: AccessTokenVerifier {
        func verify(_ token: SecretText) -> VerifiedAccessToken {
            VerifiedAccessToken(principalID: "ada", scopes: nil, keyThumbprint: "wEV-ucqCb_4Oeo9IFhaBzRqI5RFpemhbMDghOg7s8qE")
        }
    }

    /// What the seed says: the only claims that the key has signed and that are of now.
    private static let claims = Base64.encode(
        #"{"htm":"POST","htu":"http://127.0.0.1:8080/mcp","ath":"PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A","iat":1000,"jti":"1"}"#.utf8
    ).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let verifier else { preconditionFailure("the verifier cannot be made") }
        let isVerified = waiting {
            do { _ = try await verifier.verify(SecretText(text)) } catch {
                precondition(error is AccessTokenRejection, "\(error)")
                return false
            }
            return true
        }
        precondition(!isVerified, "a token was accepted without an algorithm")

        var request = HTTPRequest(method: .post, scheme: "http", authority: "127.0.0.1:8080", path: "/mcp")
        guard let field = HTTPField.Name("DPoP") else { preconditionFailure("DPoP is a name") }
        request.headerFields = [.authorization: "DPoP token", field: text]
        let environment = AuthorizationEnvironment(now: { 1000 }, randomBytes: { [UInt8](repeating: 0, count: $0) })
        // One for each input: a proof is good once.
        guard
            let server = try? ResourceServer(
                resource: "http://127.0.0.1:8080/mcp", authorizationServers: ["https://as.example"], verifier: Bound(), environment: environment)
        else { preconditionFailure("the server cannot be made") }
        if case .accepted = waiting({ [request] in await server.authorize(request) }) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            precondition(parts.count == 3 && parts[1] == claims, "a proof was accepted that is forged")
        }
    }
}
