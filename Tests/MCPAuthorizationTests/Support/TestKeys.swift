import Crypto
import CryptoExtras
import Foundation
import JWTKit
import MCPAuthorizationParsing
import MCPCore

@testable import MCPAuthorization

/// Key pairs for tests, and tokens signed with them.
enum TestKeys {
    struct Pair: Sendable {
        var pem: String
        /// The public key.
        var jwk: JSONObject
    }

    static func pair(_ algorithm: SignatureAlgorithm) throws -> Pair {
        switch algorithm {
        case .es256:
            let key = P256.Signing.PrivateKey()
            return Pair(pem: key.pemRepresentation, jwk: point("P-256", key.publicKey.rawRepresentation))
        case .es384:
            let key = P384.Signing.PrivateKey()
            return Pair(pem: key.pemRepresentation, jwk: point("P-384", key.publicKey.rawRepresentation))
        case .es512:
            let key = P521.Signing.PrivateKey()
            return Pair(pem: key.pemRepresentation, jwk: point("P-521", key.publicKey.rawRepresentation))
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: return try rsa.get()
        case .edDSA:
            let key = Curve25519.Signing.PrivateKey()
            return Pair(
                pem: key.pemRepresentation,
                jwk: ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key.publicKey.rawRepresentation))])
        }
    }

    /// One for all: to make such a key takes long.
    private static let rsa = Result<Pair, any Error> {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let numbers = try key.publicKey.getKeyPrimitives()
        return Pair(
            pem: key.pemRepresentation,
            jwk: ["kty": "RSA", "n": .string(Base64URL.encode(numbers.modulus)), "e": .string(Base64URL.encode(numbers.publicExponent))])
    }

    private static func point(_ curve: String, _ raw: Data) -> JSONObject {
        let half = raw.count / 2
        return ["kty": "EC", "crv": .string(curve), "x": .string(Base64URL.encode(raw.prefix(half))), "y": .string(Base64URL.encode(raw.suffix(half)))]
    }
}

/// An issuer's key, and the tokens that it makes.
struct TestIssuerKey: Sendable {
    let key: SigningKey
    let jwk: JSONObject

    init(_ algorithm: SignatureAlgorithm = .es256, keyID: String?) async throws {
        let pair = try TestKeys.pair(algorithm)
        key = try await SigningKey(pem: SecretText(pair.pem), algorithm: algorithm, keyID: keyID)
        var jwk = pair.jwk
        if let keyID { jwk["kid"] = .string(keyID) }
        self.jwk = jwk
    }

    func token(_ claims: JSONObject, header: JSONObject = [:]) throws -> String {
        var header = header
        if let keyID = key.keyID, header["kid"] == nil { header["kid"] = .string(keyID) }
        return try JSONWebSignature.sign(claims, header: header, with: key.signer)
    }
}
