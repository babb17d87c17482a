import MCPAuthorizationParsing
import MCPCore

/// Who may issue tokens for a server, as its metadata and the issuer's say it.
struct DiscoveredServer: Sendable {
    var resource: ProtectedResourceMetadata
    var issuer: AuthorizationServerMetadata
}

/// Finds the authorization server of an MCP server (2026-07-28, basic/authorization, "Authorization Server Discovery").
struct ServerDiscovery: Sendable {
    let server: EndpointURL
    let fetcher: any AuthorizationFetcher
    /// The issuer to use where the server names none.
    let configured: String?

    /// - Parameter known: Issuers that the client is registered with or has tokens of: of several that can be used they go first.
    func discover(challenge: AuthenticationChallenge?, known: [String]) async throws -> DiscoveredServer {
        let resource = try await protectedResource(challenge)
        let issuers = resource.authorizationServers.isEmpty ? [configured].compactMap { $0 } : resource.authorizationServers
        guard let issuer = known.first(where: issuers.contains) ?? issuers.first else {
            throw AuthorizationError.noProtectedResourceMetadata(server: server.text)
        }
        return DiscoveredServer(resource: resource, issuer: try await authorizationServer(issuer))
    }

    private func protectedResource(_ challenge: AuthenticationChallenge?) async throws -> ProtectedResourceMetadata {
        for candidate in ProtectedResourceMetadata.candidates(server: server, challenge: challenge) {
            guard let metadata: ProtectedResourceMetadata = try await document(candidate) else { continue }
            try metadata.check(server: server)
            return metadata
        }
        guard let configured else { throw AuthorizationError.noProtectedResourceMetadata(server: server.text) }
        return ProtectedResourceMetadata(resource: server.resourceIdentifier, authorizationServers: [configured])
    }

    /// The validated metadata of an issuer.
    func authorizationServer(_ issuer: String) async throws -> AuthorizationServerMetadata {
        for candidate in AuthorizationServerMetadata.candidates(issuer: try EndpointURL(issuer)) {
            guard let metadata: AuthorizationServerMetadata = try await document(candidate) else { continue }
            // A document of another issuer ends the search: it is no sign that there is a better one.
            try metadata.check(issuer: issuer)
            return metadata
        }
        throw AuthorizationError.noAuthorizationServerMetadata(issuer: issuer)
    }

    /// `nil` where the place holds no such document. A server that fails, as against one that has nothing there, is an error.
    private func document<Document: JSONDecodable>(_ text: String) async throws -> Document? {
        let url = try EndpointURL(text)
        let reply = try await fetcher.fetch(FetchRequest(url: url))
        guard reply.status == 200 else {
            if (400..<500).contains(reply.status) { return nil }
            throw AuthorizationError.unusableAnswer(url: text, reason: "HTTP status \(reply.status)")
        }
        // Some servers answer every path with a page.
        guard let json = try? JSONValue(parsing: reply.body) else { return nil }
        do { return try Document(json: json) } catch let error as JSONDecodingError {
            throw AuthorizationError.unusableAnswer(url: text, reason: error.description)
        }
    }
}
