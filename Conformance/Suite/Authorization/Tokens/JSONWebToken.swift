import Crypto
import MCPCore

/// A JSON Web Token in compact form (RFC 7519, RFC 7515 section 7.1).
public struct JSONWebToken: Sendable {
    public var header: JSONObject
    public var claims: JSONObject
    private var signed: [UInt8] = []
    private var signature: [UInt8] = []

    public init(_ claims: JSONObject, header: JSONObject = [:]) {
        self.claims = claims
        self.header = header
    }

    /// Reads a token, and believes nothing of it.
    /// - Returns: `nil` for what is no token.
    init?(reading text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), let header = (try? JSONValue(parsing: head))?.object,
            let claims = (try? JSONValue(parsing: payload))?.object
        else { return nil }
        self.init(claims, header: header)
        signed = Array("\(parts[0]).\(parts[1])".utf8)
        self.signature = signature
    }

    /// Whether one of the keys has made the signature, by the algorithm that the key is for.
    func isSigned(by keys: [JSONObject]) -> Bool {
        guard let algorithm = header["alg"]?.string else { return false }
        return keys.contains { jwk in
            if let id = header["kid"], let own = jwk["kid"], id != own { return false }
            return PublicTokenKey(jwk, algorithm: algorithm)?.verifies(signature, of: signed) ?? false
        }
    }

    /// The token with a signature; `alg` and `kid` are those of the key where the header has none.
    public func signed(by key: TokenKey) throws -> String {
        let input = signingInput(["alg": .string(key.algorithm.rawValue), "kid": .string(key.id)])
        return input + "." + Base64URL.encode(try key.sign(Array(input.utf8)))
    }

    /// The token with `HS256`, the bytes being the secret.
    public func signed(withSecret secret: [UInt8]) -> String {
        let input = signingInput(["alg": "HS256"])
        return input + "." + Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array(input.utf8), using: SymmetricKey(data: secret)))
    }

    /// The token without a signature (`alg` is `none`, RFC 7515 appendix A.5).
    public func unsigned() -> String { signingInput(["alg": "none"]) + "." }

    private func signingInput(_ defaults: JSONObject) -> String {
        var header: JSONObject = ["typ": "JWT"]
        header.merge(defaults)
        header.merge(self.header)
        return Base64URL.encode(JSONValue.object(header).serialized()) + "." + Base64URL.encode(JSONValue.object(claims).serialized())
    }
}
