import Crypto
import JWTKit
import MCPAuthorizationParsing
import MCPCore

/// A public key that signatures are checked with (RFC 7517), for one algorithm.
struct VerificationKey: Sendable {
    let keyID: String?
    let verifier: any JWTAlgorithm

    /// The algorithms that are understood.
    static let algorithms = Set(SignatureAlgorithm.allCases.map(\.rawValue))

    /// The key for an algorithm, where the key is of its kind and may be used so: never a private or symmetric one, never one for encryption.
    /// - Returns: `nil` where it is not.
    init?(_ key: JSONObject, algorithm: String) async {
        guard Self.algorithms.contains(algorithm), key["d"] == nil, key["k"] == nil, (key["alg"]?.string ?? algorithm) == algorithm,
            (key["use"]?.string ?? "sig") == "sig", key["key_ops"].map({ $0.array?.contains("verify") == true }) ?? true,
            let kind = Self.kind(of: algorithm), key["kty"]?.string == kind.type, kind.curve == nil || key["crv"]?.string == kind.curve
        else { return nil }
        // Only what a public key consists of, and the algorithm from here: nothing else in the document has a say.
        var plain: JSONObject = ["kty": .string(kind.type), "alg": .string(algorithm), "kid": "key"]
        for name in ["crv", "x", "y", "n", "e"] { if let value = key[name] { plain[name] = value } }
        guard let jwk = try? JWK(json: plain.serializedString), let verifier = try? await JWTKeyCollection().add(jwk: jwk).getKey(),
            verifier.name == algorithm
        else { return nil }
        keyID = key["kid"]?.string
        self.verifier = verifier
    }

    private static func kind(of algorithm: String) -> (type: String, curve: String?)? {
        switch algorithm {
        case "ES256": ("EC", "P-256")
        case "ES384": ("EC", "P-384")
        case "ES512": ("EC", "P-521")
        case "EdDSA": ("OKP", "Ed25519")
        case let name where name.hasPrefix("RS") || name.hasPrefix("PS"): ("RSA", nil)
        default: nil
        }
    }
}

/// The keys of an issuer (RFC 7517 section 5), each made ready for the algorithms that are allowed.
struct JSONWebKeySet: Sendable {
    private let keys: [VerificationKey]

    /// Keys that cannot be used are left out: a set may hold newer kinds, and keys for other purposes.
    /// - Returns: `nil` for anything but a key set.
    init?(_ bytes: [UInt8], algorithms: Set<String>) async {
        guard case .object(let object)? = try? JSONValue(parsing: bytes), let list = object["keys"]?.array else { return nil }
        var keys: [VerificationKey] = []
        for key in list.prefix(Self.maximumKeys).compactMap(\.object) {
            for algorithm in algorithms.sorted() {
                if let ready = await VerificationKey(key, algorithm: algorithm) { keys.append(ready) }
            }
        }
        self.keys = keys
    }

    /// The keys that may have made a signature: those of that id, and all of that algorithm where the token names none.
    func candidates(algorithm: String, keyID: String?) -> [VerificationKey] {
        keys.filter { $0.verifier.name == algorithm && (keyID == nil || $0.keyID == keyID) }
    }

    private static let maximumKeys = 64
}

extension JSONObject {
    /// The thumbprint of a public key (RFC 7638); `nil` where it is not of a kind that has one here.
    var keyThumbprint: String? {
        let names: [String]? =
            switch self["kty"]?.string {
            case "EC": ["crv", "kty", "x", "y"]
            case "RSA": ["e", "kty", "n"]
            case "OKP": ["crv", "kty", "x"]
            default: nil
            }
        guard let names else { return nil }
        var members = JSONObject()
        for name in names {
            guard let value = self[name]?.string else { return nil }
            members[name] = .string(value)
        }
        return Base64URL.encode(SHA256.hash(data: members.canonicalBytes))
    }
}
