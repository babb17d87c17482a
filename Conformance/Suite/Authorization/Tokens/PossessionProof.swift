import Crypto
import MCPCore

/// A DPoP proof that was looked at as RFC 9449 section 4.3 demands.
struct PossessionProof: Sendable {
    /// The thumbprint of the key (`jkt`).
    let thumbprint: String
    let id: String
    let nonce: String?

    /// Why a proof proves nothing.
    struct Flaw: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// The algorithms that are taken.
    static let algorithms = [TokenKey.Algorithm.es256, .es384, .edDSA, .rs256].map(\.rawValue)
    /// How far the clocks of both sides may be apart, in seconds.
    private static let skew: Int64 = 300

    /// - Parameters:
    ///   - fields: The `DPoP` fields of the request.
    ///   - url: Where the request went, without a query.
    ///   - accessToken: The token that came with the proof; `nil` at a token endpoint.
    /// - Throws: `Flaw`.
    init(_ fields: [String], method: String, url: String, accessToken: String?, now: Int64 = TokenClock.now()) throws(Flaw) {
        guard fields.count == 1, let token = JSONWebToken(reading: fields[0]) else { throw Flaw("there must be one proof, and it must be a JWT") }
        guard token.header["typ"] == "dpop+jwt" else { throw Flaw("its typ is not dpop+jwt") }
        guard let algorithm = token.header["alg"]?.string, Self.algorithms.contains(algorithm) else {
            throw Flaw("its alg is none of \(Self.algorithms.joined(separator: ", "))")
        }
        guard let jwk = token.header["jwk"]?.object, let thumbprint = PublicTokenKey.thumbprint(of: jwk) else { throw Flaw("it has no public key (jwk)") }
        guard jwk["d"] == nil else { throw Flaw("its jwk is a private key") }
        guard token.isSigned(by: [jwk]) else { throw Flaw("its signature is not of the key in it") }
        guard let id = token.claims["jti"]?.string, !id.isEmpty else { throw Flaw("it has no jti") }
        guard token.claims["htm"]?.string == method else { throw Flaw("its htm is not \(method)") }
        guard let target = token.claims["htu"]?.string, Self.isSame(target, url) else {
            throw Flaw("its htu is \(token.claims["htu"]?.serializedString ?? "missing"), not \(url)")
        }
        guard let issued = token.claims["iat"]?.integer, abs(issued - now) <= Self.skew else { throw Flaw("its iat is not now") }
        if let accessToken, token.claims["ath"]?.string != Self.hash(accessToken) { throw Flaw("its ath is not the hash of the access token") }
        self.thumbprint = thumbprint
        self.id = id
        nonce = token.claims["nonce"]?.string
    }

    static func hash(_ accessToken: String) -> String { Base64URL.encode(SHA256.hash(data: Array(accessToken.utf8))) }

    /// Normalization of scheme and host, as RFC 9449 section 4.3 wants it; a query or fragment has no place there.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        func normal(_ text: String) -> String {
            let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count > 2 else { return text }
            let path = parts.count > 3 ? String(parts[3]) : ""
            return "\(parts[0].lowercased())//\(parts[2].lowercased())/\(path)"
        }
        return normal(one) == normal(other)
    }
}
