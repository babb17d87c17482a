import MCPCore

/// The metadata of an authorization server (RFC 8414 section 2, OpenID Connect Discovery 1.0 section 3), as far as a client of MCP uses it.
public struct AuthorizationServerMetadata: Sendable, Hashable {
    public var issuer: String
    public var authorizationEndpoint: String?
    public var tokenEndpoint: String
    public var registrationEndpoint: String?
    public var jwksURI: String?
    public var introspectionEndpoint: String?
    public var scopesSupported: [String]?
    public var grantTypesSupported: [String]?
    public var codeChallengeMethodsSupported: [String]?
    /// `nil` means `client_secret_basic` (RFC 8414 section 2).
    public var tokenEndpointAuthMethodsSupported: [String]?
    /// Whether responses carry `iss` (RFC 9207 section 3).
    public var sendsIssuer: Bool
    public var supportsClientIDMetadataDocuments: Bool
    public var dpopAlgorithms: [String]?

    /// Where the metadata of an issuer is looked for, in order (2026-07-28, basic/authorization, "Authorization Server Metadata Discovery").
    static func candidates(issuer: EndpointURL) -> [String] {
        let oauth = issuer.wellKnown("oauth-authorization-server")
        if issuer.trimmedPath.isEmpty { return [oauth, issuer.wellKnown("openid-configuration")] }
        return [
            oauth, issuer.wellKnown("openid-configuration"), "\(issuer.origin)\(issuer.trimmedPath)/.well-known/openid-configuration",
        ]
    }

    /// The document must be of the issuer that it was asked from: the same text (RFC 8414 section 3.3).
    /// - Throws: `AuthorizationError.issuerMismatch`.
    func check(issuer expected: String) throws {
        guard issuer.utf8.elementsEqual(expected.utf8) else { throw AuthorizationError.issuerMismatch(expected: expected, found: issuer) }
    }

    /// - Throws: `AuthorizationError.unsupported` where codes cannot be protected by PKCE with S256, or there is no authorization endpoint
    ///   (2026-07-28, basic/authorization, "Authorization Code Protection").
    func checkCodeFlow() throws -> EndpointURL {
        guard codeChallengeMethodsSupported?.contains("S256") == true else {
            throw AuthorizationError.unsupported(issuer: issuer, what: "PKCE with S256 (`code_challenge_methods_supported`)")
        }
        guard let authorizationEndpoint else { throw AuthorizationError.unsupported(issuer: issuer, what: "an authorization endpoint") }
        return try EndpointURL(authorizationEndpoint)
    }
}

extension AuthorizationServerMetadata: JSONDecodable {
    public init(json: JSONValue) throws {
        let object = try JSONObject(json: json)
        issuer = try object.decode("issuer")
        authorizationEndpoint = try object.decodeIfPresent("authorization_endpoint")
        tokenEndpoint = try object.decode("token_endpoint")
        registrationEndpoint = try object.decodeIfPresent("registration_endpoint")
        jwksURI = try object.decodeIfPresent("jwks_uri")
        introspectionEndpoint = try object.decodeIfPresent("introspection_endpoint")
        scopesSupported = try object.decodeIfPresent("scopes_supported")
        grantTypesSupported = try object.decodeIfPresent("grant_types_supported")
        codeChallengeMethodsSupported = try object.decodeIfPresent("code_challenge_methods_supported")
        tokenEndpointAuthMethodsSupported = try object.decodeIfPresent("token_endpoint_auth_methods_supported")
        sendsIssuer = try object.decodeIfPresent("authorization_response_iss_parameter_supported") ?? false
        supportsClientIDMetadataDocuments = try object.decodeIfPresent("client_id_metadata_document_supported") ?? false
        dpopAlgorithms = try object.decodeIfPresent("dpop_signing_alg_values_supported")
    }
}
