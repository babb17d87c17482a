import Synchronization

/// The nonces that servers want in proofs, the latest of each origin (RFC 9449 sections 8 and 9).
final class DPoPNonces: Sendable {
    private let nonces = Mutex<[String: String]>([:])

    subscript(origin: String) -> String? { nonces.withLock { $0[origin] } }

    /// Takes the `DPoP-Nonce` of an answer.
    /// - Returns: Whether it is another one than before.
    @discardableResult func remember(_ nonce: String?, of origin: String) -> Bool {
        guard let nonce, nonce.utf8.count <= 1024 else { return false }
        return nonces.withLock { nonces in
            // A client has to do with few origins; more are no good sign.
            if nonces[origin] == nil, nonces.count >= 64 { nonces.removeAll() }
            return nonces.updateValue(nonce, forKey: origin) != nonce
        }
    }
}
