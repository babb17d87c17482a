import MCPAuthorizationParsing
import MCPCore

/// How a client shows at the token endpoint who it is.
public enum ClientAuthentication: Sendable {
    /// A public client.
    case none
    /// A shared secret, sent in the way that the authorization server takes: `client_secret_basic` or `client_secret_post`.
    case secret(SecretText)
    /// An assertion signed with the client's own key, `private_key_jwt` (RFC 7523 section 2.2).
    case privateKey(SigningKey)

    /// The methods of OAuth's registry that it can use, the best first.
    var methods: [String] {
        switch self {
        case .none: ["none"]
        case .secret: ["client_secret_basic", "client_secret_post"]
        case .privateKey: ["private_key_jwt"]
        }
    }
}

/// A client as one authorization server knows it.
struct RegisteredClient: Sendable {
    var id: String
    var authentication: ClientAuthentication
    /// What the registration said (`token_endpoint_auth_method`); `nil` where it said nothing.
    var method: String?

    /// Puts the client's name and proof on a request to the token endpoint.
    /// - Returns: The `Authorization` header, where the method uses one.
    /// - Throws: `AuthorizationError.unsupported` where the authorization server takes none of the methods that the client can use.
    func authenticate(
        _ form: inout FormBody, issuer: String, supported: [String]?, environment: AuthorizationEnvironment
    ) throws -> String? {
        switch try method(issuer: issuer, supported: supported) {
        case "client_secret_basic":
            guard case .secret(let secret) = authentication else { break }
            // Both parts are form-encoded first (RFC 6749 section 2.3.1).
            return "Basic " + Base64.encode("\(FormBody.encode(id)):\(FormBody.encode(secret.reveal()))".utf8)
        case "client_secret_post":
            guard case .secret(let secret) = authentication else { break }
            form.add("client_id", id)
            form.add("client_secret", secret.reveal())
            return nil
        case "private_key_jwt":
            guard case .privateKey(let key) = authentication else { break }
            // The assertion names the client.
            form.add("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            form.add("client_assertion", try assertion(key, issuer: issuer, environment: environment))
            return nil
        default: break
        }
        form.add("client_id", id)
        return nil
    }

    private func method(issuer: String, supported: [String]?) throws -> String {
        let supported = supported ?? ["client_secret_basic"]
        if let method, authentication.methods.contains(method) || method == "none" { return method }
        if case .none = authentication { return "none" }
        if let method = authentication.methods.first(where: supported.contains) { return method }
        // A server may register a client with a secret and yet take it as a public one.
        if case .secret = authentication, supported.contains("none") { return "none" }
        throw AuthorizationError.unsupported(issuer: issuer, what: authentication.methods.joined(separator: " or ") + " at its token endpoint")
    }

    /// The audience is the issuer alone, so that no other server can use the assertion (draft-ietf-oauth-rfc7523bis).
    private func assertion(_ key: SigningKey, issuer: String, environment: AuthorizationEnvironment) throws -> String {
        let now = environment.now()
        let claims: JSONObject = [
            "iss": .string(id), "sub": .string(id), "aud": .string(issuer), "iat": .integer(now), "exp": .integer(now + 60),
            "jti": .string(Base64URL.encode(environment.randomBytes(16))),
        ]
        var header: JSONObject = ["typ": "JWT"]
        if let keyID = key.keyID { header["kid"] = .string(keyID) }
        do { return try JSONWebSignature.sign(claims, header: header, with: key.signer) } catch {
            throw AuthorizationError.invalidKey("it does not sign: \(key)")
        }
    }
}
