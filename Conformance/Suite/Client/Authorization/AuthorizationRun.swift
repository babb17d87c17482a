import MCPCore

/// One run of a scenario of authorization: what the client did at the MCP server, and at the authorization servers.
struct AuthorizationRun: Sendable {
    let client: ClientRun
    /// The server that the MCP server names, and then others that a scenario has.
    let issuers: [AuthorizationServer]
    /// A key that the client, or a platform in its place, has.
    let clientKey: TokenKey

    var issuer: AuthorizationServer { issuers[0] }
    /// The URL of the MCP endpoint.
    var endpoint: String { client.origin + "/mcp" }

    var registrations: [AuthorizationRecord.Registration] { issuers.flatMap(\.record.registrations) }
    var visits: [AuthorizationRecord.Visit] { issuers.flatMap(\.record.visits) }
    var tokenRequests: [AuthorizationRecord.TokenRequest] { issuers.flatMap(\.record.tokenRequests) }

    /// The paths of the MCP server that were asked for with GET, without those of the endpoint, each once.
    var documents: [String] {
        var paths: [String] = []
        for path in client.requests.filter({ $0.method == .get }).compactMap(\.path) where !path.hasPrefix("/mcp") && !paths.contains(path) {
            paths.append(path)
        }
        return paths
    }

    /// Whether an access token is of one of the issuers.
    func access(_ token: String) -> AuthorizationServer.Access? {
        for issuer in issuers {
            if let access = issuer.access(token) { return access }
        }
        return nil
    }

    func check(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) { client.check(id, holds, details()) }
    func recommend(_ id: String, _ holds: Bool, _ details: @autoclosure () -> String) { client.recommend(id, holds, details()) }
}

/// What a message of the client shows to be let in.
struct PresentedToken: Sendable {
    var scheme: String
    var token: String
    /// The `DPoP` fields beside it.
    var proofs: [String]

    /// - Returns: `nil` where the message shows nothing.
    init?(_ message: ClientMessage) {
        guard let head = message.head, let value = head.header("authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        scheme = parts.first.map(String.init) ?? ""
        token = parts.count > 1 ? String(parts[1]) : ""
        proofs = head.headers("dpop")
    }
}
