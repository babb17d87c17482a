/// One authorization request of the code flow, and what its response must match (RFC 6749 section 4.1.1, RFC 7636, RFC 8707, RFC 9207).
struct AuthorizationRequest: Sendable {
    let endpoint: EndpointURL
    let clientID: String
    let redirectURI: String
    let scopes: [String]
    let resource: String
    let state: String
    let pkce: PKCE
    /// The issuer of the validated metadata, recorded before the user agent is sent away.
    let issuer: String
    /// Whether the issuer said that its responses carry `iss`.
    let issuerIsSent: Bool

    /// What the user agent is sent to.
    var url: String {
        var query = FormBody([
            ("response_type", "code"), ("client_id", clientID), ("redirect_uri", redirectURI), ("code_challenge", pkce.challenge),
            ("code_challenge_method", "S256"), ("state", state), ("resource", resource),
        ])
        query.add("scope", scopes.isEmpty ? nil : scopes.joined(separator: " "))
        // An OpenID provider gives offline access only after it has asked for consent (OpenID Connect Core section 11).
        query.add("prompt", scopes.contains("offline_access") ? "consent" : nil)
        // The endpoint may have a query of its own, which stays (RFC 6749 section 3.1).
        return endpoint.text + (endpoint.query == nil ? "?" : "&") + query.encoded
    }

    /// The code of a response.
    /// - Parameter callback: The URL that the user agent was sent back to, or its query.
    /// - Throws: `AuthorizationError.invalidAuthorizationResponse`, `.issuerMismatch`, or `.refused` where the response is an error of that issuer.
    func code(in callback: String) throws -> SecretText {
        let query = callback.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init) ?? ""
        guard let fields = FormBody(parsing: query.split(separator: "#", maxSplits: 1).first.map(String.init) ?? "") else {
            throw AuthorizationError.invalidAuthorizationResponse("it cannot be read")
        }
        for name in ["state", "iss", "code", "error"] where fields.isRepeated(name) {
            throw AuthorizationError.invalidAuthorizationResponse("`\(name)` stands in it more than once")
        }
        guard fields["state"] == state else {
            throw AuthorizationError.invalidAuthorizationResponse("its `state` is not the one of the request that is under way")
        }
        // Before anything else of the response is believed or shown, its errors too (RFC 9207 section 2.4).
        if let found = fields["iss"] {
            guard found.utf8.elementsEqual(issuer.utf8) else { throw AuthorizationError.issuerMismatch(expected: issuer, found: found) }
        } else if issuerIsSent {
            throw AuthorizationError.issuerMismatch(expected: issuer, found: nil)
        }
        if let error = fields["error"] {
            throw AuthorizationError.refused(OAuthRefusal(endpoint: "authorization", code: error, explanation: fields["error_description"]))
        }
        guard let code = fields["code"], !code.isEmpty else { throw AuthorizationError.invalidAuthorizationResponse("it holds no code") }
        return SecretText(code)
    }
}
