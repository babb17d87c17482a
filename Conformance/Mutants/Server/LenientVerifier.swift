import MCPAuthorization
import MCPCore

/// Which tokens a mutant takes that it should not, and for whom it takes those that are good.
struct TokenLenience: Sendable {
    /// Looks at the header of a token that was rejected, and why.
    var takes: @Sendable (_ header: JSONObject, _ reason: String) -> Bool = { _, _ in false }
    var change: @Sendable (inout VerifiedAccessToken) -> Void = { _ in }
}

/// A verifier that is right, with a lenience behind it.
struct LenientVerifier: AccessTokenVerifier {
    let inner: JWTAccessTokenVerifier
    let lenience: TokenLenience

    func verify(_ token: SecretText) async throws -> VerifiedAccessToken {
        var verified: VerifiedAccessToken
        do { verified = try await inner.verify(token) } catch let rejection as AccessTokenRejection {
            let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]), lenience.takes(header, rejection.reason) else {
                throw rejection
            }
            verified = VerifiedAccessToken(
                principalID: claims["sub"]?.string ?? "nobody", scopes: Set(claims["scope"]?.string?.split(separator: " ").map(String.init) ?? []))
        }
        lenience.change(&verified)
        return verified
    }

    private static func object(_ part: Substring) -> JSONObject? {
        let padding = String(repeating: "=", count: (4 - part.utf8.count % 4) % 4)
        let bytes = Base64.decode(part.replacing("-", with: "+").replacing("_", with: "/") + padding)
        return bytes.flatMap { try? JSONValue(parsing: $0) }?.object
    }
}
