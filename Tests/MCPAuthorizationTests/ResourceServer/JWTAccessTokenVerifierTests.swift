import Crypto
import JWTKit
import MCPAuthorizationParsing
import MCPCore
import Synchronization
import Testing

@testable import MCPAuthorization

private let now: Int64 = 1_800_000_000
private let environment = AuthorizationEnvironment(now: { now }, randomBytes: AuthorizationEnvironment.system.randomBytes)

/// The keys of an issuer, behind its metadata; they can be changed, and requests for them are counted.
private final class KeyServer: AuthorizationFetcher {
    let state = Mutex<(keys: [JSONObject], requests: Int, isDown: Bool)>(([], 0, false))

    init(_ keys: [JSONObject]) { state.withLock { $0.keys = keys } }

    func fetch(_ request: FetchRequest) async throws -> FetchReply {
        try state.withLock { state in
            if state.isDown { throw AuthorizationError.unusableAnswer(url: request.url.text, reason: "down") }
            if request.url.path == "/jwks" {
                state.requests += 1
                return FetchReply(status: 200, headers: [], body: JSONObject([("keys", .array(state.keys.map(JSONValue.object)))]).serialized())
            }
            let metadata: JSONObject = ["issuer": "https://as.example", "token_endpoint": "https://as.example/t", "jwks_uri": "https://as.example/jwks"]
            return FetchReply(status: 200, headers: [], body: metadata.serialized())
        }
    }
}

@Suite struct JWTAccessTokenVerifierTests {
    private func verifier(
        _ keys: KeyServer, algorithms: Set<String> = ["ES256", "RS256"], environment: AuthorizationEnvironment = environment
    ) -> JWTAccessTokenVerifier {
        JWTAccessTokenVerifier(
            issuer: "https://as.example", audiences: ["https://mcp.example/mcp"],
            keys: RemoteKeySet(issuer: "https://as.example", algorithms: algorithms, fetcher: keys, environment: environment), algorithms: algorithms,
            clockSkew: 60, environment: environment)
    }

    private static let claims: JSONObject = [
        "iss": "https://as.example", "sub": "ada", "aud": "https://mcp.example/mcp", "exp": .integer(now + 300), "iat": .integer(now), "scope": "a b",
    ]

    private func rejects(_ verifier: JWTAccessTokenVerifier, _ token: String, _ reason: String, _ place: SourceLocation = #_sourceLocation) async {
        await #expect(throws: AccessTokenRejection(reason), sourceLocation: place) { try await verifier.verify(SecretText(token)) }
    }

    @Test(arguments: [SignatureAlgorithm.es256, .rs256]) func acceptsItsOwn(algorithm: SignatureAlgorithm) async throws {
        let issuer = try await TestIssuerKey(algorithm, keyID: "1")
        let verified = try await verifier(KeyServer([issuer.jwk])).verify(SecretText(issuer.token(Self.claims, header: ["typ": "at+jwt"])))
        #expect(verified.principalID == "https://as.example ada")
        #expect(verified.scopes == ["a", "b"])
        #expect(verified.claims["sub"] == "ada")
    }

    @Test(
        arguments: [
            (["iss": "https://evil.example"], "it is of another issuer"), (["iss": .null], "it is of another issuer"),
            (["iss": "https://as.example/"], "it is of another issuer"),
            (["aud": "https://mcp.example"], "it is for another audience"), (["aud": .null], "it is for another audience"),
            (["aud": ["x", "y"]], "it is for another audience"), (["aud": .object([:])], "it is for another audience"),
            (["exp": .integer(now - 60)], "it has expired"), (["exp": .null], "it does not expire (`exp`)"), (["exp": "never"], "its `exp` is no time"),
            (["exp": .double(1e300)], "its `exp` is no time"),
            (["nbf": .integer(now + 61)], "it is not valid yet (`nbf`)"), (["iat": .integer(now + 61)], "it was issued in the future (`iat`)"),
            (["sub": .null], "it names neither a subject nor a client"),
        ] as [(JSONObject, String)])
    func refusesClaims(change: JSONObject, reason: String) async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        var claims = Self.claims
        for (name, value) in change { if value.isNull { claims.removeValue(forKey: name) } else { claims[name] = value } }
        await rejects(verifier(KeyServer([issuer.jwk])), try issuer.token(claims), reason)
    }

    @Test func clocksMayDifferALittle() async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        for change in [["exp": .integer(now - 59)], ["nbf": .integer(now + 60)], ["iat": .integer(now + 60)], ["aud": ["x", "https://mcp.example/mcp"]]]
            as [JSONObject]
        {
            var claims = Self.claims
            claims.merge(change)
            _ = try await verifier(KeyServer([issuer.jwk])).verify(SecretText(issuer.token(claims)))
        }
    }

    @Test func refusesForgeries() async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        let other = try await TestIssuerKey(keyID: "1")
        let verifier = verifier(KeyServer([issuer.jwk]))
        await rejects(verifier, try other.token(Self.claims), "its signature is wrong")
        let token = try issuer.token(Self.claims)
        let parts = token.split(separator: ".").map(String.init)
        var claims = Self.claims
        claims["sub"] = "eve"
        await rejects(verifier, "\(parts[0]).\(Base64URL.encode(claims.serialized())).\(parts[2])", "its signature is wrong")
        await rejects(verifier, "\(parts[0]).\(parts[1]).", "its signature is wrong")
        await rejects(verifier, "\(parts[0]).\(parts[1])", "it is no signed JWT")
        await rejects(verifier, token + "=", "it is no signed JWT")
        await rejects(verifier, "not a token", "it is no signed JWT")
        await rejects(verifier, try issuer.token(Self.claims, header: ["crit": ["x"]]), "it is no signed JWT")
        for type in ["dpop+jwt", "logout+jwt", "oauth-id-jag+jwt"] {
            await rejects(verifier, try issuer.token(Self.claims, header: ["typ": .string(type)]), "it is of another type than an access token")
        }
    }

    @Test func refusesTokensThatChooseTheirAlgorithm() async throws {
        let issuer = try await TestIssuerKey(.rs256, keyID: "1")
        let verifier = verifier(KeyServer([issuer.jwk]))
        let payload = Base64URL.encode(Self.claims.serialized())
        func unsigned(_ algorithm: String) -> String { Base64URL.encode(JSONObject([("alg", .string(algorithm)), ("kid", "1")]).serialized()) + "." + payload }
        for algorithm in ["none", "None", "NONE", "", "HS256", "RS512"] {
            await rejects(verifier, unsigned(algorithm) + ".AAAA", "its algorithm is not allowed")
        }
        // A public key is no shared secret (RFC 8725 section 2.1).
        let secret = SymmetricKey(data: Array((issuer.jwk["n"]?.string ?? "").utf8))
        let input = unsigned("HS256")
        let code = HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: secret)
        await rejects(verifier, input + "." + Base64URL.encode(code), "its algorithm is not allowed")
        // Allowed, but for another kind of key.
        await rejects(verifier, unsigned("ES256") + ".AAAA", "its key is unknown")
    }

    @Test(
        arguments: [
            ["use": "enc"], ["alg": "ES384"], ["key_ops": ["sign"]], ["d": "AAAA"], ["kty": "RSA"], ["crv": "P-384"], ["x": "AAAA"], ["kid": "2"],
        ] as [JSONObject])
    func doesNotUseKeysForAnotherPurpose(change: JSONObject) async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        var key = issuer.jwk
        key.merge(change)
        await rejects(verifier(KeyServer([key])), try issuer.token(Self.claims), "its key is unknown")
    }

    @Test func keysThatNobodyKnowsDoNotSpoilTheSet() async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        let keys: [JSONObject] = [["kty": "OKP", "crv": "X25519", "x": "AAAA"], ["kty": "new"], ["kty": "oct", "k": "AAAA"], issuer.jwk]
        _ = try await verifier(KeyServer(keys)).verify(SecretText(issuer.token(Self.claims)))
    }

    // MARK: Rotation

    @Test func newKeysAreFound() async throws {
        let time = Mutex(now)
        let clock = AuthorizationEnvironment(now: { time.withLock { $0 } }, randomBytes: environment.randomBytes)
        let (old, new) = (try await TestIssuerKey(keyID: "old"), try await TestIssuerKey(keyID: "new"))
        let server = KeyServer([old.jwk])
        let verifier = verifier(server, environment: clock)
        _ = try await verifier.verify(SecretText(old.token(Self.claims)))
        server.state.withLock { $0.keys = [old.jwk, new.jwk] }
        // Not within half a minute of the last time: an invented id is no request to the issuer.
        for _ in 0..<5 { await rejects(verifier, try new.token(Self.claims), "its key is unknown") }
        #expect(server.state.withLock { $0.requests } == 1)
        time.withLock { $0 += 30 }
        _ = try await verifier.verify(SecretText(new.token(Self.claims)))
        #expect(server.state.withLock { $0.requests } == 2)
    }

    @Test func keysThatWereWithdrawnAreForgotten() async throws {
        let time = Mutex(now)
        let clock = AuthorizationEnvironment(now: { time.withLock { $0 } }, randomBytes: environment.randomBytes)
        let issuer = try await TestIssuerKey(keyID: "1")
        let server = KeyServer([issuer.jwk])
        let verifier = verifier(server, environment: clock)
        var claims = Self.claims
        claims["exp"] = .integer(now + 10_000)
        let token = SecretText(try issuer.token(claims))
        _ = try await verifier.verify(token)
        server.state.withLock { ($0.keys, $0.isDown) = ([], true) }
        time.withLock { $0 += 601 }
        // An issuer that is down does not take its keys with it.
        _ = try await verifier.verify(token)
        server.state.withLock { $0.isDown = false }
        time.withLock { $0 += 31 }
        await #expect(throws: AccessTokenRejection("its key is unknown")) { try await verifier.verify(token) }
    }

    @Test func anIssuerThatCannotBeReachedIsNoFaultOfTheToken() async throws {
        let issuer = try await TestIssuerKey(keyID: "1")
        let server = KeyServer([issuer.jwk])
        server.state.withLock { $0.isDown = true }
        await #expect(throws: AuthorizationError.self) { try await verifier(server).verify(SecretText(issuer.token(Self.claims))) }
    }

    /// The example of RFC 7638 section 3.1.
    @Test func thumbprints() {
        let n =
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        let key: JSONObject = ["kty": "RSA", "n": .string(n), "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"]
        #expect(key.keyThumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        #expect((["kty": "oct", "k": "AAAA"] as JSONObject).keyThumbprint == nil)
    }
}
