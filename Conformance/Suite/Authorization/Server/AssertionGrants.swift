import MCPCore

extension AuthorizationServer {
    private static let grantTokenType = "urn:ietf:params:oauth:token-type:id-jag"
    private static let identityTokenType = "urn:ietf:params:oauth:token-type:id_token"
    /// How the JWT of an identity assertion grant calls itself.
    private static let grantHeaderType = "oauth-id-jag+jwt"
    private static let assertionLifetime: Int64 = 300

    /// What an assertion of a trusted issuer gives (RFC 7523 section 2.1; for identity assertion grants also "Enterprise-Managed Authorization").
    func assertedAccess(_ form: OAuthFields, _ client: Client, _ thumbprint: String?) throws(OAuthRefusal) -> Access {
        guard let text = form["assertion"] else { throw OAuthRefusal("invalid_request", "assertion is missing.") }
        guard let token = JSONWebToken(reading: text), let from = token.claims["iss"]?.string, let keys = features.assertionIssuers[from],
            token.isSigned(by: keys)
        else { throw OAuthRefusal("invalid_grant", "The assertion is not of an issuer that is trusted here.") }
        guard isAudience(token) else { throw OAuthRefusal("invalid_grant", "aud of the assertion must be \(issuer).") }
        guard let expires = token.claims["exp"]?.integer, expires > TokenClock.now() else { throw OAuthRefusal("invalid_grant", "The assertion has expired.") }
        guard let subject = token.claims["sub"]?.string else { throw OAuthRefusal("invalid_grant", "The assertion names nobody.") }
        var access = access(form, client, subject: subject, thumbprint)
        if token.header["typ"]?.string == Self.grantHeaderType {
            guard token.claims["client_id"]?.string == client.known.id else { throw OAuthRefusal("invalid_grant", "The assertion is for another client.") }
            // What the identity provider has granted is what counts.
            access.resource = token.claims["resource"]?.string
            if let scopes = token.claims["scope"]?.string { access.scopes = OAuthScopes.parse(scopes) }
        }
        return access
    }

    /// The exchange of an ID token of this server for an identity assertion grant at another (RFC 8693, "Enterprise-Managed Authorization").
    func exchange(_ form: OAuthFields, _ client: Client) throws(OAuthRefusal) -> OAuthReply {
        guard form["requested_token_type"] == Self.grantTokenType else {
            throw OAuthRefusal("invalid_request", "requested_token_type must be \(Self.grantTokenType).")
        }
        guard form["subject_token_type"] == Self.identityTokenType else {
            throw OAuthRefusal("invalid_request", "subject_token_type must be \(Self.identityTokenType).")
        }
        guard let audience = form["audience"], let resource = form["resource"] else {
            throw OAuthRefusal("invalid_request", "audience or resource is missing.")
        }
        guard let token = form["subject_token"].flatMap({ JSONWebToken(reading: $0) }), token.isSigned(by: [key.jwk]),
            token.claims["iss"]?.string == issuer, token.claims["aud"]?.string == client.known.id, let subject = token.claims["sub"],
            let expires = token.claims["exp"]?.integer, expires > TokenClock.now()
        else { throw OAuthRefusal("invalid_grant", "subject_token is no ID token of this issuer for this client.") }
        let now = TokenClock.now()
        var claims: JSONObject = [
            "iss": .string(issuer), "sub": subject, "aud": .string(audience), "resource": .string(resource), "iat": .integer(now),
            "exp": .integer(now + Self.assertionLifetime), "jti": .string(Base64URL.random()),
            "client_id": .string(features.exchangedClientID ?? client.known.id),
        ]
        if let scope = form["scope"] { claims["scope"] = .string(scope) }
        do {
            let grant = try JSONWebToken(claims, header: ["typ": .string(Self.grantHeaderType)]).signed(by: key)
            return .json(
                200,
                [
                    "access_token": .string(grant), "issued_token_type": .string(Self.grantTokenType), "token_type": "N_A",
                    "expires_in": .integer(Self.assertionLifetime),
                ])
        } catch { throw OAuthRefusal("server_error", "\(error)", status: 500) }
    }

    /// An ID token of the person who has signed in here, for a client.
    public func identityToken(for clientID: String) throws -> String {
        let now = TokenClock.now()
        return try JSONWebToken([
            "iss": .string(issuer), "sub": .string(features.subject), "aud": .string(clientID), "iat": .integer(now), "exp": .integer(now + 3600),
        ]).signed(by: key)
    }
}
