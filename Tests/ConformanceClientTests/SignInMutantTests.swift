import ConformanceClientMutants
import ConformanceSuite
import MCPCore
import Testing

/// Each fault of a client that signs in is found by exactly the scenarios that are named beside it, which all begin with `auth/`.
@Suite(.serialized) struct SignInMutantTests {
    struct Hunt: Sendable, CustomTestStringConvertible {
        var fault: SignInFault
        var found: Set<String>

        var testDescription: String { fault.rawValue }
    }

    private static let metadata: Set = ["metadata-default", "metadata-var1", "metadata-var2", "metadata-var3"]
    private static let tokenEndpoint: Set = ["token-endpoint-auth-basic", "token-endpoint-auth-post", "token-endpoint-auth-none"]
    private static let wrongIssuer: Set = ["iss-supported-missing", "iss-wrong-issuer", "iss-unexpected", "iss-normalized"]
    private static let unattended: Set = ["client-credentials-basic", "client-credentials-jwt", "enterprise-managed-authorization", "wif-jwt-bearer"]
    private static let possession: Set = ["dpop", "dpop-nonce"]

    /// Those in which a person signs in, and gets a token.
    private static let signedIn: Set<String> = metadata.union(tokenEndpoint).union(possession).union([
        "basic-cimd", "pre-registration", "authorization-server-migration", "scope-from-www-authenticate", "scope-from-scopes-supported",
        "scope-omitted-when-undefined", "scope-step-up", "scope-retry-limit", "offline-access-scope", "offline-access-not-supported", "iss-supported",
        "iss-not-advertised", "token-renewal",
    ])

    static let hunts: [Hunt] =
        discovery + identity + responses + scopes + [
            Hunt(fault: .anyState, found: ["state-mismatch"]), Hunt(fault: .asksAgainAfterRefusal, found: ["wif-refused"]),
            Hunt(fault: .oneRefreshTokenForAll, found: ["token-renewal"]), Hunt(fault: .skipsExchange, found: ["enterprise-managed-authorization"]),
            Hunt(fault: .foreignAssertion, found: ["wif-jwt-bearer"]),
            Hunt(fault: .forgetsToken, found: signedIn.union(unattended).subtracting(possession).subtracting(["scope-retry-limit"])),
            Hunt(fault: .boundAsBearer, found: possession), Hunt(fault: .oneProofForAll, found: possession),
            Hunt(fault: .ignoresNonces, found: ["dpop-nonce"]),
        ]

    private static let discovery = [
        Hunt(fault: .ignoresAnnouncedMetadata, found: ["metadata-var3"]), Hunt(fault: .pathMetadataOnly, found: ["metadata-var2"]),
        Hunt(fault: .noOpenIDMetadata, found: ["metadata-var1", "metadata-var3"]), Hunt(fault: .openIDMetadataFirst, found: metadata),
        Hunt(fault: .dropsIssuerPath, found: ["metadata-var2", "metadata-var3"]), Hunt(fault: .anyMetadataIssuer, found: ["metadata-issuer-mismatch"]),
        Hunt(fault: .anyResource, found: ["resource-mismatch"]),
    ]

    private static let identity = [
        Hunt(fault: .noMetadataDocument, found: ["basic-cimd"]), Hunt(fault: .registersAnyway, found: ["pre-registration"]),
        Hunt(fault: .oneRegistrationForAll, found: ["authorization-server-migration"]), Hunt(fault: .noRefreshGrant, found: ["offline-access-scope"]),
        Hunt(
            fault: .secretInBody,
            found: [
                "token-endpoint-auth-basic", "pre-registration", "client-credentials-basic", "enterprise-managed-authorization",
                "authorization-server-migration",
            ]),
        Hunt(fault: .secretInHeader, found: ["token-endpoint-auth-post"]), Hunt(fault: .assertionForTokenEndpoint, found: ["client-credentials-jwt"]),
    ]

    private static let responses = [
        Hunt(fault: .plainChallenge, found: signedIn.union(wrongIssuer).union(["state-mismatch"])),
        Hunt(fault: .noResource, found: tokenEndpoint.union(["enterprise-managed-authorization", "token-renewal"])),
        Hunt(fault: .oneState, found: ["scope-step-up", "scope-retry-limit", "authorization-server-migration"]),
        Hunt(fault: .ignoresResponseIssuer, found: wrongIssuer), Hunt(fault: .normalizesResponseIssuer, found: ["iss-normalized"]),
        Hunt(fault: .announcedResponseIssuerOnly, found: ["iss-unexpected"]), Hunt(fault: .demandsResponseIssuer, found: ["iss-not-advertised"]),
        Hunt(fault: .comparesResponseIssuerWithServer, found: signedIn.subtracting(["iss-not-advertised"])),
    ]

    private static let scopes = [
        Hunt(fault: .ignoresChallengeScopes, found: ["scope-from-www-authenticate", "scope-step-up"]),
        Hunt(fault: .ignoresSupportedScopes, found: ["scope-from-scopes-supported"]),
        Hunt(fault: .inventsScopes, found: ["scope-omitted-when-undefined"]), Hunt(fault: .noStepUp, found: ["scope-step-up"]),
        Hunt(fault: .narrowStepUp, found: ["scope-step-up"]), Hunt(fault: .endlessStepUp, found: ["scope-retry-limit"]),
        Hunt(fault: .offlineUnoffered, found: ["offline-access-not-supported"]),
    ]

    private static let setting = Setting(revision: .v2026_07_28, binding: .http)

    @Test(arguments: hunts) func aFaultIsFoundByExactlyThese(_ hunt: Hunt) async {
        let outcomes = await Self.setting.run(
            Programs.fixture(on: .http, mutant: hunt.fault.rawValue), .authorization, limit: Setting.limit(failing: Set(hunt.found.map { "auth/\($0)" })))
        let missed = outcomes.filter { $0.status != .passed }.map { String($0.scenario.dropFirst("auth/".count)) }
        #expect(Set(missed) == hunt.found, "too many: \(Set(missed).subtracting(hunt.found)), too few: \(hunt.found.subtracting(missed))")
    }

    /// The scenarios are about no one implementation: another one, which shares no code with the fixture's, passes them too.
    @Test(arguments: [ProtocolRevision.v2025_11_25, .v2026_07_28]) func anotherClientPassesAll(_ revision: ProtocolRevision) async {
        let fixture = Programs.fixture(on: .http, mutant: ClientMutant.plainSignIn)
        let outcomes = await Setting(revision: revision, binding: .http).run(fixture, .authorization)
        #expect(outcomes.count >= 20)
        for outcome in outcomes {
            let missed = outcome.results.filter { $0.status != .passed }.map { "\($0.check.id): \($0.details ?? "")" }
            // What only may be asked for is left out by one and not by the other.
            #expect(outcome.status == .passed, "\(outcome.scenario): \(outcome.error ?? "") \(missed)")
        }
    }
}
