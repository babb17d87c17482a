import MCPAuthorizationParsing

/// What is asked for.
extension Scopes {
    /// What a first authorization request asks for (2026-07-28, basic/authorization, "Scope Selection Strategy"): the challenge's scopes,
    /// else all that the metadata lists, else none.
    static func initial(challenge: AuthenticationChallenge?, metadata: ProtectedResourceMetadata) -> [String] {
        challenge?.scopes ?? metadata.scopesSupported ?? []
    }

    /// What a request asks for after `insufficient_scope` ("Step-Up Authorization Flow"): what was asked for before, and what is demanded now.
    static func stepUp(previous: [String], challenge: AuthenticationChallenge?) -> [String] { union(previous, challenge?.scopes ?? []) }

    /// Adds `offline_access` where the authorization server offers it ("Refresh Tokens"). Not alone: it would replace the server's default scopes.
    static func withOfflineAccess(_ scopes: [String], offered: [String]?) -> [String] {
        guard !scopes.isEmpty, offered?.contains("offline_access") == true else { return scopes }
        return union(scopes, ["offline_access"])
    }
}
