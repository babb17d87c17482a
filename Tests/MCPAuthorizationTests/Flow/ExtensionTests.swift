import MCPAuthorizationParsing
import MCPCore
import MCPHTTPClient
import Testing

@testable import MCPAuthorization

private let url = "https://mcp.example/mcp"
private let target = HTTPRequestTarget(method: "POST", url: url)

/// Grants and bindings of the extensions.
@Suite struct ExtensionTests {
    private func authorizer(_ issuer: TestIssuer, _ change: (inout OAuthClientConfiguration) -> Void) throws -> OAuthAuthorizer {
        var configuration = OAuthClientConfiguration(clientName: "Test", environment: issuer.environment)
        change(&configuration)
        return try OAuthAuthorizer(EndpointURL(url), configuration, fetcher: issuer)
    }

    private func refusal(_ challenge: String = "Bearer scope=\"a\"", _ headers: [(name: String, value: String)] = []) -> HTTPRefusal {
        HTTPRefusal(attempt: 1, status: 401, headers: [("www-authenticate", challenge)] + headers, sentHeaders: [])
    }

    @Test func clientCredentials() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.clients = ["c": .init(secret: "s")] }
        let authorizer = try authorizer(issuer) {
            $0.grant = .clientCredentials
            $0.registered = [.init(id: "c", authentication: .secret("s"))]
        }
        #expect(try await authorizer.headers(for: target, after: refusal()) != nil)
        #expect(issuer.tokenRequests.map { $0["grant_type"] } == ["client_credentials"])
        #expect(issuer.tokenRequests[0]["resource"] == url && issuer.tokenRequests[0]["scope"] == "a")
        await #expect(throws: AuthorizationError.self) {
            try await self.authorizer(issuer) { $0.grant = .clientCredentials }.headers(for: target, after: refusal())
        }
    }

    @Test func enterpriseManaged() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.clients = ["c": .init(secret: "s"), "idp-client": .init()] }
        let identity = EnterpriseIdentity(tokenEndpoint: "https://idp.example/token", issuer: "https://idp.example", clientID: "idp-client") { "id token" }
        let authorizer = try authorizer(issuer) {
            $0.grant = .enterpriseManaged(identity)
            $0.registered = [.init(id: "c", authentication: .secret("s"))]
        }
        #expect(try await authorizer.headers(for: target, after: refusal()) != nil)
        let hosts = issuer.state.withLock { $0.requests.filter { $0.url.path == "/token" }.map(\.url.host) }
        #expect(hosts == ["idp.example", "as.example"])
        #expect(issuer.tokenRequests[1]["assertion"] == "good")
        #expect(issuer.tokenRequests[0]["client_id"] == "idp-client")
    }

    @Test(arguments: [true, false]) func workloadIdentity(isGood: Bool) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.clients = ["c": .init()] }
        let authorizer = try authorizer(issuer) {
            $0.grant = .jwtBearer { issuer in issuer == "https://as.example" && isGood ? "good" : "bad" }
            $0.registered = [.init(id: "c")]
        }
        if isGood {
            #expect(try await authorizer.headers(for: target, after: refusal()) != nil)
        } else {
            await #expect(throws: AuthorizationError.refused(OAuthRefusal(endpoint: "token", code: "invalid_grant"))) {
                try await authorizer.headers(for: target, after: refusal())
            }
        }
        // Neither again nor in another way.
        #expect(issuer.tokenRequests.count == 1)
    }

    // MARK: DPoP

    @Test func boundTokensComeWithAFreshProof() async throws {
        let issuer = TestIssuer()
        let authorizer = try authorizer(issuer) { $0.userAgent = issuer }
        let first = try #require(try await authorizer.headers(for: target, after: refusal("DPoP scope=\"a\"")))
        let second = try #require(try await authorizer.headers(for: target, after: nil))
        let token = String(first[0].value.dropFirst("DPoP ".count))
        #expect(first.map(\.name) == ["authorization", "dpop"] && second[0].value == first[0].value)
        let proofs = try [first, second].map { try #require(JSONWebSignature(parsing: $0[1].value)) }
        #expect(proofs[0].claims["jti"] != proofs[1].claims["jti"])
        #expect(proofs.allSatisfy { $0.claims["htm"] == "POST" && $0.claims["htu"]?.string == url && $0.claims["ath"]?.string == DPoPKey.hash(token) })
        let jwk = try #require(proofs[0].header["jwk"]?.object)
        #expect(jwk["d"] == nil)
        let key = try #require(await VerificationKey(jwk, algorithm: "ES256"))
        #expect(proofs.allSatisfy { $0.isSigned(by: key.verifier) })
        #expect(issuer.state.withLock { $0.accessTokens[token]?.thumbprint } == jwk.keyThumbprint)
    }

    @Test func noncesOfBothEndpoints() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.nonce = "as nonce" }
        let authorizer = try authorizer(issuer) { $0.userAgent = issuer }
        let first = try #require(try await authorizer.headers(for: target, after: refusal("DPoP")))
        #expect(issuer.tokenRequests.count == 2)
        let wish = HTTPRefusal(
            attempt: 2, status: 401, headers: [("www-authenticate", "DPoP error=\"use_dpop_nonce\""), ("dpop-nonce", "rs nonce")], sentHeaders: first)
        let second = try #require(try await authorizer.headers(for: target, after: wish))
        #expect(JSONWebSignature(parsing: second[1].value)?.claims["nonce"] == "rs nonce")
        // The same nonce again changes nothing.
        #expect(try await authorizer.headers(for: target, after: wish) == nil)
        await authorizer.received(nonce: "next nonce")
        let third = try #require(try await authorizer.headers(for: target, after: nil))
        #expect(JSONWebSignature(parsing: third[1].value)?.claims["nonce"] == "next nonce")
        #expect(issuer.state.withLock { $0.visits.count } == 1)
    }

    @Test func theKeyIsKeptWithItsTokens() async throws {
        let issuer = TestIssuer()
        let store = MemoryCredentialStore()
        func make() throws -> OAuthAuthorizer {
            try authorizer(issuer) {
                $0.userAgent = issuer
                $0.store = store
            }
        }
        let first = try #require(try await make().headers(for: target, after: refusal("DPoP")))
        let second = try #require(try await make().headers(for: target, after: nil))
        #expect(JSONWebSignature(parsing: second[1].value)?.header["jwk"] == JSONWebSignature(parsing: first[1].value)?.header["jwk"])
    }

    @Test func whoAlwaysWantsBoundTokensTakesNoOthers() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.tokenTypeIsBearer = true }
        await #expect(throws: AuthorizationError.self) {
            try await authorizer(issuer) { ($0.userAgent, $0.dpop) = (issuer, .always) }.headers(for: target, after: refusal())
        }
        issuer.update { $0.metadata = ["dpop_signing_alg_values_supported": .null] }
        await #expect(throws: AuthorizationError.self) {
            try await authorizer(issuer) { ($0.userAgent, $0.dpop) = (issuer, .always) }.headers(for: target, after: refusal())
        }
        #expect(issuer.state.withLock { $0.visits.count } == 1)
        #expect(try await authorizer(issuer) { $0.userAgent = issuer }.headers(for: target, after: refusal())?[0].value.hasPrefix("Bearer ") == true)
    }
}
