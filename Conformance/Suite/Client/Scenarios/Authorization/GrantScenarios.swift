import MCPCore

/// Tokens without a person (the extensions "OAuth Client Credentials", "Enterprise-Managed Authorization" and workload identity federation).
enum GrantScenarios {
    static let all: [Scenario<ClientSubject>] = [credentials("basic", .basic), credentials("jwt", .privateKey), enterprise, workload, refusedWorkload]

    private static let unattended: AuthorizationFlow = [.discovery, .token, .bearer]
    private static let clientID = "conformance-test-client"
    private static let clientSecret = "conformance-test-secret"

    private static func credentials(_ name: String, _ method: AuthorizationServerFeatures.ClientMethod) -> Scenario<ClientSubject> {
        let check =
            method == .basic
            ? Check("client-credentials-basic-auth", "The client asks with client_credentials, and authenticates with client_secret_basic.")
            : Check("client-credentials-jwt-verified", "The client asks with client_credentials, and authenticates with an assertion for this issuer.")
        return .authorization(
            "client-credentials-\(name)", "The client acts for itself, and authenticates with \(method.rawValue).", scoring: .notScored(.extension),
            flow: unattended, checks: [check],
            servers: { places in
                try places.one { features in
                    features.grants = [.clientCredentials]
                    features.clientMethods = [method]
                    features.registers = false
                    features.clients = [
                        .init(
                            id: clientID, secret: method == .basic ? clientSecret : nil, method: method,
                            keys: method == .privateKey ? [places.clientKey.jwk] : [])
                    ]
                }
            },
            context: { run in
                guard method == .privateKey else { return ["client_id": .string(clientID), "client_secret": .string(clientSecret)] }
                return [
                    "client_id": .string(clientID), "private_key_pem": .string(run.clientKey.pem),
                    "signing_algorithm": .string(run.clientKey.algorithm.rawValue),
                ]
            },
            conclude: { run in
                for request in run.tokenRequests {
                    run.check(
                        check.id, request.grant == "client_credentials" && request.method == method && request.refusal == nil,
                        "\(request.grant ?? "no grant_type") with \(request.method?.rawValue ?? "several ways to authenticate"): \(request.explanation ?? "")"
                    )
                }
            })
    }

    private static let identityClientID = "conformance-test-idp-client"

    private static let enterprise = Scenario<ClientSubject>.authorization(
        "enterprise-managed-authorization",
        "The client exchanges a person's ID token at the identity provider for a grant, and that one at the authorization server for a token.",
        scoring: .notScored(.extension), flow: unattended,
        checks: [
            Check("complete-flow-token-exchange", "The ID token is exchanged, with all that the identity provider has to know (RFC 8693)."),
            Check("complete-flow-jwt-bearer", "The grant is shown to the authorization server, by the client that it is for (RFC 7523)."),
        ],
        servers: { places in
            var provider = AuthorizationServerFeatures()
            provider.grants = [.tokenExchange]
            provider.clients = [.init(id: identityClientID, method: .none)]
            provider.exchangedClientID = clientID
            let identity = try AuthorizationServer(origin: places.origins[1], features: provider)
            return try places.one { features in
                features.grants = [.jwtBearer]
                features.clientMethods = [.basic]
                features.registers = false
                features.clients = [.init(id: clientID, secret: clientSecret, method: .basic)]
                features.assertionIssuers = [identity.issuer: [identity.key.jwk]]
            } + [identity]
        },
        context: { run in
            let identity = run.issuers[1]
            return [
                "client_id": .string(clientID), "client_secret": .string(clientSecret), "idp_client_id": .string(identityClientID),
                "idp_id_token": .string(try identity.identityToken(for: identityClientID)), "idp_issuer": .string(identity.issuer),
                "idp_token_endpoint": .string(identity.origin + identity.path("/token")),
            ]
        },
        conclude: { run in
            for request in run.issuers[1].record.tokenRequests {
                run.check(
                    "complete-flow-token-exchange",
                    request.refusal == nil && request.form["audience"] == run.issuer.issuer && request.form["resource"] == run.endpoint,
                    "audience must be \(run.issuer.issuer) and resource \(run.endpoint): \(request.explanation ?? "\(request.form.encoded)")")
            }
            for request in run.issuer.record.tokenRequests {
                run.check(
                    "complete-flow-jwt-bearer", request.grant == AuthorizationServerFeatures.Grant.jwtBearer.rawValue && request.refusal == nil,
                    "\(request.grant ?? "no grant_type"): \(request.explanation ?? "")")
            }
        })

    private static let workloadID = "conformance-wif-workload"
    private static let platform = "https://platform.conformance.example"

    private static let workload = Scenario<ClientSubject>.authorization(
        "wif-jwt-bearer", "The platform vouches for the client with a JWT; the client shows it, and gives up where it is refused.",
        scoring: .notScored(.extension), flow: unattended,
        checks: [
            Check("wif-grant-type", "The client asks with the JWT bearer grant, and with no other."),
            Check("wif-assertion-verified", "The assertion is the one that is for this issuer, and has not expired."),
            Check("wif-no-retry", "What is refused is not tried again."),
        ],
        servers: { try workloadServer($0) }, context: workloadContext,
        conclude: { run in
            let requests = run.tokenRequests
            guard let first = requests.first else { return }
            for request in requests {
                run.check(
                    "wif-grant-type", request.grant == AuthorizationServerFeatures.Grant.jwtBearer.rawValue,
                    "grant_type must be that of JWT bearer assertions; found \(request.grant ?? "none")")
            }
            run.check("wif-assertion-verified", first.refusal == nil, "the assertion was refused: \(first.explanation ?? "")")
            let afterRefusal = requests.drop { $0.refusal == nil }.dropFirst()
            run.check("wif-no-retry", afterRefusal.isEmpty, "after a refusal \(afterRefusal.count) more token requests came")
        })

    private static let refusedWorkload = Scenario<ClientSubject>.authorization(
        "wif-refused", "The authorization server does not let the client use its assertion; the client gives up.", scoring: .notScored(.extension),
        flow: .discovery, toleratesClientError: true,
        checks: [
            Check("wif-refused-asked", "The client shows its assertion."),
            Check("wif-refused-no-retry", "After the refusal it neither asks again nor by another grant."),
        ],
        servers: { try workloadServer($0, refusesWith: "unauthorized_client") }, context: workloadContext,
        conclude: { run in
            let requests = run.tokenRequests
            guard let first = requests.first else { return }
            run.check("wif-refused-asked", first.form["assertion"] != nil, "the token request has no assertion")
            run.check("wif-refused-no-retry", requests.count == 1, "the client was refused, and asked by \(requests.map { $0.grant ?? "no grant_type" })")
        })

    private static func workloadServer(_ places: AuthorizationPlaces, refusesWith code: String? = nil) throws -> [AuthorizationServer] {
        try places.one { features in
            features.grants = [.jwtBearer]
            features.registers = false
            features.clients = [.init(id: workloadID, method: .none)]
            features.assertionIssuers = [platform: [places.clientKey.jwk]]
            features.refusesWith = code
        }
    }

    private static let workloadContext: @Sendable (AuthorizationRun) throws -> JSONObject? = { run in
        func assertion(_ audience: String, age: Int64 = 0) throws -> JSONValue {
            let now = TokenClock.now() - age
            return .string(
                try JSONWebToken([
                    "iss": .string(platform), "sub": "conformance-workload", "aud": .string(audience), "iat": .integer(now), "exp": .integer(now + 300),
                    "jti": .string(Base64URL.random()),
                ]).signed(by: run.clientKey))
        }
        return [
            "client_id": .string(workloadID), "valid_jwt": try assertion(run.issuer.issuer), "wrong_audience_jwt": try assertion("https://wrong.example"),
            "expired_jwt": try assertion(run.issuer.issuer, age: 3600),
        ]
    }
}
