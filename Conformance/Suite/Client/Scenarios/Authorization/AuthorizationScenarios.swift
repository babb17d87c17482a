/// Clients that sign in (basic/authorization of 2025-11-25 and 2026-07-28, and its extensions).
enum AuthorizationScenarios {
    static let all: [Scenario<ClientSubject>] =
        DiscoveryScenarios.all + ClientIdentityScenarios.all + ScopeScenarios.all + ResponseIssuerScenarios.all + GrantScenarios.all
        + PossessionScenarios.all + SessionTokenScenarios.all
}
