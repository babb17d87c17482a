import MCPCore

/// Gets the client known at an authorization server (2026-07-28, basic/authorization, "Client Registration"): registered by hand, by the URL of
/// its metadata, or dynamically, in this order.
struct ClientRegistrar: Sendable {
    let configuration: OAuthClientConfiguration
    let server: EndpointURL
    let fetcher: any AuthorizationFetcher

    /// The client of grants in which nobody is asked: registered by hand, or with nothing but a name.
    func registeredByHand(_ issuer: String) async throws -> RegisteredClient {
        guard let client = try await preRegistered(issuer) else {
            throw AuthorizationError.noRegistration(issuer: issuer, reason: "this grant needs a client that is registered by hand")
        }
        return client
    }

    /// The redirect URI of an earlier dynamic registration.
    func registeredRedirectURI(_ issuer: String) async throws -> String? { try await stored(issuer)?.redirectURI }

    func client(_ metadata: AuthorizationServerMetadata, redirectURI: String, scopes: [String]) async throws -> RegisteredClient {
        if let client = try await preRegistered(metadata.issuer) { return client }
        if metadata.supportsClientIDMetadataDocuments, let url = configuration.clientMetadataURL {
            let parts = try EndpointURL(url)
            // Client ID Metadata Document, section 3.
            let steps = parts.path.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.scheme == "https", parts.trimmedPath != "", !steps.contains("."), !steps.contains("..") else {
                throw AuthorizationError.invalidURL(url, reason: "a client metadata document has an https: URL with a path that has no `.` and `..`")
            }
            return RegisteredClient(id: url, authentication: .none)
        }
        if let known = try await stored(metadata.issuer), known.redirectURI == redirectURI { return known.client }
        guard let endpoint = metadata.registrationEndpoint else {
            throw AuthorizationError.noRegistration(
                issuer: metadata.issuer, reason: "it takes neither client metadata documents nor dynamic registration. Register the client there by hand.")
        }
        return try await register(metadata, at: EndpointURL(endpoint), redirectURI: redirectURI, scopes: scopes)
    }

    /// Forgets a dynamic registration that the authorization server no longer knows.
    /// - Returns: Whether there was one.
    func forget(_ issuer: String) async throws -> Bool {
        guard try await stored(issuer) != nil else { return false }
        try await configuration.store.save(nil, for: .registration(issuer: issuer))
        return true
    }

    // MARK: By hand

    private func preRegistered(_ issuer: String) async throws -> RegisteredClient? {
        if let client = configuration.registered.first(where: { $0.issuer == issuer }) {
            return RegisteredClient(id: client.id, authentication: client.authentication)
        }
        guard let client = configuration.registered.first(where: { $0.issuer == nil }) else {
            guard configuration.registered.isEmpty else {
                let known = configuration.registered.compactMap(\.issuer).joined(separator: ", ")
                throw AuthorizationError.noRegistration(issuer: issuer, reason: "the client is registered with \(known), and the server now names another")
            }
            return nil
        }
        // The first issuer that the server names is the one for good: a server that names another later does not get at the secret.
        let key = CredentialKey.issuer(server: server.canonical, clientID: client.id)
        if let bound = try await configuration.store.load(key)?["issuer"]?.string {
            guard bound == issuer else {
                throw AuthorizationError.noRegistration(
                    issuer: issuer, reason: "the client \(client.id) was used with \(Printable.text(bound)) before, and the server now names another")
            }
        } else {
            try await configuration.store.save(["issuer": .string(issuer)], for: key)
        }
        return RegisteredClient(id: client.id, authentication: client.authentication)
    }

    // MARK: Dynamic (RFC 7591)

    private struct Stored {
        var client: RegisteredClient
        var redirectURI: String
    }

    private func stored(_ issuer: String) async throws -> Stored? {
        guard let object = try await configuration.store.load(.registration(issuer: issuer)), let redirectURI = object["redirect_uri"]?.string,
            let client = Self.client(object)
        else { return nil }
        let expires = object["client_secret_expires_at"]?.integer ?? 0
        guard expires == 0 || expires > configuration.environment.now() + configuration.clockSkew else { return nil }
        return Stored(client: client, redirectURI: redirectURI)
    }

    private static func client(_ object: JSONObject) -> RegisteredClient? {
        guard let id = object["client_id"]?.string, !id.isEmpty else { return nil }
        let secret = object["client_secret"]?.string.map { ClientAuthentication.secret(SecretText($0)) }
        return RegisteredClient(id: id, authentication: secret ?? .none, method: object["token_endpoint_auth_method"]?.string)
    }

    private func register(
        _ metadata: AuthorizationServerMetadata, at endpoint: EndpointURL, redirectURI: String, scopes: [String]
    ) async throws -> RegisteredClient {
        let request = FetchRequest(url: endpoint, body: .json(Self.body(configuration, metadata, redirectURI: redirectURI, scopes: scopes).serialized()))
        let reply = try await fetcher.fetch(request)
        let object = (try? JSONValue(parsing: reply.body))?.object
        guard (200..<300).contains(reply.status) else { throw TokenResponse.refusal(object, reply, endpoint: "registration") }
        guard var object, let client = Self.client(object) else {
            throw AuthorizationError.unusableAnswer(url: endpoint.text, reason: "the registration has no `client_id`")
        }
        object["redirect_uri"] = .string(redirectURI)
        try await configuration.store.save(object, for: .registration(issuer: metadata.issuer))
        return client
    }

    /// The metadata that the client registers with (RFC 7591 section 2; OpenID Connect Dynamic Client Registration for `application_type`).
    static func body(
        _ configuration: OAuthClientConfiguration, _ metadata: AuthorizationServerMetadata, redirectURI: String, scopes: [String]
    ) -> JSONObject {
        let methods = metadata.tokenEndpointAuthMethodsSupported ?? ["client_secret_basic"]
        let method = ["none", "client_secret_basic", "client_secret_post"].first(where: methods.contains) ?? "none"
        let redirect = try? EndpointURL(redirectURI)
        var body: JSONObject = [
            "client_name": .string(configuration.clientName), "redirect_uris": [.string(redirectURI)], "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "token_endpoint_auth_method": .string(method),
            // Left out it would mean `web`, which may not have loopback redirects.
            "application_type": redirect.map { $0.scheme == "https" && !$0.isLoopback } == true ? "web" : "native",
        ]
        if let uri = configuration.clientURI { body["client_uri"] = .string(uri) }
        if !scopes.isEmpty { body["scope"] = .string(scopes.joined(separator: " ")) }
        return body
    }
}
