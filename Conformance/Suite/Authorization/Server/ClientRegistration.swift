import MCPCore

extension AuthorizationServer {
    /// Dynamic registration (RFC 7591 section 3).
    func register(_ request: OAuthRequest) -> OAuthReply {
        guard let body = (try? JSONValue(parsing: request.body))?.object else {
            return OAuthRefusal("invalid_client_metadata", "The body must be a JSON object.").reply
        }
        let refusal = Self.fault(of: body)
        guard refusal == nil else {
            state.withLock { $0.record.registrations.append(.init(body: body, refusal: refusal?.code)) }
            return refusal?.reply ?? .text(400, "")
        }
        let asked = body["token_endpoint_auth_method"]?.string.flatMap(AuthorizationServerFeatures.ClientMethod.init)
        // A server may register another method than was asked for, and says so (RFC 7591 section 3.2.1).
        let method = asked.flatMap { features.clientMethods.contains($0) ? $0 : nil } ?? features.clientMethods.first ?? .none
        let client = AuthorizationServerFeatures.Client(
            id: "client-\(Base64URL.random(bytes: 9))", secret: [.basic, .post].contains(method) ? Base64URL.random(bytes: 24) : nil, method: method,
            keys: body["jwks"]?["keys"]?.array?.compactMap(\.object) ?? [], redirectURIs: body["redirect_uris"]?.array?.compactMap(\.string) ?? [])
        let grants = body["grant_types"]?.array?.compactMap(\.string)
        state.withLock { state in
            state.clients[client.id] = Client(known: client, grants: grants, isStrict: true)
            state.record.registrations.append(.init(body: body, clientID: client.id))
        }
        var answer = body
        answer.merge([
            "client_id": .string(client.id), "client_id_issued_at": .integer(TokenClock.now()), "token_endpoint_auth_method": .string(method.rawValue),
            "grant_types": .array((grants ?? ["authorization_code"]).map(JSONValue.string)),
        ])
        if let secret = client.secret { answer.merge(["client_secret": .string(secret), "client_secret_expires_at": 0]) }
        return .json(201, answer)
    }

    private static func fault(of body: JSONObject) -> OAuthRefusal? {
        guard let redirects = body["redirect_uris"]?.array?.map(\.string), !redirects.isEmpty else {
            return OAuthRefusal("invalid_redirect_uri", "redirect_uris must list where responses go.")
        }
        guard redirects.allSatisfy({ $0.map(RedirectURI.isAllowed) ?? false }) else {
            return OAuthRefusal("invalid_redirect_uri", "A redirect URI is https:, or http: to this machine, or of a scheme of its own; it has no fragment.")
        }
        if body["token_endpoint_auth_method"] == "private_key_jwt", body["jwks"]?["keys"]?.array == nil {
            return OAuthRefusal("invalid_client_metadata", "private_key_jwt needs the public key in jwks.")
        }
        return nil
    }

    /// A client by its id: known, registered, or by the document that its id is the URL of.
    /// - Throws: `OAuthRefusal`.
    func client(_ id: String) async throws(OAuthRefusal) -> Client {
        if let client = state.withLock({ $0.clients[id] }) { return client }
        guard features.takesMetadataDocuments, id.hasPrefix("https://") || RedirectURI.isLoopback(id) else {
            throw OAuthRefusal("invalid_client", "There is no client \(id).", status: 401)
        }
        var redirects: [String] = []
        if let document = features.document {
            let found: JSONObject
            do { found = try await document(id) } catch { throw OAuthRefusal("invalid_client", "\(id) cannot be had: \(error)", status: 401) }
            guard found["client_id"]?.string == id else {
                throw OAuthRefusal("invalid_client", "The document at \(id) is of another client.", status: 401)
            }
            redirects = found["redirect_uris"]?.array?.compactMap(\.string) ?? []
        }
        return Client(known: .init(id: id, method: .none, redirectURIs: redirects), isStrict: features.document != nil)
    }
}

/// Where authorization responses go.
enum RedirectURI {
    static func isAllowed(_ text: String) -> Bool {
        guard !text.contains("#"), let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return false }
        let scheme = text[..<colon].lowercased()
        return scheme == "http" ? isLoopback(text) : !["javascript", "data", "file"].contains(scheme)
    }

    static func isLoopback(_ text: String) -> Bool {
        guard text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        return ["localhost", "127.0.0.1", "[::1]"].contains(String(host))
    }

    /// Whether a redirect URI is one of those registered. Of an address of this machine the port may be another (RFC 8252 section 7.3).
    static func matches(_ text: String, registered: [String]) -> Bool {
        registered.contains { $0 == text || (isLoopback(text) && isLoopback($0) && withoutPort(text) == withoutPort($0)) }
    }

    private static func withoutPort(_ text: String) -> String {
        let rest = text.dropFirst(7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.hasPrefix("[") ? String(authority.prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
        return host + rest.dropFirst(authority.count)
    }
}
