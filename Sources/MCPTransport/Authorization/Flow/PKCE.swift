import Crypto
import MCPAuthorizationParsing

/// Proof Key for Code Exchange with S256 (RFC 7636).
struct PKCE: Sendable {
    /// 43 characters, 256 bits.
    let verifier: SecretText

    init(environment: AuthorizationEnvironment) { self.init(verifier: SecretText(Base64URL.encode(environment.randomBytes(32)))) }

    init(verifier: SecretText) { self.verifier = verifier }

    var challenge: String { Base64URL.encode(SHA256.hash(data: Array(verifier.reveal().utf8))) }
}
