import MCPCore

/// What happened at an authorization server, for the scenario to look at.
struct AuthorizationRecord: Sendable {
    struct Registration: Sendable {
        var body: JSONObject
        /// `nil` where it was refused.
        var clientID: String?
        var refusal: String?
    }

    struct Visit: Sendable {
        var query: OAuthFields
        var refusal: String?

        var scopes: [String] { OAuthScopes.parse(query["scope"]) }
    }

    struct TokenRequest: Sendable {
        var form: OAuthFields
        var clientID: String?
        /// How the client said who it is; `nil` where it cannot be told.
        var method: AuthorizationServerFeatures.ClientMethod?
        /// Whether the verifier is that of the challenge; `nil` where there is no code.
        var verifierMatches: Bool?
        /// What became of the DPoP proof; `nil` where none came.
        var proof: Result<String, PossessionProof.Flaw>?
        /// The nonce in it.
        var nonce: String?
        var refusal: String?
        var explanation: String?

        var grant: String? { form["grant_type"] }
    }

    /// The paths of metadata that were asked for, found or not, in order.
    var metadataPaths: [String] = []
    var registrations: [Registration] = []
    var visits: [Visit] = []
    var tokenRequests: [TokenRequest] = []
    /// Requests that no endpoint is made for, as `METHOD path`.
    var strays: [String] = []
    /// Everything that was sent here and might be a secret of another server.
    var texts: [String] = []
}

/// Lists of scopes (RFC 6749 section 3.3).
enum OAuthScopes {
    static func parse(_ text: String?) -> [String] { (text ?? "").split(separator: " ").map(String.init) }
}
