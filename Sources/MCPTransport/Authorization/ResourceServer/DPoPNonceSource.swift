import Crypto
import MCPAuthorizationParsing

/// Whether proofs of DPoP must carry a nonce of this server (RFC 9449 section 9): then a proof cannot be made ahead of its time, by whoever had
/// the client's key for a moment.
public enum DPoPNonceUse: Sendable {
    case none
    /// - Parameter key: What nonces are made with, at least 32 bytes; the same on all replicas. `nil` for one of this process.
    case required(key: SecretText? = nil)
}

/// Makes nonces that need not be remembered: a time, and a code that only this server can make of it.
struct DPoPNonceSource: Sendable {
    private let key: SymmetricKey
    private let environment: AuthorizationEnvironment

    /// How many seconds the same nonce is given out. It is taken twice as long.
    private static let period: Int64 = 300
    private static let codeBytes = 16

    init?(_ use: DPoPNonceUse, environment: AuthorizationEnvironment) throws {
        guard case .required(let given) = use else { return nil }
        if let given, given.reveal().utf8.count < 32 { throw AuthorizationError.invalidKey("the key of nonces has less than 32 bytes") }
        key = SymmetricKey(data: given.map { Array($0.reveal().utf8) } ?? environment.randomBytes(32))
        self.environment = environment
    }

    /// The nonce of now.
    var nonce: String { nonce(of: environment.now() / Self.period) }

    func isFresh(_ nonce: String) -> Bool {
        let now = environment.now() / Self.period
        // Both are compared as hashes, so that the time tells nothing.
        return [now, now - 1].contains { SHA256.hash(data: Array(nonce.utf8)) == SHA256.hash(data: Array(self.nonce(of: $0).utf8)) }
    }

    private func nonce(of period: Int64) -> String {
        let time = withUnsafeBytes(of: period.bigEndian) { Array($0) }
        let code = HMAC<SHA256>.authenticationCode(for: time, using: key)
        return Base64URL.encode(time + Array(code).prefix(Self.codeBytes))
    }
}
