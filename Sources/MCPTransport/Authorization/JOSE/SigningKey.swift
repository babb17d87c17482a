import Crypto
import JWTKit

/// A private key with the one algorithm that it signs with (RFC 7518 section 3.1).
public struct SigningKey: Sendable, CustomStringConvertible {
    public let algorithm: SignatureAlgorithm
    /// Which key of the client's key set this is (`kid`).
    public let keyID: String?
    let signer: any JWTAlgorithm

    /// - Parameter pem: The key, PKCS#8 or, for elliptic curves, SEC 1.
    /// - Throws: `AuthorizationError.invalidKey`.
    public init(pem: SecretText, algorithm: SignatureAlgorithm, keyID: String? = nil) async throws {
        self.algorithm = algorithm
        self.keyID = keyID
        let keys = JWTKeyCollection()
        let pem = pem.reveal()
        do {
            switch algorithm {
            case .es256: await keys.add(ecdsa: try ES256PrivateKey(pem: pem))
            case .es384: await keys.add(ecdsa: try ES384PrivateKey(pem: pem))
            case .es512: await keys.add(ecdsa: try ES512PrivateKey(pem: pem))
            case .rs256: await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
            case .rs384: await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha384)
            case .rs512: await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha512)
            case .ps256: await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
            case .ps384: await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha384)
            case .ps512: await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha512)
            case .edDSA: await keys.add(eddsa: try EdDSA.PrivateKey(pem: pem))
            }
            signer = try await keys.getKey()
        } catch {
            // What the library says of the error may hold parts of the key.
            throw AuthorizationError.invalidKey("it is no private key in PEM for \(algorithm.rawValue)")
        }
    }

    public var description: String { "\(algorithm.rawValue) key\(keyID.map { " \($0)" } ?? "")" }
}
