import MCPCore

/// Whom a protected server lets in, and what it tells the others (basic/authorization; RFC 6750, RFC 9728).
enum AdmissionScenarios {
    static let all = [noToken, tokenInQuery, missingScope, foreignSession]

    /// Protected resource metadata came with 2025-06-18.
    static func scenario(
        _ name: String, _ summary: String, revisions: Set<ProtocolRevision> = .since(.v2025_06_18), checks: [Check],
        _ body: @escaping @Sendable (Conversation, HTTPLink, TokenMint, ScenarioRun) async throws -> Void
    ) -> Scenario<ServerSubject> {
        Scenario(name, summary, revisions: revisions, bindings: [.http], scoring: .additional, checks: checks) { target, run in
            try await target.converse(run) { server in
                guard let http = server.link as? HTTPLink, let mint = target.mint else {
                    throw Reply.Unusable(description: "the suite is not the authorization server of this server; start it with --issuer-port")
                }
                try await body(server, http, mint, run)
            }
        }
    }

    /// The first request that a client sends, with a token or without one.
    static func knock(_ server: Conversation, _ http: HTTPLink, token: String?, query: String = "") async throws -> Exchange.Head {
        let message =
            server.revision.era == .perRequest
            ? server.request("server/discover")
            : server.request(
                "initialize", ["protocolVersion": .string(server.revision.rawValue), "capabilities": [:], "clientInfo": Conversation.clientInfo])
        server.run.sent(message)
        let headers = HTTPLink.headers(for: message, LinkContext(revision: server.revision))
        return try await http.refusal(.POST, headers, body: message.serialized(), token: token, query: query)
    }

    private static let noToken = scenario(
        "auth-no-token", "A request without a token",
        checks: [
            Check("auth-no-token-refused", "It is refused with 401"),
            Check("auth-no-token-every-method", "So is a GET"),
            Check("auth-no-token-challenge", "The answer has a challenge of the scheme Bearer (RFC 6750 section 3)"),
            Check("auth-no-token-metadata", "The protected resource metadata is where the challenge says, or at the well-known place (RFC 9728)"),
            Check("auth-no-token-issuer", "It names the resource and the authorization server"),
            Check("auth-no-token-good-token", "A request with a token that is good is served"),
        ]
    ) { server, http, mint, run in
        let good = try await server.call("tools/list")
        run.check("auth-no-token-good-token", good.response?["result"] != nil, "tools/list is answered with \(good.seen)")
        let head = try await knock(server, http, token: nil)
        run.check("auth-no-token-refused", head.status == 401, "it is answered with the status \(head.status)")
        let get = try await http.refusal(.GET, [("Accept", "text/event-stream")], token: nil)
        run.check("auth-no-token-every-method", get.status == 401, "it is answered with the status \(get.status)")
        let challenge = BearerChallenge(head)
        run.check("auth-no-token-challenge", challenge != nil, "WWW-Authenticate is \(head.headers["www-authenticate"] ?? "missing")")
        let named = challenge?["resource_metadata"]
        run.recommend("auth-no-token-challenge", named != nil, "it has no resource_metadata")
        var document: JSONValue?
        for place in named.map({ [$0] }) ?? http.metadataPlaces where document == nil { document = try await http.document(at: place) }
        run.check("auth-no-token-metadata", document != nil, "nothing is at \(named ?? http.metadataPlaces.joined(separator: " and "))")
        let issuers = document?["authorization_servers"]?.array ?? []
        run.check("auth-no-token-issuer", issuers.contains(.string(mint.issuer)), "authorization_servers is \(JSONValue.array(issuers).excerpt)")
        run.check("auth-no-token-issuer", document?["resource"]?.string == http.url, "resource is \(document?["resource"]?.excerpt ?? "missing")")
    }

    private static let tokenInQuery = scenario(
        "auth-token-in-query", "A token in the query string",
        checks: [
            Check("auth-token-in-query-refused", "It is not taken from there: the request is refused with 4xx"),
            Check("auth-token-in-query-good-token", "The same token in the header is served"),
        ]
    ) { server, http, mint, run in
        let token = try mint.token(mint.claims(audience: http.url, subject: ServerSubject.owner, scopes: [ServerSubject.scope]))
        let head = try await knock(server, http, token: nil, query: "?access_token=\(token)")
        run.check("auth-token-in-query-refused", (400..<500).contains(head.status), "it is answered with the status \(head.status)")
        let good = try await server.raw(
            "tools/list", server.revision.era == .perRequest ? ["_meta": .object(server.requiredMeta([:]))] : nil,
            headers: [("Authorization", "Bearer \(token)")])
        run.check("auth-token-in-query-good-token", good.response?["result"] != nil, "tools/list is answered with \(good.seen)")
    }

    private static let missingScope = scenario(
        "auth-missing-scope", "A call for which the token has no scope",
        checks: [
            Check("auth-missing-scope-refused", "A call of test_scoped without its scope is refused with 403"),
            Check("auth-missing-scope-challenge", "The challenge has the error insufficient_scope, and names the scope"),
            Check("auth-missing-scope-served", "With the scope it is served"),
        ]
    ) { server, http, mint, run in
        guard try await server.list("tools/list", "tools").contains(where: { $0["name"] == "test_scoped" }) else {
            throw run.notApplicable("The server has no tool test_scoped that needs the scope \(ServerSubject.scope)")
        }
        let message = server.request("tools/call", ["name": "test_scoped", "arguments": [:]])
        run.sent(message)
        let token = try mint.token(mint.claims(audience: http.url, subject: ServerSubject.owner))
        let head = try await http.refusal(
            .POST, HTTPLink.headers(for: message, server.linkContext), body: message.serialized(), token: token)
        run.check("auth-missing-scope-refused", head.status == 403, "it is answered with the status \(head.status)")
        let challenge = BearerChallenge(head)
        run.recommend("auth-missing-scope-challenge", challenge?["error"] == "insufficient_scope", "its error is \(challenge?["error"] ?? "missing")")
        let scopes = challenge?["scope"]?.split(separator: " ").map(String.init) ?? []
        run.recommend("auth-missing-scope-challenge", scopes.contains(ServerSubject.scope), "its scope is \(challenge?["scope"] ?? "missing")")
        run.recommend("auth-missing-scope-challenge", challenge?["resource_metadata"] != nil, "it has no resource_metadata")
        let served = try await server.callTool("test_scoped", [:])
        run.check("auth-missing-scope-served", served.response?["result"]?["content"] != nil, "it is answered with \(served.seen)")
    }

    private static let foreignSession = scenario(
        "auth-foreign-session", "A session that belongs to somebody else", revisions: .between(.v2025_06_18, .v2025_11_25),
        checks: [
            Check("auth-foreign-session-refused", "A good token of another subject does not get into the session: the request is refused with 4xx"),
            Check("auth-foreign-session-kept", "The session goes on for whom it belongs to, also after the other one's DELETE"),
            Check("auth-foreign-session-renewed", "A new token of its subject gets into it"),
        ]
    ) { server, http, mint, run in
        guard server.sessionID != nil else { throw run.notApplicable("The server issues no session id") }
        let stranger = try mint.token(mint.claims(audience: http.url, subject: "mallory@example.com", scopes: [ServerSubject.scope]))
        let message = server.request("tools/list")
        run.sent(message)
        let headers = HTTPLink.headers(for: message, server.linkContext)
        let head = try await http.refusal(.POST, headers, body: message.serialized(), token: stranger)
        run.check("auth-foreign-session-refused", (400..<500).contains(head.status), "tools/list is answered with the status \(head.status)")
        let bare = headers.filter { !["Content-Type", "Accept"].contains($0.0) }
        _ = try await http.refusal(.DELETE, bare, token: stranger)
        let kept = try await server.call("tools/list")
        run.check("auth-foreign-session-kept", kept.response?["result"] != nil, "tools/list is answered with \(kept.seen)")
        let renewed = try mint.token(mint.claims(audience: http.url, subject: ServerSubject.owner, scopes: [ServerSubject.scope]))
        let again = try await server.raw("tools/list", nil, headers: [("Authorization", "Bearer \(renewed)")])
        run.check("auth-foreign-session-renewed", again.response?["result"] != nil, "tools/list is answered with \(again.seen)")
    }
}

extension HTTPLink {
    /// Where the protected resource metadata of the endpoint may be, in the order in which clients look (RFC 9728 section 3.1).
    var metadataPlaces: [String] {
        guard let authority, let scheme = url.range(of: "://") else { return [] }
        let origin = url[..<scheme.upperBound] + authority
        let path = url.dropFirst(origin.count).prefix { $0 != "?" }
        return ["\(origin)/.well-known/oauth-protected-resource\(path)", "\(origin)/.well-known/oauth-protected-resource"]
    }
}
