import MCPAuthorizationParsing
import MCPCore
import Synchronization

/// Checks the proofs that come with tokens bound to a key (RFC 9449 sections 4.3 and 7.1).
final class DPoPVerifier: Sendable {
    private let resource: EndpointURL
    private let environment: AuthorizationEnvironment
    /// The nonces that proofs must carry; `nil` where they need none.
    let nonces: DPoPNonceSource?
    /// When each proof that was used becomes too old to be used again.
    private let used = Mutex<[String: Int64]>([:])

    /// How many seconds a proof is good for, before and after.
    private static let window: Int64 = 60
    private static let maximumProofs = 100_000

    init(resource: EndpointURL, nonces: DPoPNonceSource?, environment: AuthorizationEnvironment) {
        self.resource = resource
        self.nonces = nonces
        self.environment = environment
    }

    /// - Throws: `AccessTokenRejection`.
    func check(_ proof: String, method: String, token: SecretText, keyThumbprint: String) async throws {
        guard let parsed = JSONWebSignature(parsing: proof), parsed.header["typ"]?.string == "dpop+jwt", let algorithm = parsed.algorithm,
            let jwk = parsed.header["jwk"]?.object
        else { throw AccessTokenRejection(proof: "the proof is no DPoP proof") }
        guard jwk.keyThumbprint == keyThumbprint else { throw AccessTokenRejection(proof: "the proof is of another key than the token is bound to") }
        guard let key = await VerificationKey(jwk, algorithm: algorithm), parsed.isSigned(by: key.verifier) else {
            throw AccessTokenRejection(proof: "the signature of the proof is wrong")
        }
        guard parsed.claims["htm"]?.string == method, let target = parsed.claims["htu"]?.string.flatMap({ try? EndpointURL($0) }),
            target.query == nil, target.origin == resource.origin, target.trimmedPath == resource.trimmedPath
        else { throw AccessTokenRejection(proof: "the proof is for another request") }
        guard parsed.claims["ath"]?.string == DPoPKey.hash(token.reveal()) else { throw AccessTokenRejection(proof: "the proof is for another token") }
        let now = environment.now()
        guard let issued = parsed.claims["iat"]?.integer, issued > now - Self.window, issued < now + Self.window else {
            throw AccessTokenRejection(proof: "the proof is not of this time")
        }
        if let nonces, !(parsed.claims["nonce"]?.string.map(nonces.isFresh) ?? false) { throw AccessTokenRejection.needsNonce }
        guard let id = parsed.claims["jti"]?.string, !id.isEmpty, id.utf8.count <= 256 else { throw AccessTokenRejection(proof: "the proof has no `jti`") }
        guard isFirst("\(keyThumbprint) \(id)", until: issued + Self.window, now) else { throw AccessTokenRejection(proof: "the proof has been used before") }
    }

    private func isFirst(_ proof: String, until end: Int64, _ now: Int64) -> Bool {
        used.withLock { used in
            if used.count >= Self.maximumProofs {
                used = used.filter { $0.value > now }
                // Forgetting proofs would let them be used again; refusing new ones does not.
                if used.count >= Self.maximumProofs { return false }
            }
            if let before = used[proof], before > now { return false }
            used[proof] = end
            return true
        }
    }
}
