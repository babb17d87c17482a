import MCPAuthorizationParsing
import MCPCore

/// Decides whether an access token is good for this server.
public protocol AccessTokenVerifier: Sendable {
    /// - Throws: `AccessTokenRejection`. Whatever else is thrown is a failure of the server's own, and the client is told no more than that.
    func verify(_ token: SecretText) async throws -> VerifiedAccessToken
}

/// What a token says that has been verified.
public struct VerifiedAccessToken: Sendable {
    /// Who the token stands for, unique in this server.
    public var principalID: String
    /// What it allows; `nil` where it is not limited.
    public var scopes: Set<String>?
    /// The thumbprint of the key that it is bound to (`cnf.jkt`, RFC 9449 section 6.1).
    public var keyThumbprint: String?
    /// Its claims, for handlers.
    public var claims: JSONObject

    public init(principalID: String, scopes: Set<String>?, keyThumbprint: String? = nil, claims: JSONObject = [:]) {
        self.principalID = principalID
        self.scopes = scopes
        self.keyThumbprint = keyThumbprint
        self.claims = claims
    }
}

/// A token is not good for this server. The client is told only that it is invalid; the reason is for the operator's log.
public struct AccessTokenRejection: Error, Sendable, Hashable, CustomStringConvertible {
    public var reason: String
    /// Whether it is the proof that came with the token that is no good (RFC 9449 section 7.1).
    var isOfProof = false
    /// Whether the proof is good but for the nonce that it lacks (RFC 9449 section 9).
    var isOfNonce = false

    static var needsNonce: AccessTokenRejection {
        var rejection = AccessTokenRejection(proof: "the proof carries no nonce of now")
        rejection.isOfNonce = true
        return rejection
    }

    public init(_ reason: String) { self.reason = reason }

    init(proof reason: String) {
        self.reason = reason
        isOfProof = true
    }

    public var description: String { reason }
}

/// The claims that every kind of verification looks at (RFC 7519 section 4.1, RFC 9068 section 4, RFC 7662 section 2.2).
struct TokenClaims: Sendable {
    let claims: JSONObject
    let now: Int64
    let skew: Int64

    /// - Parameter isExpiryRequired: A token that never ends is refused.
    func check(issuer: String?, audiences: Set<String>, isExpiryRequired: Bool) throws {
        if let issuer, claims["iss"]?.string != issuer { throw AccessTokenRejection("it is of another issuer") }
        let named = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string) ?? []
        guard named.contains(where: audiences.contains) else { throw AccessTokenRejection("it is for another audience") }
        if let expires = try seconds("exp") {
            guard now < expires.addingClamped(skew) else { throw AccessTokenRejection("it has expired") }
        } else if isExpiryRequired {
            throw AccessTokenRejection("it does not expire (`exp`)")
        }
        if let start = try seconds("nbf"), now < start.addingClamped(-skew) { throw AccessTokenRejection("it is not valid yet (`nbf`)") }
        if let issued = try seconds("iat"), now < issued.addingClamped(-skew) { throw AccessTokenRejection("it was issued in the future (`iat`)") }
    }

    func verified(issuer: String) throws -> VerifiedAccessToken {
        // A token of client credentials may have no subject but the client.
        guard let subject = claims["sub"]?.string ?? claims["client_id"]?.string, !subject.isEmpty else {
            throw AccessTokenRejection("it names neither a subject nor a client")
        }
        // `scp` is how some issuers write it, as a list or as text.
        let scope = claims["scope"] ?? claims["scp"]
        let scopes = scope?.string.map(Scopes.parse) ?? scope?.array?.compactMap(\.string) ?? []
        return VerifiedAccessToken(
            principalID: "\(issuer) \(subject)", scopes: Set(scopes), keyThumbprint: claims["cnf"]?["jkt"]?.string, claims: claims)
    }

    /// A NumericDate; fractions are cut off.
    private func seconds(_ name: String) throws -> Int64? {
        guard let value = claims[name] else { return nil }
        guard let number = value.double, number.isFinite, abs(number) < 1e15 else { throw AccessTokenRejection("its `\(name)` is no time") }
        return Int64(number)
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
