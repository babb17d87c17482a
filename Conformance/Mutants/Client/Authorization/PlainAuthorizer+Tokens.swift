import Crypto
import Foundation
import MCPCore

extension PlainAuthorizer {
    /// Asks the token endpoint.
    /// - Parameters:
    ///   - binds: Whether the token is to be bound to the key.
    ///   - scopesInForm: Whether the scopes are asked for here, and not before.
    func token(
        _ fields: [(String, String)], _ found: Discovery, scopes: [String], binds: Bool, scopesInForm: Bool = true
    ) async throws -> Session {
        let endpoint: String = try found.issuer.decode("token_endpoint")
        let origin = SignInText.parts(endpoint).origin
        for attempt in 1...2 {
            var form = fields
            if fault != .noResource { form.append(("resource", try found.resource.decode("resource"))) }
            if scopesInForm, !scopes.isEmpty { form.append(("scope", scopes.joined(separator: " "))) }
            var headers = try await authenticate(&form, found)
            if binds { headers.append(("dpop", try proof(method: "POST", url: endpoint))) }
            let reply = try await SignInHTTP.post(
                endpoint, type: "application/x-www-form-urlencoded", headers: headers, SignInText.form(form))
            if reply.body["error"] == "use_dpop_nonce", attempt == 1, fault != .ignoresNonces {
                nonces[origin] = reply.nonce
                continue
            }
            guard reply.status == 200, let token = reply.body["access_token"]?.string else {
                throw SignInError("the token endpoint refused: \(reply.body["error"]?.string ?? "\(reply.status)")")
            }
            return Session(
                issuer: try found.issuer.decode("issuer"), token: token, refreshToken: reply.body["refresh_token"]?.string,
                isBound: reply.body["token_type"] == "DPoP", scopes: scopes)
        }
        throw SignInError("the token endpoint wants one nonce after another")
    }

    private func authenticate(_ form: inout [(String, String)], _ found: Discovery) async throws -> [(String, String)] {
        let client = try await client(found)
        let id: String = try client.decode("client_id")
        if let pem = client["private_key_pem"]?.string {
            let audience = fault == .assertionForTokenEndpoint ? found.issuer["token_endpoint"] : found.issuer["issuer"]
            let now = Int64(Date().timeIntervalSince1970)
            let claims: JSONObject = [
                "iss": .string(id), "sub": .string(id), "aud": audience ?? .null, "iat": .integer(now), "exp": .integer(now + 60),
                "jti": .string(SignInText.random()),
            ]
            form.append(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            form.append(("client_assertion", try SignInText.token(claims, header: ["typ": "JWT"], key: P256.Signing.PrivateKey(pemRepresentation: pem))))
            return []
        }
        let offered = found.issuer["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? ["client_secret_basic"]
        var method = client["token_endpoint_auth_method"]?.string ?? (client["client_secret"] == nil ? "none" : offered.first ?? "client_secret_basic")
        if client["client_secret"] != nil, fault == .secretInBody { method = "client_secret_post" }
        if client["client_secret"] != nil, fault == .secretInHeader { method = "client_secret_basic" }
        let secret = client["client_secret"]?.string ?? ""
        guard method != "client_secret_basic" else {
            return [("authorization", "Basic " + Base64.encode("\(SignInText.percent(id)):\(SignInText.percent(secret))".utf8))]
        }
        form.append(("client_id", id))
        if method == "client_secret_post" { form.append(("client_secret", secret)) }
        return []
    }

    /// A proof of possession (RFC 9449 section 4.2).
    func proof(method: String, url: String, token: String? = nil) throws -> String {
        var claims: JSONObject = [
            "jti": .string(SignInText.random()), "htm": .string(method), "htu": .string(url), "iat": .integer(Int64(Date().timeIntervalSince1970)),
        ]
        if let token { claims["ath"] = .string(SignInText.hash(token)) }
        if let nonce = nonces[SignInText.parts(url).origin] { claims["nonce"] = .string(nonce) }
        let point = key.publicKey.rawRepresentation
        let jwk: JSONObject = [
            "kty": "EC", "crv": "P-256", "x": .string(SignInText.base64URL(point.prefix(32))), "y": .string(SignInText.base64URL(point.suffix(32))),
        ]
        return try SignInText.token(claims, header: ["typ": "dpop+jwt", "jwk": .object(jwk)], key: key)
    }
}
