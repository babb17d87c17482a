import MCPCore

/// Access tokens that a server must not take (basic/authorization, "Access Token Usage" and "Security Considerations"; RFC 6750, RFC 8725).
enum TokenScenarios {
    static let all = [
        refusal("auth-bad-signature", "A token that somebody else has made or changed", [.tampered, .foreignKey]),
        refusal("auth-unknown-key", "A token of a key that the issuer does not tell of", [.unknownKey]),
        refusal("auth-algorithm-none", "A token without a signature", [.unsigned]),
        refusal("auth-key-confusion", "A token signed with HS256, the public key in the place of a secret", [.publicKeyAsSecret]),
        refusal("auth-wrong-issuer", "A token of another issuer", [.foreignIssuer]),
        refusal("auth-wrong-audience", "A token for another server, and one for none", [.foreignAudience, .noAudience]),
        refusal("auth-expired", "A token whose time is over", [.expired]),
        refusal("auth-not-yet-valid", "A token whose time has not come", [.notYetValid]),
    ]

    private static func refusal(_ name: String, _ summary: String, _ flaws: [TokenMint.Flaw]) -> Scenario<ServerSubject> {
        AdmissionScenarios.scenario(
            name, summary,
            checks: [
                Check("\(name)-good-token", "A request with a token that is good is served"),
                Check("\(name)-refused", "Each of them is refused with 401"),
                Check("\(name)-challenge", "The answer has a challenge (RFC 6750 section 3); its error is invalid_token"),
            ]
        ) { server, http, mint, run in
            let good = try await server.call("tools/list")
            run.check("\(name)-good-token", good.response?["result"] != nil, "tools/list is answered with \(good.seen)")
            for flaw in flaws {
                let claims = mint.claims(audience: http.url, subject: ServerSubject.owner, scopes: [ServerSubject.scope])
                let head = try await AdmissionScenarios.knock(server, http, token: try mint.token(claims, flaw: flaw))
                run.check("\(name)-refused", head.status == 401, "\(flaw.rawValue): it is answered with the status \(head.status)")
                guard head.status == 401 else { continue }
                let challenge = BearerChallenge(head)
                run.check("\(name)-challenge", challenge != nil, "\(flaw.rawValue): WWW-Authenticate is \(head.headers["www-authenticate"] ?? "missing")")
                run.recommend("\(name)-challenge", challenge?["error"] == "invalid_token", "\(flaw.rawValue): its error is \(challenge?["error"] ?? "missing")")
            }
            if !run.reached("\(name)-challenge") { run.skip("\(name)-challenge", "No token was refused with 401") }
        }
    }
}

extension ServerSubject {
    /// Whose tokens the suite uses where it matters to nobody.
    static let owner = "ada@example.com"
    /// What calls of the tool `test_scoped` need.
    static let scope = "conformance:scoped"

    /// A token that the server takes; `nil` where it is not protected.
    func token(_ subject: String, scopes: [String] = [scope]) throws -> String? {
        guard let mint, case .url(let url) = address else { return nil }
        return try mint.token(mint.claims(audience: url, subject: subject, scopes: scopes))
    }
}
