import MCPCore
import Synchronization

/// Which scopes a client asks for (basic/authorization, "Scope Selection Strategy", "Step-Up Authorization Flow", "Refresh Tokens").
enum ScopeScenarios {
    static let all: [Scenario<ClientSubject>] = [
        fromChallenge, fromMetadata, omitted, stepUp, retryLimit, offlineAccess, noOfflineAccess,
    ]

    private static let fromChallenge = Scenario<ClientSubject>.authorization(
        "scope-from-www-authenticate", "The challenge names the scopes.",
        checks: [Check("scope-from-www-authenticate", "The client should ask for the scopes of the challenge.")],
        resource: { server in
            server.announcedScopes = ["mcp:basic"]
            server.scopesSupported = ["mcp:profile"]
            server.requiredScopes = { _ in ["mcp:basic"] }
        },
        conclude: { run in
            guard let visit = run.visits.first else { return }
            run.recommend(
                "scope-from-www-authenticate", visit.scopes.contains("mcp:basic"), "scope should be mcp:basic, as the challenge says; found \(visit.scopes)")
        })

    private static let fromMetadata = Scenario<ClientSubject>.authorization(
        "scope-from-scopes-supported", "The challenge names no scopes, the metadata of the server do.",
        checks: [Check("scope-from-scopes-supported", "The client should ask for all scopes that the metadata of the server list.")],
        resource: { server in
            server.scopesSupported = supported
            server.requiredScopes = { _ in supported }
        },
        conclude: { run in
            guard let visit = run.visits.first else { return }
            run.recommend(
                "scope-from-scopes-supported", supported.allSatisfy(visit.scopes.contains), "scope should be all of \(supported); found \(visit.scopes)")
        })

    private static let supported = ["mcp:basic", "mcp:read", "mcp:write"]

    private static let omitted = Scenario<ClientSubject>.authorization(
        "scope-omitted-when-undefined", "Nobody names scopes.", checks: [Check("scope-omitted-when-undefined", "The client should leave scope out.")],
        conclude: { run in
            guard let visit = run.visits.first else { return }
            run.recommend("scope-omitted-when-undefined", visit.scopes.isEmpty, "scope should be left out; found \(visit.scopes)")
        })

    private static let stepUp = Scenario<ClientSubject>.authorization(
        "scope-step-up", "Listing needs one scope and calling another: 403 insufficient_scope makes the client ask for more.",
        checks: [
            Check("scope-step-up-initial", "The client should ask first for the scope of the challenge."),
            Check("scope-step-up-escalation", "After 403 the client asks for the scope that it names."),
            Check("sep-2350-scope-union-on-reauth", "It should ask again for the scopes that it had, beside the new one.", in: .perRequest),
            Check("scope-step-up-call", "The call is made again with the new token."),
        ],
        resource: { server in
            server.guardsOpening = false
            server.announcedScopes = ["mcp:basic"]
            // None of those of the challenges: a client must not take these for all there are.
            server.scopesSupported = ["mcp:profile"]
            server.requiredScopes = { $0.method == "tools/call" ? ["mcp:write"] : [] }
        },
        conclude: { run in
            let visits = run.visits
            guard let first = visits.first else { return }
            run.recommend("scope-step-up-initial", first.scopes.contains("mcp:basic"), "scope should be mcp:basic at first; found \(first.scopes)")
            guard !run.client.calls(of: "test-tool").isEmpty else { return }
            run.check("scope-step-up-escalation", visits.dropFirst().contains { $0.scopes.contains("mcp:write") }, "403 must make the client ask for mcp:write")
            guard visits.count > 1 else { return }
            if run.client.revision.era == .perRequest {
                run.recommend(
                    "sep-2350-scope-union-on-reauth", visits[1].scopes.contains("mcp:basic"), "scope should keep mcp:basic; found \(visits[1].scopes)")
            }
            run.check(
                "scope-step-up-call",
                run.client.calls(of: "test-tool").contains { PresentedToken($0).flatMap { run.access($0.token) }?.scopes.contains("mcp:write") == true },
                "the call must come again, with a token that has mcp:write")
        })

    private static let retryLimit = Scenario<ClientSubject>.authorization(
        "scope-retry-limit", "Whatever the client gets, it is refused with 403 insufficient_scope; it gives up.",
        flow: [.discovery, .registration, .visit, .code, .token], toleratesClientError: true,
        checks: [Check("scope-retry-limit", "The client asks for authorization three times at most.")],
        resource: { server in
            server.guardsOpening = false
            server.scopesSupported = ["mcp:admin"]
            // A client without a limit meets an end all the same.
            let refusals = Mutex(0)
            server.judge = { _, presented in
                guard presented != nil else { return ProtectedResource.demand(["mcp:admin"]) }
                let count = refusals.withLock { count in
                    count += 1
                    return count
                }
                guard count <= 8 else { return .refused(status: 410, challenge: [:]) }
                return .refused(status: 403, challenge: ["error": "insufficient_scope", "scope": "mcp:admin"])
            }
        },
        conclude: { run in
            // Nothing was limited before something was refused.
            guard run.client.messages.contains(where: { PresentedToken($0) != nil }) else { return }
            run.check("scope-retry-limit", run.visits.count <= 3, "the client asked for authorization \(run.visits.count) times")
        })

    private static let offlineAccess = Scenario<ClientSubject>.authorization(
        "offline-access-scope", "The authorization server offers offline_access; a client that wants refresh tokens says so when it registers.",
        revisions: .perRequest,
        checks: [
            Check("sep-2207-client-metadata-grant-types", "A client that wants refresh tokens should list refresh_token in its grant_types."),
            Check("sep-2207-offline-access-requested", "offline_access, which a client may ask for, comes beside the scopes of the server."),
        ],
        servers: { places in try places.one { $0.scopes = ["mcp:basic", "offline_access"] } },
        resource: { server in
            server.scopesSupported = ["mcp:basic"]
            server.requiredScopes = { _ in ["mcp:basic"] }
        },
        conclude: { run in
            for registration in run.registrations {
                let grants = registration.body["grant_types"]?.array?.compactMap(\.string) ?? []
                run.recommend(
                    "sep-2207-client-metadata-grant-types", grants.contains("refresh_token"), "grant_types should list refresh_token; found \(grants)")
            }
            guard let visit = run.visits.first else { return }
            guard visit.scopes.contains("offline_access") else {
                return run.client.scenarioRun.skip("sep-2207-offline-access-requested", "The client does not ask for offline_access, and need not.")
            }
            run.check("sep-2207-offline-access-requested", visit.scopes.contains("mcp:basic"), "scope must keep mcp:basic; found \(visit.scopes)")
        })

    private static let noOfflineAccess = Scenario<ClientSubject>.authorization(
        "offline-access-not-supported", "The authorization server does not list offline_access; the client does not ask for it.", revisions: .perRequest,
        checks: [Check("sep-2207-offline-access-not-requested", "offline_access is not asked for where it is not offered.")],
        servers: { places in try places.one { $0.scopes = ["mcp:basic", "mcp:read"] } },
        resource: { server in
            server.scopesSupported = ["mcp:basic", "mcp:read"]
            server.requiredScopes = { _ in ["mcp:basic", "mcp:read"] }
        },
        conclude: { run in
            for visit in run.visits {
                run.check(
                    "sep-2207-offline-access-not-requested", !visit.scopes.contains("offline_access"),
                    "offline_access is not offered, and the client asked for \(visit.scopes)")
            }
        })
}
