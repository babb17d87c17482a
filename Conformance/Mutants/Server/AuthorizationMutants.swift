import HTTPTypes
import MCPCore

/// Faults of a server that is protected by an authorization server.
enum AuthorizationMutants {
    static let all = [
        takes("any-signature", "Signatures are not checked", fails: ["auth-bad-signature"]) { _, reason in reason == "its signature is wrong" },
        takes("any-key", "The key that a token names need not be known", fails: ["auth-unknown-key"]) { _, reason in reason == "its key is unknown" },
        takes("no-signature", "Tokens with the algorithm none are taken", fails: ["auth-algorithm-none"]) { header, _ in header["alg"] == "none" },
        takes("key-as-secret", "HS256 is taken, with the public key for a secret", fails: ["auth-key-confusion"]) { header, _ in header["alg"] == "HS256" },
        takes("any-issuer", "The issuer is not looked at", fails: ["auth-wrong-issuer"]) { _, reason in reason == "it is of another issuer" },
        takes("any-audience", "The audience is not looked at", fails: ["auth-wrong-audience"]) { _, reason in reason == "it is for another audience" },
        takes("never-expires", "Tokens do not expire", fails: ["auth-expired"]) { _, reason in reason == "it has expired" },
        takes("begins-early", "Tokens are good before their time", fails: ["auth-not-yet-valid"]) { _, reason in reason.hasPrefix("it is not valid yet") },
        mutant(
            "every-scope", "Scopes are not looked at", fails: ["auth-missing-scope"], lenience: TokenLenience(change: { $0.scopes = nil })),
        mutant(
            "one-principal", "Sessions are not bound to whom they belong", fails: ["auth-foreign-session"],
            lenience: TokenLenience(change: { $0.principalID = "everybody" })),
        mutant(
            "scope-401", "A scope that is missing is answered with 401", fails: ["auth-missing-scope"],
            .head { status, _, _ in if status == .forbidden { status = .unauthorized } }),
        mutant(
            "no-challenge", "A refusal does not say how to get in",
            fails: [
                "auth-no-token", "auth-bad-signature", "auth-unknown-key", "auth-algorithm-none", "auth-key-confusion", "auth-wrong-issuer",
                "auth-wrong-audience", "auth-expired", "auth-not-yet-valid", "auth-missing-scope",
            ], .head { _, headers, _ in headers[.wwwAuthenticate] = nil }),
        mutant(
            "hidden-metadata", "The protected resource metadata is not where the challenge says", fails: ["auth-no-token"],
            .answer { $0.target?.hasPrefix("/.well-known/") == true ? .notFound : nil }),
        mutant(
            "query-token", "A token in the query string is taken", fails: ["auth-token-in-query"],
            .request { request in
                guard let target = request.target, let start = target.range(of: "?access_token=") else { return }
                request.headers[.authorization] = "Bearer \(target[start.upperBound...])"
                request.target = String(target[..<start.lowerBound])
            }),
    ]

    private static func takes(
        _ name: String, _ fault: String, fails failing: Set<String>, _ takes: @escaping @Sendable (JSONObject, String) -> Bool
    ) -> ServerMutant { mutant(name, fault, fails: failing, lenience: TokenLenience(takes: takes)) }

    private static func mutant(
        _ name: String, _ fault: String, fails failing: Set<String>, lenience: TokenLenience = TokenLenience(), _ mutations: WireMutation...
    ) -> ServerMutant {
        ServerMutant(name, fault, at: .v2025_11_25, fails: failing, lenience: lenience, mutations)
    }
}
