import MCPCore

/// A token endpoint, as one client uses it.
struct TokenEndpoint: Sendable {
    let url: EndpointURL
    let issuer: String
    /// `token_endpoint_auth_methods_supported`.
    let methods: [String]?
    let client: RegisteredClient
    let fetcher: any AuthorizationFetcher
    let nonces: DPoPNonces
    let environment: AuthorizationEnvironment

    init(
        _ metadata: AuthorizationServerMetadata, client: RegisteredClient, fetcher: any AuthorizationFetcher, nonces: DPoPNonces,
        environment: AuthorizationEnvironment
    ) throws {
        try self.init(
            url: EndpointURL(metadata.tokenEndpoint), issuer: metadata.issuer, methods: metadata.tokenEndpointAuthMethodsSupported, client: client,
            fetcher: fetcher, nonces: nonces, environment: environment)
    }

    init(
        url: EndpointURL, issuer: String, methods: [String]?, client: RegisteredClient, fetcher: any AuthorizationFetcher, nonces: DPoPNonces,
        environment: AuthorizationEnvironment
    ) {
        self.url = url
        self.issuer = issuer
        self.methods = methods
        self.client = client
        self.fetcher = fetcher
        self.nonces = nonces
        self.environment = environment
    }

    /// Asks for a token. Only a wish for a nonce is answered with a second request.
    /// - Throws: `AuthorizationError`.
    func request(_ fields: FormBody, key: DPoPKey?) async throws -> TokenResponse {
        var reply = try await send(fields, key)
        // An authorization server that wants a nonce says so with 400, and means: once more, with this one (RFC 9449 section 8).
        if key != nil, nonces.remember(reply.header("dpop-nonce"), of: url.origin), [400, 401].contains(reply.status), reply.wantsNonce {
            reply = try await send(fields, key)
            nonces.remember(reply.header("dpop-nonce"), of: url.origin)
        }
        return try TokenResponse(reply, url: url.text)
    }

    private func send(_ fields: FormBody, _ key: DPoPKey?) async throws -> FetchReply {
        var form = fields
        var request = FetchRequest(url: url)
        // Each time anew: assertions and proofs are used once.
        if let header = try client.authenticate(&form, issuer: issuer, supported: methods, environment: environment) {
            request.headers.append(("authorization", header))
        }
        if let key {
            request.headers.append(("dpop", try key.proof(method: "POST", url: url, nonce: nonces[url.origin], environment: environment)))
        }
        request.body = .form(form)
        return try await fetcher.fetch(request)
    }
}

extension FetchReply {
    fileprivate var wantsNonce: Bool { (try? JSONValue(parsing: body))?["error"]?.string == "use_dpop_nonce" }
}
