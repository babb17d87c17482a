import MCPAuthorizationParsing
import MCPCore
import Testing

@testable import MCPAuthorization

@Suite struct TokenEndpointTests {
    private func response(_ body: JSONObject, status: Int = 200) throws -> TokenResponse {
        try TokenResponse(FetchReply(status: status, headers: [], body: body.serialized()), url: "https://as.example/token")
    }

    @Test func readsATokenResponse() throws {
        let response = try response([
            "access_token": "at", "token_type": "BEARER", "expires_in": "3600", "refresh_token": "rt", "scope": "a b", "more": [1],
        ])
        #expect(response.accessToken.reveal() == "at")
        #expect(response.tokenType == "bearer")
        #expect(response.expiresIn == 3600)
        #expect(response.refreshToken?.reveal() == "rt")
        #expect(response.scopes == ["a", "b"])
    }

    @Test(
        arguments: [
            ["token_type": "Bearer"], ["access_token": "at"], ["access_token": "", "token_type": "Bearer"], ["access_token": "a b", "token_type": "Bearer"],
            ["access_token": "a\r\nb", "token_type": "Bearer"], ["access_token": 1, "token_type": "Bearer"],
        ] as [JSONObject])
    func refusesWhatIsNone(body: JSONObject) { #expect(throws: AuthorizationError.self) { try response(body) } }

    @Test func errorsAreToldWithTheirCode() {
        #expect(throws: AuthorizationError.refused(OAuthRefusal(endpoint: "token", code: "invalid_grant", explanation: "gone"))) {
            try response(["error": "invalid_grant", "error_description": "gone"], status: 400)
        }
        #expect(throws: AuthorizationError.refused(OAuthRefusal(endpoint: "token", code: "HTTP status 500"))) { try response([:], status: 500) }
    }

    // MARK: Client authentication

    private func authenticate(_ client: RegisteredClient, _ supported: [String]?) throws -> (header: String?, form: FormBody) {
        var form = FormBody()
        let header = try client.authenticate(&form, issuer: "https://as.example", supported: supported, environment: .system)
        return (header, form)
    }

    @Test func basicEncodesBothParts() throws {
        let client = RegisteredClient(id: "a:b", authentication: .secret("ü+ %"))
        let (header, form) = try authenticate(client, nil)
        #expect(header == "Basic " + Base64.encode("a%3Ab:%C3%BC%2B%20%25".utf8))
        #expect(form.fields.isEmpty)
    }

    @Test func otherMethods() throws {
        let secret = RegisteredClient(id: "id", authentication: .secret("s"))
        var (header, form) = try authenticate(secret, ["client_secret_post"])
        #expect(header == nil && form["client_id"] == "id" && form["client_secret"] == "s")
        (header, form) = try authenticate(secret, ["none"])
        #expect(header == nil && form["client_id"] == "id" && form["client_secret"] == nil)
        (header, form) = try authenticate(RegisteredClient(id: "id", authentication: .none), ["client_secret_basic"])
        #expect(header == nil && form["client_id"] == "id" && form["client_secret"] == nil)
        // What the registration said goes before what the server can do in general.
        (header, form) = try authenticate(RegisteredClient(id: "id", authentication: .secret("s"), method: "client_secret_post"), ["client_secret_basic"])
        #expect(header == nil && form["client_secret"] == "s")
        #expect(throws: AuthorizationError.self) { try authenticate(secret, ["private_key_jwt"]) }
    }

    @Test(arguments: SignatureAlgorithm.allCases) func privateKeyAssertions(algorithm: SignatureAlgorithm) async throws {
        let pair = try TestKeys.pair(algorithm)
        let key = try await SigningKey(pem: SecretText(pair.pem), algorithm: algorithm, keyID: "k1")
        let environment = AuthorizationEnvironment(now: { 1000 }, randomBytes: AuthorizationEnvironment.system.randomBytes)
        var form = FormBody()
        let client = RegisteredClient(id: "id", authentication: .privateKey(key))
        #expect(try client.authenticate(&form, issuer: "https://as.example", supported: ["private_key_jwt"], environment: environment) == nil)
        #expect(form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        #expect(form["client_id"] == nil)
        let text = try #require(form["client_assertion"])
        let assertion = try #require(JSONWebSignature(parsing: text))
        let verification = try #require(await VerificationKey(pair.jwk, algorithm: algorithm.rawValue))
        #expect(assertion.isSigned(by: verification.verifier))
        #expect(assertion.keyID == "k1")
        #expect(assertion.claims["iss"] == "id" && assertion.claims["sub"] == "id" && assertion.claims["aud"] == "https://as.example")
        #expect(assertion.claims["iat"] == 1000 && assertion.claims["exp"] == 1060)
    }

    @Test func aKeyThatIsNoneIsNotShown() async {
        await #expect(throws: AuthorizationError.invalidKey("it is no private key in PEM for ES256")) {
            try await SigningKey(pem: "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----", algorithm: .es256)
        }
    }
}
