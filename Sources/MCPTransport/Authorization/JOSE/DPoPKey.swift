import Crypto
import Foundation
import JWTKit
import MCPAuthorizationParsing
import MCPCore

/// A key that access tokens are bound to, and the proofs made with it (RFC 9449). ES256, which every implementation knows.
struct DPoPKey: Sendable {
    static let algorithm = "ES256"

    private let key: P256.Signing.PrivateKey
    private let signer: any JWTAlgorithm

    /// A new key.
    init() async throws { try await self.init(P256.Signing.PrivateKey()) }

    /// - Parameter stored: What `stored` gave.
    init(stored: SecretText) async throws {
        guard let bytes = Base64URL.decode(stored.reveal()), let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else {
            throw AuthorizationError.storage("the key that tokens are bound to cannot be read")
        }
        try await self.init(key)
    }

    private init(_ key: P256.Signing.PrivateKey) async throws {
        self.key = key
        signer = try await JWTKeyCollection().add(ecdsa: ES256PrivateKey(backing: key)).getKey()
    }

    /// The private key, to be kept with the tokens that are bound to it.
    var stored: SecretText { SecretText(Base64URL.encode(key.rawRepresentation)) }

    /// The public key as a JWK (RFC 7518 section 6.2).
    var publicKey: JSONObject {
        let point = key.publicKey.rawRepresentation
        return [
            "kty": "EC", "crv": "P-256", "x": .string(Base64URL.encode(point.prefix(32))), "y": .string(Base64URL.encode(point.suffix(32))),
        ]
    }

    /// A proof for one request (RFC 9449 section 4.2). Each is used once.
    func proof(
        method: String, url: EndpointURL, accessToken: SecretText? = nil, nonce: String?, environment: AuthorizationEnvironment
    ) throws -> String {
        var claims: JSONObject = [
            "jti": .string(Base64URL.encode(environment.randomBytes(16))), "htm": .string(method), "htu": .string(url.withoutQuery),
            "iat": .integer(environment.now()),
        ]
        if let accessToken { claims["ath"] = .string(Self.hash(accessToken.reveal())) }
        if let nonce { claims["nonce"] = .string(nonce) }
        return try JSONWebSignature.sign(claims, header: ["typ": "dpop+jwt", "jwk": .object(publicKey)], with: signer)
    }

    /// The hash of an access token that a proof carries (`ath`).
    static func hash(_ token: String) -> String { Base64URL.encode(SHA256.hash(data: Array(token.utf8))) }
}
