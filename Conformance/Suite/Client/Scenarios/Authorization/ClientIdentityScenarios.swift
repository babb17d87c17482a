import MCPCore
import Synchronization

/// Who a client is to an authorization server: by its metadata document, by registration, or as it was registered by hand.
enum ClientIdentityScenarios {
    static let all: [Scenario<ClientSubject>] = [
        metadataDocument, preRegistration, tokenEndpoint("basic", .basic), tokenEndpoint("post", .post), tokenEndpoint("none", .none), migration,
    ]

    static let metadataURL = "https://conformance-test.local/client-metadata.json"

    private static let metadataDocument = Scenario<ClientSubject>.authorization(
        "basic-cimd", "The authorization server takes client id metadata documents, and registrations; a client that has such a document uses it.",
        flow: [.discovery, .visit, .code, .token, .bearer],
        checks: [Check("cimd-client-id-used", "The client id should be the URL of the client's metadata document, \(metadataURL).")],
        servers: { places in try places.one { $0.takesMetadataDocuments = true } },
        conclude: { run in
            guard let visit = run.visits.first else { return }
            run.recommend(
                "cimd-client-id-used", visit.query["client_id"] == metadataURL,
                "client_id should be \(metadataURL), found \(visit.query["client_id"] ?? "none")")
        })

    private static let known = AuthorizationServerFeatures.Client(id: "pre-registered-client", secret: "pre-registered-secret", method: .basic)

    private static let preRegistration = Scenario<ClientSubject>.authorization(
        "pre-registration", "The client was registered by hand: it uses what the context gives it, and does not register.",
        flow: [.discovery, .visit, .code, .token, .bearer],
        checks: [Check("pre-registration-auth", "The client uses the client_id and client_secret that it was given, with client_secret_basic.")],
        servers: { places in
            try places.one { features in
                features.registers = false
                features.clientMethods = [.basic]
                features.clients = [known]
            }
        },
        context: { _ in ["client_id": .string(known.id), "client_secret": .string(known.secret ?? "")] },
        conclude: { run in
            let strays = run.issuer.record.strays
            run.client.scenarioRun.refuse("pre-registration-auth", !strays.isEmpty, "the server offers no registration, and the client tried \(strays)")
            for request in run.tokenRequests {
                run.check(
                    "pre-registration-auth", request.method == .basic && request.clientID == known.id && request.refusal != "invalid_client",
                    "the client must authenticate with client_secret_basic as \(known.id): \(request.explanation ?? request.method?.rawValue ?? "")")
            }
        })

    private static func tokenEndpoint(_ name: String, _ method: AuthorizationServerFeatures.ClientMethod) -> Scenario<ClientSubject> {
        .authorization(
            "token-endpoint-auth-\(name)", "The token endpoint takes \(method.rawValue) and nothing else.",
            checks: [
                Check("token-endpoint-auth-method", "The client authenticates with \(method.rawValue)."),
                Check("resource-parameter-in-authorization", "The authorization request has a resource (RFC 8707)."),
                Check("resource-parameter-in-token", "The token request has a resource (RFC 8707)."),
                Check("resource-parameter-valid-uri", "The resource is the canonical URI of the server, without a fragment."),
                Check("resource-parameter-consistency", "The resource of both requests is the same."),
            ],
            servers: { places in try places.one { $0.clientMethods = [method] } },
            conclude: { run in
                for request in run.tokenRequests {
                    run.check(
                        "token-endpoint-auth-method", request.method == method && request.refusal != "invalid_client",
                        "the client must authenticate with \(method.rawValue); it did with \(request.method?.rawValue ?? "several ways"). \(request.explanation ?? "")"
                    )
                    run.check("resource-parameter-in-token", request.form["resource"] != nil, "the token request has no resource")
                }
                for visit in run.visits {
                    run.check("resource-parameter-in-authorization", visit.query["resource"] != nil, "the authorization request has no resource")
                }
                let resources = run.visits.compactMap { $0.query["resource"] } + run.tokenRequests.compactMap { $0.form["resource"] }
                guard let first = resources.first, !run.tokenRequests.isEmpty else { return }
                run.check(
                    "resource-parameter-valid-uri", [run.endpoint, run.client.origin, run.client.origin + "/"].contains(first),
                    "resource must be the URI of the server, \(run.endpoint); found \(first)")
                run.check("resource-parameter-consistency", Set(resources).count == 1, "resource differs: \(resources)")
            })
    }

    // MARK: Another authorization server

    private static let migration = Scenario<ClientSubject>.authorization(
        "authorization-server-migration",
        "After the first request the server names another authorization server; the client registers there, and takes nothing of the old one with it.",
        revisions: .perRequest,
        checks: [
            Check("sep-2352-reregister-on-as-change", "The client registers with the new authorization server."),
            Check("sep-2352-no-reuse-on-as-change", "The new authorization server sees no client id of the old one."),
            Check("sep-2352-no-cross-as-credential-reuse", "The new authorization server sees no secret or token of the old one."),
        ],
        servers: { places in
            var features = AuthorizationServerFeatures()
            // Secrets and refresh tokens, so that there is something that could be taken along.
            features.clientMethods = [.basic]
            features.alwaysRefreshes = true
            return try places.origins.map { try AuthorizationServer(origin: $0, features: features) }
        },
        resource: { server in
            let hasMoved = Mutex(false)
            let run = server.run
            server.guardsOpening = false
            server.authorizationServers = { [run.issuers[hasMoved.withLock { $0 } ? 1 : 0].issuer] }
            server.judge = { _, presented in
                guard let presented else { return ProtectedResource.demand(["mcp:basic"]) }
                return hasMoved.withLock { hasMoved in
                    guard run.issuers[hasMoved ? 1 : 0].access(presented.token) != nil else {
                        return .refused(status: 401, challenge: ["error": "invalid_token", "scope": "mcp:basic"])
                    }
                    hasMoved = true
                    return .admitted
                }
            }
        },
        conclude: { run in
            let (old, new) = (run.issuers[0], run.issuers[1])
            guard !old.record.registrations.isEmpty, !new.record.metadataPaths.isEmpty else { return }
            run.check(
                "sep-2352-reregister-on-as-change", new.record.registrations.contains { $0.refusal == nil },
                "the client asked for the metadata of the new authorization server, and did not register there")
            guard !new.record.texts.isEmpty else { return }
            let given = old.given
            run.check(
                "sep-2352-no-reuse-on-as-change", !new.record.texts.contains(where: given.clientIDs.contains),
                "a client id of the old authorization server was shown to the new one")
            run.check(
                "sep-2352-no-cross-as-credential-reuse", !new.record.texts.contains { text in given.secrets.contains { text.contains($0) } },
                "a secret or token of the old authorization server was shown to the new one")
        })
}

extension AuthorizationServer {
    /// What this server has given out: the ids of its clients, and what nobody else may see.
    var given: (clientIDs: Set<String>, secrets: [String]) {
        state.withLock { state in
            let secrets = state.clients.values.compactMap(\.known.secret) + state.access.keys + state.refresh.keys
            return (Set(state.clients.keys), Array(secrets))
        }
    }
}
