import MCPAuthorizationParsing

/// Gets tokens from an authorization server that has been found, by the grant that is configured.
struct TokenSource: Sendable {
    let configuration: OAuthClientConfiguration
    let server: EndpointURL
    let fetcher: any AuthorizationFetcher
    let nonces: DPoPNonces

    private var registrar: ClientRegistrar { ClientRegistrar(configuration: configuration, server: server, fetcher: fetcher) }

    /// New tokens.
    /// - Parameters:
    ///   - scopes: What to ask for; empty for what the server gives by default.
    ///   - key: What to bind the tokens to; `nil` for bearer tokens.
    func tokens(_ found: DiscoveredServer, scopes: [String], key: DPoPKey?) async throws -> StoredTokens {
        switch configuration.grant {
        case .authorizationCode: return try await codeFlow(found, scopes: scopes, key: key, mayRegisterAnew: true)
        case .clientCredentials:
            return try await request([("grant_type", "client_credentials")], found, scopes: scopes, key: key)
        case .enterpriseManaged(let identity):
            let assertion = try await exchange(identity, found, scopes: scopes)
            return try await request(Self.bearer(assertion), found, scopes: [], asked: scopes, key: key)
        case .jwtBearer(let assertion):
            return try await request(Self.bearer(try await assertion(found.issuer.issuer)), found, scopes: scopes, key: key)
        }
    }

    /// Renews tokens (RFC 6749 section 6). The refresh token that comes back, where one does, takes the place of the old one.
    /// - Parameter issuer: The metadata of the issuer of `tokens`, and of no other.
    func refreshed(_ tokens: StoredTokens, with refreshToken: SecretText, _ issuer: AuthorizationServerMetadata) async throws -> StoredTokens {
        let client: RegisteredClient
        if case .authorizationCode = configuration.grant {
            let redirectURI = try await registrar.registeredRedirectURI(issuer.issuer) ?? ""
            client = try await registrar.client(issuer, redirectURI: redirectURI, scopes: [])
        } else {
            client = try await registrar.registeredByHand(issuer.issuer)
        }
        guard client.id == tokens.clientID else {
            throw AuthorizationError.noRegistration(issuer: issuer.issuer, reason: "the refresh token belongs to another client id")
        }
        let key = try await tokens.dpopKey.asyncMap { try await DPoPKey(stored: $0) }
        let form = FormBody([("grant_type", "refresh_token"), ("refresh_token", refreshToken.reveal()), ("resource", tokens.resource)])
        let response = try await endpoint(issuer, client).request(form, key: key)
        return try stored(
            response, issuer.issuer, client: client, resource: tokens.resource, asked: tokens.scopes, key: key, refresh: refreshToken, grant: tokens.grant)
    }

    // MARK: Authorization code

    private func codeFlow(_ found: DiscoveredServer, scopes: [String], key: DPoPKey?, mayRegisterAnew: Bool) async throws -> StoredTokens {
        let issuer = found.issuer
        let endpointURL = try issuer.checkCodeFlow()
        guard let userAgent = configuration.userAgent else { throw AuthorizationError.needsUserAgent(issuer: issuer.issuer) }
        let redirect = try await userAgent.prepare(
            registered: try await registrar.registeredRedirectURI(issuer.issuer), issuer: issuer.issuer)
        let outcome: Result<StoredTokens, any Error>
        do { outcome = .success(try await codeFlow(found, endpointURL, redirect, scopes: scopes, key: key)) } catch { outcome = .failure(error) }
        await redirect.close()
        do { return try outcome.get() } catch AuthorizationError.refused(let refusal)
            where mayRegisterAnew && refusal.code == "invalid_client" && refusal.endpoint == "token"
        {
            // The authorization server has forgotten a registration that the store still holds.
            guard try await registrar.forget(issuer.issuer) else { throw AuthorizationError.refused(refusal) }
            return try await codeFlow(found, scopes: scopes, key: key, mayRegisterAnew: false)
        }
    }

    private func codeFlow(
        _ found: DiscoveredServer, _ endpointURL: EndpointURL, _ redirect: any AuthorizationRedirect, scopes: [String], key: DPoPKey?
    ) async throws -> StoredTokens {
        let (issuer, environment) = (found.issuer, configuration.environment)
        let client = try await registrar.client(issuer, redirectURI: redirect.redirectURI, scopes: scopes)
        let request = AuthorizationRequest(
            endpoint: endpointURL, clientID: client.id, redirectURI: redirect.redirectURI, scopes: scopes, resource: found.resource.resource,
            state: Base64URL.encode(environment.randomBytes(24)), pkce: PKCE(environment: environment), issuer: issuer.issuer,
            issuerIsSent: issuer.sendsIssuer)
        let code = try request.code(in: try await redirect.visit(request.url, state: request.state))
        let form = FormBody([
            ("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", redirect.redirectURI),
            ("code_verifier", request.pkce.verifier.reveal()), ("resource", found.resource.resource),
        ])
        let response = try await endpoint(issuer, client).request(form, key: key)
        return try stored(response, issuer.issuer, client: client, resource: found.resource.resource, asked: scopes, key: key, refresh: nil)
    }

    // MARK: Grants without a person

    private func request(
        _ fields: [(String, String)], _ found: DiscoveredServer, scopes: [String], asked: [String]? = nil, key: DPoPKey?
    ) async throws -> StoredTokens {
        let client = try await registrar.registeredByHand(found.issuer.issuer)
        var form = FormBody(fields + [("resource", found.resource.resource)])
        form.add("scope", scopes.isEmpty ? nil : scopes.joined(separator: " "))
        let response = try await endpoint(found.issuer, client).request(form, key: key)
        return try stored(
            response, found.issuer.issuer, client: client, resource: found.resource.resource, asked: asked ?? scopes, key: key, refresh: nil)
    }

    private static func bearer(_ assertion: SecretText) -> [(String, String)] {
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.reveal())]
    }

    /// The identity of a person, exchanged for a grant at the server's issuer (RFC 8693; "Enterprise-Managed Authorization", section 4).
    private func exchange(_ identity: EnterpriseIdentity, _ found: DiscoveredServer, scopes: [String]) async throws -> SecretText {
        let grant = "urn:ietf:params:oauth:token-type:id-jag"
        var form = FormBody([
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("requested_token_type", grant), ("audience", found.issuer.issuer),
            ("resource", found.resource.resource), ("subject_token", try await identity.idToken().reveal()),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ])
        form.add("scope", scopes.isEmpty ? nil : scopes.joined(separator: " "))
        let client = RegisteredClient(id: identity.clientID, authentication: identity.authentication)
        let provider = TokenEndpoint(
            url: try EndpointURL(identity.tokenEndpoint), issuer: identity.issuer, methods: identity.authentication.methods, client: client,
            fetcher: fetcher, nonces: nonces, environment: configuration.environment)
        let response = try await provider.request(form, key: nil)
        guard response.issuedTokenType == grant else {
            throw AuthorizationError.unusableAnswer(url: identity.tokenEndpoint, reason: "it issued no identity assertion grant (`issued_token_type`)")
        }
        return response.accessToken
    }

    private func endpoint(_ issuer: AuthorizationServerMetadata, _ client: RegisteredClient) throws -> TokenEndpoint {
        try TokenEndpoint(issuer, client: client, fetcher: fetcher, nonces: nonces, environment: configuration.environment)
    }

    private func stored(
        _ response: TokenResponse, _ issuer: String, client: RegisteredClient, resource: String, asked: [String], key: DPoPKey?, refresh: SecretText?,
        grant: String = StoredTokens.newGrant()
    ) throws -> StoredTokens {
        switch response.tokenType {
        case "dpop" where key != nil: break
        // An issuer that cannot bind tokens ignores the proof.
        case "bearer" where key == nil || configuration.dpop != .always: break
        default:
            throw AuthorizationError.unsupported(
                issuer: issuer, what: "tokens that can be used here: it issued one of type \(Printable.text(response.tokenType, limit: 32))")
        }
        return StoredTokens(
            issuer: issuer, clientID: client.id, resource: resource, accessToken: response.accessToken,
            expires: response.expiresIn.map { configuration.environment.now() + max(0, min($0, 1 << 40)) },
            refreshToken: response.refreshToken ?? refresh, scopes: Scopes.union(asked, response.scopes ?? []),
            dpopKey: response.tokenType == "dpop" ? key?.stored : nil, grant: grant)
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async throws -> Value) async rethrows -> Value? {
        if let self { try await transform(self) } else { nil }
    }
}
