import MCPCore

extension AuthorizationServer {
    private static let codeLifetime: Int64 = 60

    /// The authorization endpoint (RFC 6749 section 4.1.1): whoever comes has signed in, and agrees.
    func authorize(_ request: OAuthRequest) async -> OAuthReply {
        let query = request.query
        let visit = AuthorizationRecord.Visit(query: query)
        do {
            let redirectURI = try await redirect(query)
            do {
                let code = try issueCode(query, redirectURI)
                state.withLock { $0.record.visits.append(visit) }
                return respond(["code": code], to: redirectURI, query)
            } catch {
                note(visit, error)
                return respond(["error": error.code, "error_description": error.explanation], to: redirectURI, query)
            }
        } catch {
            // Nobody is sent to an address that may be a stranger's (RFC 6749 section 4.1.2.1).
            note(visit, error)
            return .text(400, "\(error.code): \(error.explanation)")
        }
    }

    private func note(_ visit: AuthorizationRecord.Visit, _ refusal: OAuthRefusal) {
        var visit = visit
        visit.refusal = "\(refusal.code): \(refusal.explanation)"
        state.withLock { $0.record.visits.append(visit) }
    }

    /// Where the response goes.
    private func redirect(_ query: OAuthFields) async throws(OAuthRefusal) -> String {
        guard let id = query["client_id"] else { throw OAuthRefusal("invalid_request", "client_id is missing.") }
        let client = try await client(id)
        guard let redirectURI = query["redirect_uri"], RedirectURI.isAllowed(redirectURI) else {
            throw OAuthRefusal("invalid_request", "redirect_uri is missing, or no place for a response.")
        }
        guard client.isStrict ? RedirectURI.matches(redirectURI, registered: client.known.redirectURIs) : true else {
            throw OAuthRefusal("invalid_request", "redirect_uri is not registered.")
        }
        return redirectURI
    }

    private func issueCode(_ query: OAuthFields, _ redirectURI: String) throws(OAuthRefusal) -> String {
        guard query.repeated.isEmpty else { throw OAuthRefusal("invalid_request", "\(query.repeated.joined(separator: ", ")) stands there more than once.") }
        guard query["response_type"] == "code" else { throw OAuthRefusal("unsupported_response_type", "response_type must be code.") }
        guard features.grants.contains(.authorizationCode) else { throw OAuthRefusal("unauthorized_client", "No codes are given here.") }
        guard let challenge = query["code_challenge"], !challenge.isEmpty else { throw OAuthRefusal("invalid_request", "code_challenge is missing (PKCE).") }
        guard query["code_challenge_method"] == "S256" else { throw OAuthRefusal("invalid_request", "code_challenge_method must be S256.") }
        if let resource = query["resource"], !resource.contains(":") || resource.contains("#") {
            throw OAuthRefusal("invalid_target", "resource must be an absolute URI without a fragment.")
        }
        let code = "code-\(Base64URL.random())"
        let stored = Code(
            clientID: query["client_id"] ?? "", redirectURI: redirectURI, challenge: challenge, scopes: OAuthScopes.parse(query["scope"]),
            resource: query["resource"], expires: TokenClock.now() + Self.codeLifetime)
        state.withLock { $0.codes[code] = stored }
        return code
    }

    private func respond(_ fields: KeyValuePairs<String, String>, to redirectURI: String, _ query: OAuthFields) -> OAuthReply {
        var response = OAuthFields(fields)
        response.add("state", query["state"])
        switch features.responseIssuer {
        case .own: response.add("iss", issuer)
        case .left: break
        case .other(let other): response.add("iss", other)
        }
        return .redirect(to: redirectURI + (redirectURI.contains("?") ? "&" : "?") + response.encoded)
    }
}
