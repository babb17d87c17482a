import Crypto
import MCPCore

extension AuthorizationServer {
    /// The token endpoint (RFC 6749 section 3.2).
    func token(_ request: OAuthRequest) async -> OAuthReply {
        guard let form = request.form else {
            return OAuthRefusal("invalid_request", "The body must be application/x-www-form-urlencoded.").reply
        }
        var record = AuthorizationRecord.TokenRequest(form: form)
        // Looked at before anything is refused, so that a scenario can say of each thing whether it was right.
        if let code = form["code"], let stored = state.withLock({ $0.codes[code] }) {
            record.verifierMatches = form["code_verifier"].map { Self.challenge(of: $0) == stored.challenge } ?? false
        }
        let reply: OAuthReply
        do { reply = try await answer(request, form, &record) } catch {
            (record.refusal, record.explanation) = (error.code, error.explanation)
            reply = error.reply
        }
        state.withLock { $0.record.tokenRequests.append(record) }
        return reply
    }

    /// The challenge of a verifier (RFC 7636 section 4.2).
    static func challenge(of verifier: String) -> String { Base64URL.encode(SHA256.hash(data: Array(verifier.utf8))) }

    private func answer(
        _ request: OAuthRequest, _ form: OAuthFields, _ record: inout AuthorizationRecord.TokenRequest
    ) async throws(OAuthRefusal) -> OAuthReply {
        guard form.repeated.isEmpty else { throw OAuthRefusal("invalid_request", "\(form.repeated.joined(separator: ", ")) stands there more than once.") }
        let thumbprint = try possession(request, &record)
        let client = try await authenticate(request, form, &record)
        guard let grant = form["grant_type"].flatMap(AuthorizationServerFeatures.Grant.init), features.grants.contains(grant) else {
            throw OAuthRefusal("unsupported_grant_type", "There is no grant \(form["grant_type"] ?? "without a grant_type") here.")
        }
        switch grant {
        case .authorizationCode: return try redeem(form, client, thumbprint)
        case .refreshToken: return try renew(form, client, thumbprint)
        case .clientCredentials:
            guard client.known.method != .none else { throw OAuthRefusal("unauthorized_client", "A public client has no credentials.") }
            return try issue(access(form, client, subject: client.known.id, thumbprint))
        case .jwtBearer: return try issue(assertedAccess(form, client, thumbprint))
        case .tokenExchange: return try exchange(form, client)
        }
    }

    // MARK: Proofs (RFC 9449)

    /// The key that the token is to be bound to; `nil` for a bearer token.
    private func possession(_ request: OAuthRequest, _ record: inout AuthorizationRecord.TokenRequest) throws(OAuthRefusal) -> String? {
        guard features.binding != .none else { return nil }
        let fields = request.headers.filter { $0.name == "dpop" }.map(\.value)
        guard !fields.isEmpty else {
            guard features.binding == .offered else { throw OAuthRefusal("invalid_dpop_proof", "Tokens are bound to a key here: the DPoP field is missing.") }
            return nil
        }
        let proof: PossessionProof
        do { proof = try PossessionProof(fields, method: "POST", url: origin + path("/token"), accessToken: nil) } catch {
            record.proof = .failure(error)
            throw OAuthRefusal("invalid_dpop_proof", error.description)
        }
        record.nonce = proof.nonce
        guard state.withLock({ $0.usedIDs.insert("dpop \(proof.id)").inserted }) else {
            record.proof = .failure(PossessionProof.Flaw("it was used before (jti)"))
            throw OAuthRefusal("invalid_dpop_proof", "The proof was used before (jti).")
        }
        record.proof = .success(proof.thumbprint)
        if features.wantsNonces, proof.nonce != nonce {
            throw OAuthRefusal("use_dpop_nonce", "The proof needs the nonce of this answer.", headers: [("dpop-nonce", nonce)])
        }
        return proof.thumbprint
    }

    // MARK: Grants of a person

    private func redeem(_ form: OAuthFields, _ client: Client, _ thumbprint: String?) throws(OAuthRefusal) -> OAuthReply {
        // A code is good once, whatever becomes of it.
        guard let text = form["code"], let code = state.withLock({ $0.codes.removeValue(forKey: text) }) else {
            throw OAuthRefusal("invalid_grant", "There is no such code, or it was used.")
        }
        guard code.clientID == client.known.id, code.expires > TokenClock.now() else {
            throw OAuthRefusal("invalid_grant", "The code is not yours, or too old.")
        }
        guard form["redirect_uri"] == code.redirectURI else { throw OAuthRefusal("invalid_grant", "redirect_uri is not that of the authorization request.") }
        guard let verifier = form["code_verifier"], Self.challenge(of: verifier) == code.challenge else {
            throw OAuthRefusal("invalid_grant", "code_verifier is not that of the challenge.")
        }
        if let resource = form["resource"], resource != code.resource {
            throw OAuthRefusal("invalid_target", "resource is not that of the authorization request.")
        }
        let access = Access(
            subject: features.subject, clientID: client.known.id, scopes: code.scopes, resource: code.resource, thumbprint: thumbprint,
            expires: TokenClock.now() + features.lifetime)
        let isOffline = features.alwaysRefreshes || code.scopes.contains("offline_access")
        let mayRefresh = client.grants?.contains(AuthorizationServerFeatures.Grant.refreshToken.rawValue) ?? true
        return try issue(access, line: isOffline && mayRefresh && features.grants.contains(.refreshToken) ? text : nil)
    }

    /// Refresh tokens are good once. One that comes again was stolen, or its thief was first: its whole line ends (RFC 9700 section 4.14.2).
    private func renew(_ form: OAuthFields, _ client: Client, _ thumbprint: String?) throws(OAuthRefusal) -> OAuthReply {
        guard let text = form["refresh_token"] else { throw OAuthRefusal("invalid_request", "refresh_token is missing.") }
        let found = state.withLock { state -> Refresh? in
            guard let refresh = state.refresh[text] else { return nil }
            if refresh.isUsed { state.endedLines.insert(refresh.line) }
            state.refresh[text]?.isUsed = true
            return refresh.isUsed || state.endedLines.contains(refresh.line) ? nil : refresh
        }
        guard let found else { throw OAuthRefusal("invalid_grant", "There is no such refresh token, or it was used.") }
        guard found.access.clientID == client.known.id else { throw OAuthRefusal("invalid_grant", "The refresh token is of another client.") }
        guard found.access.thumbprint == thumbprint else { throw OAuthRefusal("invalid_grant", "The refresh token is bound to another key.") }
        if let resource = form["resource"], resource != found.access.resource { throw OAuthRefusal("invalid_target", "resource is not that of the grant.") }
        var access = found.access
        access.expires = TokenClock.now() + features.lifetime
        if form["scope"] != nil {
            let asked = OAuthScopes.parse(form["scope"])
            guard asked.allSatisfy(access.scopes.contains) else { throw OAuthRefusal("invalid_scope", "A renewal gives no more than was given before.") }
            access.scopes = asked
        }
        return try issue(access, line: found.line)
    }

    // MARK: Tokens

    func access(_ form: OAuthFields, _ client: Client, subject: String, _ thumbprint: String?) -> Access {
        Access(
            subject: subject, clientID: client.known.id, scopes: OAuthScopes.parse(form["scope"]), resource: form["resource"], thumbprint: thumbprint,
            expires: TokenClock.now() + features.lifetime)
    }

    /// - Parameter line: For a refresh token: the line that it belongs to; `nil` for none.
    private func issue(_ access: Access, line: String? = nil) throws(OAuthRefusal) -> OAuthReply {
        var claims = mint.claims(
            audience: access.resource, subject: access.subject, clientID: access.clientID, scopes: access.scopes, lifetime: features.lifetime)
        if let thumbprint = access.thumbprint { claims["cnf"] = ["jkt": .string(thumbprint)] }
        let token: String
        do { token = try mint.token(claims) } catch { throw OAuthRefusal("server_error", "\(error)", status: 500) }
        var answer: JSONObject = [
            "access_token": .string(token), "token_type": access.thumbprint == nil ? "Bearer" : "DPoP", "expires_in": .integer(features.lifetime),
        ]
        if !access.scopes.isEmpty { answer["scope"] = .string(access.scopes.joined(separator: " ")) }
        let refresh = line.map { _ in "refresh-\(Base64URL.random(bytes: 24))" }
        if let refresh { answer["refresh_token"] = .string(refresh) }
        state.withLock { state in
            state.access[token] = access
            if let refresh, let line { state.refresh[refresh] = Refresh(access: access, line: line) }
        }
        return .json(200, answer)
    }
}
