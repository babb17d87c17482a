import MCPCore
import Testing

@testable import ConformanceSuite

/// Keys, tokens and proofs of the authorization server of the suite.
@Suite struct TokenTests {
    @Test(arguments: TokenKey.Algorithm.allCases) func aKeyVerifiesWhatItHasSigned(_ algorithm: TokenKey.Algorithm) throws {
        let (key, other) = (try TokenKey(algorithm, id: "k"), try TokenKey(algorithm, id: "k"))
        let token = try #require(JSONWebToken(reading: try JSONWebToken(["sub": "ada"]).signed(by: key)))
        #expect(token.header["alg"]?.string == algorithm.rawValue)
        #expect(token.isSigned(by: [key.jwk]))
        #expect(!token.isSigned(by: [other.jwk]))
        #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----"))
    }

    /// The example of RFC 7638 section 3.1.
    @Test func aThumbprintIsThatOfTheSpecification() {
        let jwk: JSONObject = [
            "kty": "RSA",
            "n":
                "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        ]
        #expect(PublicTokenKey.thumbprint(of: jwk) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test(arguments: TokenMint.Flaw.allCases) func aFlawIsOne(_ flaw: TokenMint.Flaw) throws {
        let mint = TokenMint(issuer: "https://as.example", key: try TokenKey())
        let claims = mint.claims(audience: "https://mcp.example/mcp", subject: "ada")
        func isGood(_ text: String) throws -> Bool {
            let token = try #require(JSONWebToken(reading: text))
            let now = TokenClock.now()
            return token.isSigned(by: [mint.key.jwk]) && token.claims["iss"] == "https://as.example" && token.claims["aud"] == "https://mcp.example/mcp"
                && (token.claims["exp"]?.integer ?? 0) > now && (token.claims["nbf"]?.integer ?? 0) <= now
        }
        #expect(try isGood(mint.token(claims)))
        #expect(try !isGood(mint.token(claims, flaw: flaw)))
    }

    // MARK: Proofs

    private static func proof(
        claims: JSONObject = [:], header: JSONObject = [:], method: String = "POST", url: String = "http://localhost:9/token", token: String? = nil
    ) throws -> PossessionProof {
        let key = try TokenKey()
        var all: JSONObject = ["jti": "1", "htm": "POST", "htu": "http://localhost:9/token", "iat": .integer(TokenClock.now())]
        all.merge(claims)
        var heads: JSONObject = ["typ": "dpop+jwt", "jwk": .object(key.jwk)]
        heads.merge(header)
        return try PossessionProof([try JSONWebToken(all, header: heads).signed(by: key)], method: method, url: url, accessToken: token)
    }

    @Test func aProofHolds() throws {
        #expect(try Self.proof(claims: ["nonce": "n"]).nonce == "n")
        #expect(throws: Never.self) { try Self.proof(claims: ["htu": "HTTP://LocalHost:9/token"]) }
        #expect(throws: Never.self) { try Self.proof(claims: ["ath": .string(PossessionProof.hash("token"))], token: "token") }
    }

    @Test(
        arguments: [
            ["htm": "GET"], ["htu": "http://localhost:9/other"], ["htu": "http://localhost:9/token?x=1"], ["iat": 1], ["iat": nil], ["jti": nil], ["jti": ""],
        ] as [JSONObject])
    func aProofOfSomethingElseDoesNot(_ claims: JSONObject) {
        #expect(throws: PossessionProof.Flaw.self) { try Self.proof(claims: claims) }
    }

    @Test func aProofNeedsItsOwnKey() throws {
        let stranger = try TokenKey(id: "k")
        #expect(throws: PossessionProof.Flaw.self) { try Self.proof(header: ["jwk": .object(stranger.jwk)]) }
        #expect(throws: PossessionProof.Flaw.self) { try Self.proof(header: ["typ": "JWT"]) }
        #expect(throws: PossessionProof.Flaw.self) { try Self.proof(token: "token") }
        #expect(throws: PossessionProof.Flaw.self) { try PossessionProof([], method: "POST", url: "http://localhost:9/token", accessToken: nil) }
        var private_ = stranger.jwk
        private_["d"] = "secret"
        #expect(throws: PossessionProof.Flaw.self) { try Self.proof(header: ["jwk": .object(private_)]) }
    }
}
