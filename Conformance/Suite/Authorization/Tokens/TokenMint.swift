import Foundation
import MCPCore

/// Makes access tokens as an issuer does (RFC 9068), and such as no server may take.
public struct TokenMint: Sendable {
    public var issuer: String
    /// The key of which the issuer's key set tells.
    public var key: TokenKey

    public init(issuer: String, key: TokenKey) {
        self.issuer = issuer
        self.key = key
    }

    /// What is wrong with a token.
    public enum Flaw: String, Sendable, Hashable, CaseIterable {
        /// Its claims were changed after it was signed.
        case tampered
        /// Signed by a stranger, who names the issuer's key.
        case foreignKey
        /// Signed by a stranger, with a key of which no key set tells.
        case unknownKey
        /// Not signed (`none`).
        case unsigned
        /// Signed with `HS256`, the issuer's public key in the place of a secret.
        case publicKeyAsSecret
        case foreignIssuer
        case foreignAudience
        case noAudience
        case expired
        case notYetValid
    }

    /// The claims of a token that the server `audience` takes.
    /// - Parameters:
    ///   - lifetime: In seconds.
    ///   - now: Seconds since 1970.
    public func claims(
        audience: String?, subject: String, clientID: String = "conformance", scopes: [String] = [], lifetime: Int64 = 300, now: Int64 = TokenClock.now()
    ) -> JSONObject {
        var claims: JSONObject = [
            "iss": .string(issuer), "sub": .string(subject), "client_id": .string(clientID), "iat": .integer(now), "nbf": .integer(now),
            "exp": .integer(now + lifetime), "jti": .string(Base64URL.random()),
        ]
        if let audience { claims["aud"] = .string(audience) }
        if !scopes.isEmpty { claims["scope"] = .string(scopes.joined(separator: " ")) }
        return claims
    }

    /// A token with these claims, without a flaw or with one.
    public func token(_ claims: JSONObject, flaw: Flaw? = nil, now: Int64 = TokenClock.now()) throws -> String {
        var token = JSONWebToken(claims, header: ["typ": "at+jwt"])
        switch flaw {
        case nil: break
        case .tampered: return try tampered(token)
        case .foreignKey: return try token.signed(by: TokenKey(key.algorithm, id: key.id))
        case .unknownKey: return try token.signed(by: TokenKey(key.algorithm))
        case .unsigned: return token.unsigned()
        case .publicKeyAsSecret:
            token.header["kid"] = .string(key.id)
            return token.signed(withSecret: JSONValue.object(key.jwk).serialized())
        case .foreignIssuer: token.claims["iss"] = .string("\(issuer)/other")
        case .foreignAudience: token.claims["aud"] = "https://other.example/mcp"
        case .noAudience: token.claims["aud"] = nil
        case .expired:
            // Longer ago than clocks may differ.
            token.claims.merge(["iat": .integer(now - 7200), "nbf": .integer(now - 7200), "exp": .integer(now - 3600)])
        case .notYetValid: token.claims.merge(["nbf": .integer(now + 3600), "exp": .integer(now + 7200)])
        }
        return try token.signed(by: key)
    }

    private func tampered(_ token: JSONWebToken) throws -> String {
        let parts = try token.signed(by: key).split(separator: ".")
        var changed = token
        changed.claims["sub"] = "somebody-else"
        let payload = Base64URL.encode(JSONValue.object(changed.claims).serialized())
        return "\(parts[0]).\(payload).\(parts[2])"
    }
}

/// The time as tokens tell it.
public enum TokenClock {
    /// Seconds since 1970.
    public static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }
}
