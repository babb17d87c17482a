/// How a client signs in to servers.
public struct OAuthClientConfiguration: Sendable {
    public var grant: OAuthGrant
    /// What the client is called where it registers, and in consent pages.
    public var clientName: String
    public var clientURI: String?
    /// The URL of the client's own metadata document, which is then its client id wherever that is supported (Client ID Metadata Documents).
    public var clientMetadataURL: String?
    /// What authorization servers know the client as already. Goes before every other kind of registration.
    public var registered: [PreRegisteredClient]
    /// The issuer to use where the server names none.
    public var authorizationServer: String?
    /// Whether to ask for `offline_access`, and so for refresh tokens, where it is offered.
    public var wantsOfflineAccess: Bool
    public var dpop: DPoPUse
    /// Takes the person through the sign-in; `nil` where there is none.
    public var userAgent: (any AuthorizationUserAgent)?
    public var store: any CredentialStore
    /// Where URLs of strangers may lead; `nil` for the internet, and this machine where the server is on it too.
    public var addressPolicy: AddressPolicy?
    /// How many seconds before its end a token is renewed.
    public var clockSkew: Int64
    public var environment: AuthorizationEnvironment

    public init(
        grant: OAuthGrant = .authorizationCode, clientName: String, clientURI: String? = nil, clientMetadataURL: String? = nil,
        registered: [PreRegisteredClient] = [], authorizationServer: String? = nil, wantsOfflineAccess: Bool = true, dpop: DPoPUse = .automatic,
        userAgent: (any AuthorizationUserAgent)? = nil, store: any CredentialStore = MemoryCredentialStore(), addressPolicy: AddressPolicy? = nil,
        clockSkew: Int64 = 30, environment: AuthorizationEnvironment = .system
    ) {
        self.grant = grant
        self.clientName = clientName
        self.clientURI = clientURI
        self.clientMetadataURL = clientMetadataURL
        self.registered = registered
        self.authorizationServer = authorizationServer
        self.wantsOfflineAccess = wantsOfflineAccess
        self.dpop = dpop
        self.userAgent = userAgent
        self.store = store
        self.addressPolicy = addressPolicy
        self.clockSkew = clockSkew
        self.environment = environment
    }
}

/// How a client gets its tokens.
public enum OAuthGrant: Sendable {
    /// A person signs in (RFC 6749 section 4.1, with PKCE).
    case authorizationCode
    /// The client acts for itself (MCP extension "OAuth Client Credentials", RFC 6749 section 4.4). Needs a registered client.
    case clientCredentials
    /// The identity provider of a company decides (MCP extension "Enterprise-Managed Authorization").
    case enterpriseManaged(EnterpriseIdentity)
    /// The platform on which the client runs vouches for it (workload identity federation, RFC 7523 section 2.1). The closure gives an assertion
    /// whose audience is the issuer.
    case jwtBearer(assertion: @Sendable (_ issuer: String) async throws -> SecretText)
}

/// The sign-in of a person at the identity provider of a company, and the client as that provider knows it.
public struct EnterpriseIdentity: Sendable {
    /// The token endpoint of the identity provider, where the identity is exchanged (RFC 8693).
    public var tokenEndpoint: String
    /// The issuer of the identity provider.
    public var issuer: String
    public var clientID: String
    public var authentication: ClientAuthentication
    /// Gives the person's ID token; called for every exchange, because ID tokens live short.
    public var idToken: @Sendable () async throws -> SecretText

    public init(
        tokenEndpoint: String, issuer: String, clientID: String, authentication: ClientAuthentication = .none,
        idToken: @escaping @Sendable () async throws -> SecretText
    ) {
        self.tokenEndpoint = tokenEndpoint
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
        self.idToken = idToken
    }
}

/// A client as it was registered by hand.
public struct PreRegisteredClient: Sendable {
    /// The authorization server that knows it. `nil` stands for the one that the server names first, which is remembered in the store: the
    /// client's secret is shown to no other.
    public var issuer: String?
    public var id: String
    public var authentication: ClientAuthentication

    public init(issuer: String? = nil, id: String, authentication: ClientAuthentication = .none) {
        self.issuer = issuer
        self.id = id
        self.authentication = authentication
    }
}

/// Whether access tokens are bound to a key of the client (RFC 9449).
public enum DPoPUse: Sendable, Hashable {
    /// Where the server asks for it, in its challenge or its metadata.
    case automatic
    /// Always; an authorization server that cannot is not used.
    case always
    case never
}
