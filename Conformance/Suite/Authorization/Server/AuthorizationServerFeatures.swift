import MCPCore

/// What an authorization server for tests offers, and what it does wrong on purpose.
public struct AuthorizationServerFeatures: Sendable {
    /// A place of the metadata of an issuer.
    public enum MetadataPlace: String, Sendable, Hashable, CaseIterable {
        /// RFC 8414: `/.well-known/oauth-authorization-server`, before the path of the issuer.
        case oauth
        /// `/.well-known/openid-configuration`, before the path of the issuer.
        case openIDInserted = "openid-inserted"
        /// OpenID Connect Discovery: `/.well-known/openid-configuration`, behind the path of the issuer.
        case openID = "openid"
    }

    /// The way in which a client shows at the token endpoint who it is.
    public enum ClientMethod: String, Sendable, Hashable, CaseIterable {
        case none
        case basic = "client_secret_basic"
        case post = "client_secret_post"
        case privateKey = "private_key_jwt"
    }

    public enum Grant: String, Sendable, Hashable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
        case jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        case tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    }

    /// Whether access tokens are bound to a key (RFC 9449).
    public enum Binding: String, Sendable, Hashable, CaseIterable { case none, offered, required }

    /// What stands as `iss` in authorization responses (RFC 9207).
    public enum ResponseIssuer: Sendable, Hashable {
        case own
        case left
        case other(String)
    }

    /// A client that is known from the start.
    public struct Client: Sendable {
        public var id: String
        public var secret: String?
        public var method: ClientMethod
        /// The public keys of `private_key_jwt`.
        public var keys: [JSONObject] = []
        /// Where authorization responses may go; empty for any address of this machine.
        public var redirectURIs: [String] = []

        public init(id: String, secret: String? = nil, method: ClientMethod, keys: [JSONObject] = [], redirectURIs: [String] = []) {
            self.id = id
            self.secret = secret
            self.method = method
            self.keys = keys
            self.redirectURIs = redirectURIs
        }
    }

    /// The path of the issuer: empty, or beginning with `/`.
    public var issuerPath = ""
    public var metadataPlaces: Set<MetadataPlace> = Set(MetadataPlace.allCases)
    /// The `issuer` of the metadata, in place of the true one.
    public var statedIssuer: String?
    public var grants: [Grant] = [.authorizationCode, .refreshToken]
    public var clientMethods: [ClientMethod] = ClientMethod.allCases
    public var scopes: [String]?
    /// Dynamic client registration (RFC 7591).
    public var registers = true
    /// Whether URLs are taken as client ids (Client ID Metadata Documents).
    public var takesMetadataDocuments = false
    /// Gets such a document; `nil` to believe in it unseen.
    public var document: (@Sendable (_ url: String) async throws -> JSONObject)?
    public var clients: [Client] = []
    /// `authorization_response_iss_parameter_supported`; `nil` says nothing.
    public var advertisesIssuer: Bool? = true
    public var responseIssuer = ResponseIssuer.own
    public var binding = Binding.none
    /// Whether proofs need a nonce of this server.
    public var wantsNonces = false
    /// Whether refresh tokens come with every code, and not only with the scope `offline_access`.
    public var alwaysRefreshes = false
    /// How long access tokens live, in seconds.
    public var lifetime: Int64 = 3600
    /// The issuers of assertions that are taken as grants, with their key sets (RFC 7523).
    public var assertionIssuers: [String: [JSONObject]] = [:]
    /// For token exchange: the client id that the client has at the server for which the exchanged token is.
    public var exchangedClientID: String?
    /// Who signs in.
    public var subject = "ada@example.com"

    public init() {}
}
