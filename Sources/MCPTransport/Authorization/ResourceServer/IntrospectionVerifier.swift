import MCPCore

/// Asks the authorization server about each token (RFC 7662): for tokens that are no JWTs, and where a withdrawn token must stop at once.
public struct IntrospectionVerifier: AccessTokenVerifier {
    private let issuer: String
    private let endpoint: EndpointURL
    private let audiences: Set<String>
    private let client: RegisteredClient
    private let fetcher: any AuthorizationFetcher
    private let environment: AuthorizationEnvironment
    private let clockSkew: Int64

    /// - Parameters:
    ///   - issuer: Whose tokens they are.
    ///   - endpoint: The introspection endpoint.
    ///   - audiences: What this server is called in `aud`.
    ///   - clientID: What the authorization server knows this server as.
    /// - Throws: `AuthorizationError.invalidURL`.
    public init(
        issuer: String, endpoint: String, audiences: Set<String>, clientID: String, authentication: ClientAuthentication, clockSkew: Int64 = 60,
        addressPolicy: AddressPolicy? = nil, environment: AuthorizationEnvironment = .system
    ) throws {
        let url = try EndpointURL(endpoint)
        self.init(
            issuer: issuer, endpoint: url, audiences: audiences, client: RegisteredClient(id: clientID, authentication: authentication),
            fetcher: GuardedFetcher(policy: addressPolicy ?? .automatic(for: url), trustedOrigins: [url.origin]), clockSkew: clockSkew,
            environment: environment)
    }

    init(
        issuer: String, endpoint: EndpointURL, audiences: Set<String>, client: RegisteredClient, fetcher: any AuthorizationFetcher, clockSkew: Int64,
        environment: AuthorizationEnvironment
    ) {
        self.issuer = issuer
        self.endpoint = endpoint
        self.audiences = audiences
        self.client = client
        self.fetcher = fetcher
        self.clockSkew = clockSkew
        self.environment = environment
    }

    public func verify(_ token: SecretText) async throws -> VerifiedAccessToken {
        guard token.reveal().utf8.count <= 16 << 10 else { throw AccessTokenRejection("it is too long") }
        var form = FormBody([("token", token.reveal()), ("token_type_hint", "access_token")])
        let header = try client.authenticate(&form, issuer: issuer, supported: client.authentication.methods, environment: environment)
        let request = FetchRequest(url: endpoint, headers: header.map { [("authorization", $0)] } ?? [], body: .form(form))
        let reply = try await fetcher.fetch(request)
        guard reply.status == 200, case .object(let claims)? = try? JSONValue(parsing: reply.body) else {
            throw AuthorizationError.unusableAnswer(url: endpoint.text, reason: "HTTP status \(reply.status), and no introspection response")
        }
        guard claims["active"]?.bool == true else { throw AccessTokenRejection("it is not active") }
        let checked = TokenClaims(claims: claims, now: environment.now(), skew: clockSkew)
        // The issuer may leave itself out: it is the one that was asked.
        try checked.check(issuer: claims["iss"] == nil ? nil : issuer, audiences: audiences, isExpiryRequired: false)
        return try checked.verified(issuer: issuer)
    }
}
