import MCPCore

/// The tokens for one server, with all that decides where they may be sent.
struct StoredTokens: Sendable, Equatable {
    /// Who issued them. They are never shown to another authorization server.
    var issuer: String
    var clientID: String
    var resource: String
    var accessToken: SecretText
    /// Seconds since 1970; `nil` where nothing was said.
    var expires: Int64?
    var refreshToken: SecretText?
    /// All that was asked for so far, which a step-up keeps.
    var scopes: [String]
    /// The key that the tokens are bound to; `nil` for bearer tokens.
    var dpopKey: SecretText?
    /// Names the sign-in that the tokens stem from, also once they have been renewed. A random name, which shows nothing.
    var grant: String

    /// Whether the token is of use for at least `margin` seconds: a clock may be wrong, and a request takes its time.
    func isFresh(at now: Int64, margin: Int64) -> Bool { expires.map { now < $0 - margin } ?? true }

    var json: JSONObject {
        var object: JSONObject = [
            "issuer": .string(issuer), "client_id": .string(clientID), "resource": .string(resource), "access_token": .string(accessToken.reveal()),
            "scopes": .array(scopes.map(JSONValue.string)),
        ]
        if let expires { object["expires"] = .integer(expires) }
        if let refreshToken { object["refresh_token"] = .string(refreshToken.reveal()) }
        object["grant"] = .string(grant)
        if let dpopKey { object["dpop_key"] = .string(dpopKey.reveal()) }
        return object
    }

    /// `nil` for what another version, or another program, may have written: the user then signs in again.
    init?(_ object: JSONObject) {
        guard let issuer = object["issuer"]?.string, let clientID = object["client_id"]?.string, let resource = object["resource"]?.string,
            let accessToken = object["access_token"]?.string
        else { return nil }
        self.init(
            issuer: issuer, clientID: clientID, resource: resource, accessToken: SecretText(accessToken), expires: object["expires"]?.integer,
            refreshToken: object["refresh_token"]?.string.map { SecretText($0) }, scopes: object["scopes"]?.array?.compactMap(\.string) ?? [],
            dpopKey: object["dpop_key"]?.string.map { SecretText($0) }, grant: object["grant"]?.string ?? Self.newGrant())
    }

    init(
        issuer: String, clientID: String, resource: String, accessToken: SecretText, expires: Int64?, refreshToken: SecretText?, scopes: [String],
        dpopKey: SecretText?, grant: String = StoredTokens.newGrant()
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.resource = resource
        self.accessToken = accessToken
        self.expires = expires
        self.refreshToken = refreshToken
        self.scopes = scopes
        self.dpopKey = dpopKey
        self.grant = grant
    }

    /// The name of a sign-in. No secret: it only has to differ from all others.
    static func newGrant() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in String(generator.next(), radix: 36) }.joined()
    }
}
