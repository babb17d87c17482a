import MCPCore

/// The credentials of HTTP Basic, both parts form-encoded (RFC 6749 section 2.3.1).
struct BasicCredentials: Sendable {
    var id: String
    var secret: String

    init?(_ header: String) {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(String(words[1])) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        (id, secret) = (OAuthFields.decode(parts[0]), OAuthFields.decode(parts[1]))
    }
}

extension AuthorizationServer {
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// How a request says who it comes from.
    static func method(of request: OAuthRequest, _ form: OAuthFields) -> AuthorizationServerFeatures.ClientMethod? {
        let ways: [(AuthorizationServerFeatures.ClientMethod, Bool)] = [
            (.basic, request.header("authorization") != nil), (.post, form["client_secret"] != nil), (.privateKey, form["client_assertion"] != nil),
        ]
        let used = ways.filter(\.1).map(\.0)
        // One way and no more (RFC 6749 section 2.3).
        return used.count > 1 ? nil : used.first ?? AuthorizationServerFeatures.ClientMethod.none
    }

    /// Finds out who asks the token endpoint (RFC 6749 section 2.3, RFC 7523 section 2.2).
    /// - Throws: `OAuthRefusal`.
    func authenticate(_ request: OAuthRequest, _ form: OAuthFields, _ record: inout AuthorizationRecord.TokenRequest) async throws(OAuthRefusal) -> Client {
        record.method = Self.method(of: request, form)
        guard let method = record.method else { throw OAuthRefusal("invalid_request", "The client says in more than one way who it is.") }
        switch method {
        case .none:
            guard let id = form["client_id"] else { throw Self.stranger("The client does not say who it is.") }
            record.clientID = id
            return try await known(id, method)
        case .basic:
            guard let credentials = request.header("authorization").flatMap({ BasicCredentials($0) }) else {
                throw Self.stranger("The Authorization field is not of the scheme Basic.")
            }
            record.clientID = credentials.id
            return try await known(credentials.id, method, secret: credentials.secret)
        case .post:
            guard let id = form["client_id"] else { throw Self.stranger("client_id is missing.") }
            record.clientID = id
            return try await known(id, method, secret: form["client_secret"])
        case .privateKey:
            guard form["client_assertion_type"] == Self.assertionType, let token = form["client_assertion"].flatMap({ JSONWebToken(reading: $0) }),
                let id = token.claims["sub"]?.string
            else { throw Self.stranger("client_assertion must be a JWT, and client_assertion_type \(Self.assertionType).") }
            record.clientID = id
            let client = try await known(id, method)
            try check(token, of: client)
            return client
        }
    }

    private func known(
        _ id: String, _ method: AuthorizationServerFeatures.ClientMethod, secret: String? = nil
    ) async throws(OAuthRefusal) -> Client {
        let client = try await client(id)
        guard client.known.method == method, client.known.secret == secret else {
            throw Self.stranger("The client is known by \(client.known.method.rawValue), and this was \(method.rawValue), or the secret is wrong.")
        }
        return client
    }

    private func check(_ token: JSONWebToken, of client: Client) throws(OAuthRefusal) {
        guard token.isSigned(by: client.known.keys) else { throw Self.stranger("The assertion is not signed by the client's key.") }
        guard token.claims["iss"]?.string == client.known.id else { throw Self.stranger("iss and sub of the assertion must be the client id.") }
        guard isAudience(token) else { throw Self.stranger("aud of the assertion must be the issuer, \(issuer), and nothing else.") }
        guard let expires = token.claims["exp"]?.integer, expires > TokenClock.now() else { throw Self.stranger("The assertion has expired.") }
        guard use(token) else { throw Self.stranger("The assertion needs a jti of its own.") }
    }

    /// Whether a token is for this issuer alone. A `/` at the end is passed over: it comes from libraries that write URLs anew.
    func isAudience(_ token: JSONWebToken) -> Bool {
        let audience = token.claims["aud"]?.string ?? (token.claims["aud"]?.array?.count == 1 ? token.claims["aud"]?[0]?.string : nil)
        return audience == issuer || audience == issuer + "/"
    }

    /// Remembers the id of a token.
    /// - Returns: Whether it has one, and was not used before.
    func use(_ token: JSONWebToken) -> Bool {
        guard let id = token.claims["jti"]?.string else { return false }
        return state.withLock { $0.usedIDs.insert(id).inserted }
    }

    static func stranger(_ explanation: String) -> OAuthRefusal {
        OAuthRefusal("invalid_client", explanation, status: 401, headers: [("www-authenticate", "Basic realm=\"token\"")])
    }
}
