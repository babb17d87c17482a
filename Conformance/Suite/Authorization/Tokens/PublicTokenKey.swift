import Crypto
import CryptoExtras
import MCPCore

/// A public key that signatures are checked with, for one algorithm.
struct PublicTokenKey: Sendable {
    private let check: @Sendable (_ signature: [UInt8], _ signed: [UInt8]) -> Bool

    /// - Parameter algorithm: What the token says that it is signed with.
    /// - Returns: `nil` for a key that is not of that algorithm, and for one that is no public key.
    init?(_ jwk: JSONObject, algorithm: String) {
        guard jwk["d"] == nil, jwk["k"] == nil, (jwk["alg"]?.string ?? algorithm) == algorithm else { return nil }
        func bytes(_ name: String) -> [UInt8] { jwk[name]?.string.flatMap { Base64URL.decode($0) } ?? [] }
        switch (algorithm, jwk["kty"]?.string, jwk["crv"]?.string) {
        case ("ES256", "EC", "P-256"):
            guard let key = try? P256.Signing.PublicKey(rawRepresentation: bytes("x") + bytes("y")) else { return nil }
            check = { signature, signed in
                (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map { key.isValidSignature($0, for: signed) } ?? false
            }
        case ("ES384", "EC", "P-384"):
            guard let key = try? P384.Signing.PublicKey(rawRepresentation: bytes("x") + bytes("y")) else { return nil }
            check = { signature, signed in
                (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map { key.isValidSignature($0, for: signed) } ?? false
            }
        case ("EdDSA", "OKP", "Ed25519"):
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes("x")) else { return nil }
            check = { key.isValidSignature($0, for: $1) }
        case ("RS256", "RSA", _):
            guard let key = try? _RSA.Signing.PublicKey(n: bytes("n"), e: bytes("e")) else { return nil }
            check = { signature, signed in
                key.isValidSignature(_RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
            }
        default: return nil
        }
    }

    func verifies(_ signature: [UInt8], of signed: [UInt8]) -> Bool { check(signature, signed) }

    /// The thumbprint of a public key (RFC 7638); `nil` for a kind that is not known here.
    static func thumbprint(of jwk: JSONObject) -> String? {
        let names: [String]
        switch jwk["kty"]?.string {
        case "EC": names = ["crv", "kty", "x", "y"]
        case "RSA": names = ["e", "kty", "n"]
        case "OKP": names = ["crv", "kty", "x"]
        default: return nil
        }
        // The members in the order of their names, without blanks.
        let members = names.map { "\"\($0)\":\((jwk[$0] ?? .null).serializedString)" }.joined(separator: ",")
        return Base64URL.encode(SHA256.hash(data: Array("{\(members)}".utf8)))
    }
}
