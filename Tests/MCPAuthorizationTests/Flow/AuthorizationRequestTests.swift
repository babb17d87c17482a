import Testing

@testable import MCPAuthorization

@Suite struct AuthorizationRequestTests {
    private func request(issuerIsSent: Bool = false, endpoint: String = "https://as.example/authorize") throws -> AuthorizationRequest {
        AuthorizationRequest(
            endpoint: try EndpointURL(endpoint), clientID: "client one", redirectURI: "http://127.0.0.1:7/callback", scopes: ["a", "b"],
            resource: "https://h.example/mcp", state: "s1", pkce: PKCE(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            issuer: "https://as.example", issuerIsSent: issuerIsSent)
    }

    /// The vector of RFC 7636 appendix B.
    @Test func challenge() throws { #expect(try request().pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM") }

    @Test func verifiersAreLongAndNeverTheSame() {
        let verifiers = Set((0..<50).map { _ in PKCE(environment: .system).verifier.reveal() })
        #expect(verifiers.count == 50)
        #expect(verifiers.allSatisfy { $0.utf8.count == 43 })
    }

    @Test func url() throws {
        let query =
            "response_type=code&client_id=client%20one&redirect_uri=http%3A%2F%2F127.0.0.1%3A7%2Fcallback"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&state=s1"
            + "&resource=https%3A%2F%2Fh.example%2Fmcp&scope=a%20b"
        #expect(try request().url == "https://as.example/authorize?" + query)
        #expect(try request(endpoint: "https://as.example/authorize?tenant=x").url == "https://as.example/authorize?tenant=x&" + query)
    }

    /// The table of 2026-07-28, basic/authorization, "Authorization Response Validation", and what belongs to it.
    @Test(arguments: [
        (true, "code=c&state=s1&iss=https%3A%2F%2Fas.example", true), (true, "code=c&state=s1", false),
        (true, "code=c&state=s1&iss=https%3A%2F%2Fevil.example", false), (true, "code=c&state=s1&iss=https%3A%2F%2Fas.example%2F", false),
        (true, "code=c&state=s1&iss=HTTPS%3A%2F%2Fas.example", false), (false, "code=c&state=s1&iss=https%3A%2F%2Fas.example", true),
        (false, "code=c&state=s1&iss=https%3A%2F%2Fevil.example", false), (false, "code=c&state=s1", true),
        (false, "code=c&state=s2", false), (false, "code=c", false), (false, "state=s1", false), (false, "code=&state=s1", false),
        (false, "code=c&code=d&state=s1", false), (false, "code=c&state=s1&state=s1", false), (false, "code=%zz&state=s1", false),
        (false, "code=c&state=s1#fragment", true),
    ])
    func responses(issuerIsSent: Bool, query: String, isGood: Bool) throws {
        let request = try request(issuerIsSent: issuerIsSent)
        let callback = "http://127.0.0.1:7/callback?" + query
        if isGood {
            #expect(try request.code(in: callback).reveal() == "c")
        } else {
            #expect(throws: AuthorizationError.self) { try request.code(in: callback) }
        }
    }

    @Test func errorsAreBelievedOnlyOfTheIssuer() throws {
        let error = "http://127.0.0.1:7/callback?error=access_denied&error_description=No%0Away&state=s1"
        #expect(throws: AuthorizationError.issuerMismatch(expected: "https://as.example", found: "https://evil.example")) {
            try request().code(in: error + "&iss=https%3A%2F%2Fevil.example")
        }
        let refusal = OAuthRefusal(endpoint: "authorization", code: "access_denied", explanation: "No\nway")
        #expect(throws: AuthorizationError.refused(refusal)) { try request().code(in: error) }
        #expect("\(refusal)" == "The authorization endpoint refused: access_denied (No\u{FFFD}way)")
    }

    @Test func formsKeepEveryCharacter() throws {
        let value = "ä +&=%\"\u{0}/~."
        #expect(FormBody(parsing: FormBody([("näme", value)]).encoded)?["näme"] == value)
        #expect(FormBody(parsing: "a+b=c+d&e")?["a b"] == "c d")
        #expect(FormBody(parsing: "e")?["e"] == "")
    }
}
