import Foundation
import HTTPTypes
import MCPAuthorizationParsing
import MCPCore
import MCPHTTP
import TestSupport
import Testing

@testable import MCPAuthorization

/// What fuzzing has found, as an access token and as the proof beside one: a JWT of nobody is read and refused, and nothing is accepted that its key has not signed.
@Suite struct JWTCorpusTests {
    /// The token is bound to the key that has signed the seed `proof` of the corpus; its private half is not kept.
    private struct Bound: AccessTokenVerifier {
        func verify(_ token: SecretText) -> VerifiedAccessToken {
            VerifiedAccessToken(principalID: "ada", scopes: nil, keyThumbprint: "wEV-ucqCb_4Oeo9IFhaBzRqI5RFpemhbMDghOg7s8qE")
        }
    }

    /// What the seed says: the only claims that the key has signed and that are of now.
    private static let claims = Base64URL.encode(
        #"{"htm":"POST","htu":"http://127.0.0.1:8080/mcp","ath":"PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A","iat":1000,"jti":"1"}"#.utf8)

    private static func corpus() throws -> [(name: String, text: String)] {
        let folder = URL(filePath: #filePath).appending(path: "../../../../Fuzz/Corpus/jwt").standardized
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map {
            ($0.lastPathComponent, String(decoding: try Data(contentsOf: $0), as: UTF8.self))
        }
    }

    @Test func noTokenIsAcceptedWithoutAnAlgorithm() async throws {
        // Every algorithm is one too many: what is read is refused before keys are fetched.
        let verifier = try JWTAccessTokenVerifier(issuer: "https://as.example", audiences: ["https://mcp.example/mcp"], algorithms: [])
        for (name, text) in try Self.corpus() {
            await #expect(throws: AccessTokenRejection.self, "\(name)") { _ = try await verifier.verify(SecretText(text)) }
        }
    }

    @Test func noProofIsAcceptedButTheOneThatIsSigned() async throws {
        let field = try #require(HTTPField.Name("DPoP"))
        let environment = AuthorizationEnvironment(now: { 1000 }, randomBytes: { [UInt8](repeating: 0, count: $0) })
        var accepted: [String] = []
        for (name, text) in try Self.corpus() {
            var request = HTTPRequest(method: .post, scheme: "http", authority: "127.0.0.1:8080", path: "/mcp")
            request.headerFields = [.authorization: "DPoP token", field: text]
            // One for each: a proof is good once.
            let server = try ResourceServer(
                resource: "http://127.0.0.1:8080/mcp", authorizationServers: ["https://as.example"], verifier: Bound(), environment: environment)
            guard case .accepted = await server.authorize(request) else { continue }
            accepted.append(name)
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            #expect(parts.count == 3 && parts[1] == Self.claims, "\(name)")
        }
        // The seed is in the corpus: should a merge drop it, nothing here is shown.
        #expect(accepted.contains("proof"))
    }
}
