import Crypto
import CryptoExtras
import Foundation
import MCPCore

/// A private key of an issuer or of a client, for one algorithm (RFC 7518 section 3.1, RFC 8037).
public struct TokenKey: Sendable {
    public enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case es256 = "ES256"
        case es384 = "ES384"
        case edDSA = "EdDSA"
        case rs256 = "RS256"
    }

    public let algorithm: Algorithm
    /// Which key of a key set it is (`kid`).
    public let id: String
    /// The public key (RFC 7517), with `kid`, `alg` and `use`.
    public let jwk: JSONObject
    /// The private key, PKCS#8.
    public let pem: String
    private let signature: @Sendable ([UInt8]) throws -> [UInt8]

    /// A new key. One of RSA takes long to make.
    /// - Throws: where the cryptographic library fails.
    public init(_ algorithm: Algorithm = .es256, id: String? = nil) throws {
        self.algorithm = algorithm
        self.id = id ?? Base64URL.random(bytes: 6)
        var jwk: JSONObject
        switch algorithm {
        case .es256:
            let key = P256.Signing.PrivateKey()
            (pem, jwk) = (key.pemRepresentation, Self.point("P-256", key.publicKey.rawRepresentation))
            signature = { Array(try key.signature(for: $0).rawRepresentation) }
        case .es384:
            let key = P384.Signing.PrivateKey()
            (pem, jwk) = (key.pemRepresentation, Self.point("P-384", key.publicKey.rawRepresentation))
            signature = { Array(try key.signature(for: $0).rawRepresentation) }
        case .edDSA:
            let key = Curve25519.Signing.PrivateKey()
            pem = key.pemRepresentation
            jwk = ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key.publicKey.rawRepresentation))]
            signature = { Array(try key.signature(for: $0)) }
        case .rs256:
            let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let numbers = try key.publicKey.getKeyPrimitives()
            pem = key.pkcs8PEMRepresentation
            jwk = ["kty": "RSA", "n": .string(Base64URL.encode(numbers.modulus)), "e": .string(Base64URL.encode(numbers.publicExponent))]
            signature = { Array(try key.signature(for: SHA256.hash(data: $0), padding: .insecurePKCS1v1_5).rawRepresentation) }
        }
        jwk.merge(["kid": .string(self.id), "alg": .string(algorithm.rawValue), "use": "sig"])
        self.jwk = jwk
    }

    /// The signature as a JWS carries it (RFC 7518 section 3.4: both numbers, one behind the other).
    func sign(_ bytes: [UInt8]) throws -> [UInt8] { try signature(bytes) }

    private static func point(_ curve: String, _ raw: Data) -> JSONObject {
        let half = raw.count / 2
        return ["kty": "EC", "crv": .string(curve), "x": .string(Base64URL.encode(raw.prefix(half))), "y": .string(Base64URL.encode(raw.suffix(half)))]
    }
}
