import ConformanceClientMutants
import MCPAuthorization
import MCPTransport

/// The scenarios `auth/*`: all connect, list the tools and call the first one. They differ in what the client is given beforehand.
enum AuthorizationScenarios {
    static let all: [Scenario] = names.map { Scenario("auth/\($0)", invocation: run) }

    private static let names = [
        "metadata-default", "metadata-var1", "metadata-var2", "metadata-var3", "metadata-issuer-mismatch", "resource-mismatch",
        "basic-cimd", "pre-registration", "authorization-server-migration",
        "scope-from-www-authenticate", "scope-from-scopes-supported", "scope-omitted-when-undefined", "scope-step-up", "scope-retry-limit",
        "offline-access-scope", "offline-access-not-supported",
        "token-endpoint-auth-basic", "token-endpoint-auth-post", "token-endpoint-auth-none",
        "iss-supported", "iss-not-advertised", "iss-supported-missing", "iss-wrong-issuer", "iss-unexpected", "iss-normalized",
        "client-credentials-basic", "client-credentials-jwt", "enterprise-managed-authorization", "wif-jwt-bearer", "dpop", "dpop-nonce",
        // Those that this project's suite adds.
        "state-mismatch", "token-renewal", "wif-refused",
    ]

    private static func run(_ invocation: ScenarioInvocation) async throws {
        try await withClient(.http(invocation.url, authorizer: try await authorizer(invocation)), configuration: invocation.configuration) { client in
            guard let tool = try await client.listTools().first else { throw NoTool() }
            try await invocation.call(client, tool.name)
        }
    }

    private static func authorizer(_ invocation: ScenarioInvocation) async throws -> any HTTPRequestAuthorizer {
        if let fault = invocation.mutant?.signIn {
            return PlainAuthorizer(server: try invocation.url, scenario: invocation.scenario.name, context: invocation.context, fault: fault) { url in
                try await HeadlessUserAgent().prepare(registered: nil).visit(url, state: "")
            }
        }
        let configuration = try await configuration(invocation.scenario.name, context: invocation.context)
        return try OAuthAuthorizer(server: invocation.url, configuration: configuration)
    }

    private struct NoTool: Error, CustomStringConvertible {
        let description = "the server has no tool that could be called"
    }

    /// What a scenario gives the client.
    private static func configuration(_ scenario: String, context: JSONObject) async throws -> OAuthClientConfiguration {
        var configuration = OAuthClientConfiguration(
            clientName: "conformance-client", clientMetadataURL: "https://conformance-test.local/client-metadata.json", userAgent: HeadlessUserAgent())
        switch scenario {
        case "auth/client-credentials-basic", "auth/client-credentials-jwt": configuration.grant = .clientCredentials
        case "auth/enterprise-managed-authorization":
            let idToken = SecretText(try context.decode("idp_id_token"))
            configuration.grant = .enterpriseManaged(
                EnterpriseIdentity(
                    tokenEndpoint: try context.decode("idp_token_endpoint"), issuer: try context.decode("idp_issuer"),
                    clientID: try context.decode("idp_client_id")
                ) { idToken })
        case "auth/wif-jwt-bearer", "auth/wif-refused":
            let assertion = SecretText(try context.decode("valid_jwt"))
            configuration.grant = .jwtBearer { _ in assertion }
        default: break
        }
        if let client = try await registeredClient(context) { configuration.registered = [client] }
        return configuration
    }

    private static func registeredClient(_ context: JSONObject) async throws -> PreRegisteredClient? {
        guard let id: String = try context.decodeIfPresent("client_id") else { return nil }
        if let secret: String = try context.decodeIfPresent("client_secret") {
            return PreRegisteredClient(id: id, authentication: .secret(SecretText(secret)))
        }
        if let pem: String = try context.decodeIfPresent("private_key_pem") {
            let name = try context.decode("signing_algorithm", as: String.self)
            guard let algorithm = SignatureAlgorithm(rawValue: name) else {
                throw JSONDecodingError(path: JSONPath([.key("signing_algorithm")]), expected: "a known algorithm", found: name)
            }
            return PreRegisteredClient(id: id, authentication: .privateKey(try await SigningKey(pem: SecretText(pem), algorithm: algorithm)))
        }
        return PreRegisteredClient(id: id)
    }
}
