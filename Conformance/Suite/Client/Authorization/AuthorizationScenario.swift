import MCPCore

/// Where the authorization servers of a run are, and what they are to know.
struct AuthorizationPlaces: Sendable {
    var origins: [String]
    var clientKey: TokenKey

    /// One server; the second place stays empty.
    func one(_ configure: (inout AuthorizationServerFeatures) -> Void = { _ in }) throws -> [AuthorizationServer] {
        var features = AuthorizationServerFeatures()
        // What most scenarios need: public clients, which register by themselves.
        features.clientMethods = [.none]
        configure(&features)
        return [try AuthorizationServer(origin: origins[0], features: features)]
    }
}

extension Scenario<ClientSubject> {
    /// A scenario of authorization: the client connects, lists the tools and calls the first one, on its own way past the authorization server.
    /// - Parameters:
    ///   - flow: What the client has to go through; its checks are added to those of the scenario.
    ///   - toleratesClientError: Whether the client may end with another exit code than 0.
    ///   - servers: Makes the authorization servers of a run.
    ///   - resource: What is special about the MCP server.
    ///   - context: What the client is given in `MCP_CONFORMANCE_CONTEXT`.
    ///   - conclude: Looks at the run after the client has ended.
    static func authorization(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision> = .since(.v2025_11_25), scoring: Scoring = .scored,
        flow: AuthorizationFlow = .codeFlow, toleratesClientError: Bool = false, checks: [Check] = [],
        servers: @escaping @Sendable (AuthorizationPlaces) throws -> [AuthorizationServer] = { try $0.one() },
        resource: @escaping @Sendable (inout ProtectedResource) -> Void = { _ in },
        context: @escaping @Sendable (AuthorizationRun) throws -> JSONObject? = { _ in nil },
        conclude: @escaping @Sendable (AuthorizationRun) -> Void = { _ in }
    ) -> Scenario {
        let name = "auth/\(name)"
        return Scenario(
            name, summary, revisions: revisions, bindings: [.http], scoring: scoring, checks: flow.checks + checks + [ends]
        ) { subject, scenarioRun in
            let run = try await withIssuers(servers) { issuers, clientKey in
                let client = try await conduct(
                    name, subject, scenarioRun, toleratesClientError: toleratesClientError,
                    context: { client in try context(AuthorizationRun(client: client, issuers: issuers, clientKey: clientKey)) },
                    script: { client in
                        var server = ProtectedResource(AuthorizationRun(client: client, issuers: issuers, clientKey: clientKey))
                        resource(&server)
                        return server
                    })
                return AuthorizationRun(client: client, issuers: issuers, clientKey: clientKey)
            }
            flow.conclude(run)
            conclude(run)
        }
    }

    /// Serves the authorization servers while `body` runs: each on a port of its own, as they have nothing to do with the MCP server.
    private static func withIssuers<T: Sendable>(
        _ servers: @escaping @Sendable (AuthorizationPlaces) throws -> [AuthorizationServer],
        _ body: @escaping @Sendable ([AuthorizationServer], TokenKey) async throws -> T
    ) async throws -> T {
        try await LoopbackServer.with { one, handleOne in
            try await LoopbackServer.with { other, handleOther in
                let key = try TokenKey()
                let issuers = try servers(AuthorizationPlaces(origins: [one, other].map { "http://localhost:\($0)" }, clientKey: key))
                for (issuer, handle) in zip(issuers, [handleOne, handleOther]) { handle { try await issuer.respond(to: $0) } }
                return try await body(issuers, key)
            }
        }
    }
}
