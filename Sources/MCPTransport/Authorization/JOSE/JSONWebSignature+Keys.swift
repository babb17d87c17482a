import JWTKit
import MCPAuthorizationParsing
import MCPCore

extension JSONWebSignature {
    /// Whether `key`, which stands for one algorithm, has made the signature.
    func isSigned(by key: any JWTAlgorithm) -> Bool {
        // The key says how to verify, never the token.
        guard algorithm == key.name, !signature.isEmpty else { return false }
        return (try? key.verify(signature, signs: signingInput)) ?? false
    }

    /// Signs claims.
    static func sign(_ claims: JSONObject, header: JSONObject, with key: any JWTAlgorithm) throws -> String {
        var header = header
        header["alg"] = .string(key.name)
        let input = Base64URL.encode(header.serialized()) + "." + Base64URL.encode(claims.serialized())
        return input + "." + Base64URL.encode(try key.sign(Array(input.utf8)))
    }
}
