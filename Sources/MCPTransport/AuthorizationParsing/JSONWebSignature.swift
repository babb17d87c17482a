import MCPCore

/// A JSON Web Signature in compact form (RFC 7515 section 7.1) whose payload is a JSON object, as in a JWT (RFC 7519).
///
/// Parsing trusts nothing: whoever reads `claims` has verified `signature` before.
public struct JSONWebSignature: Sendable {
    public let header: JSONObject
    public let claims: JSONObject
    /// What the signature is of: the first two parts as they came.
    public let signingInput: [UInt8]
    public let signature: [UInt8]

    /// The algorithm that the token itself names.
    public var algorithm: String? { header["alg"]?.string }
    public var keyID: String? { header["kid"]?.string }

    /// `nil` for anything but three parts of base64url, the first two of them JSON objects; also for critical extensions, of which none is
    /// understood here (RFC 7515 section 4.1.11), and for unencoded payloads (RFC 7797).
    public init?(parsing token: String) {
        guard token.utf8.count <= Self.maximumBytes else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), case .object(let header)? = try? JSONValue(parsing: head, limits: Self.limits),
            case .object(let claims)? = try? JSONValue(parsing: payload, limits: Self.limits), header["crit"] == nil, header["b64"] == nil
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signingInput = Array("\(parts[0]).\(parts[1])".utf8)
    }

    private static let maximumBytes = 16 << 10
    private static let limits = JSONLimits(maximumDepth: 16, maximumBytes: maximumBytes)
}
