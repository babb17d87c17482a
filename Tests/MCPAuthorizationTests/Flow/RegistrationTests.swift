import MCPCore
import MCPHTTPClient
import Testing

@testable import MCPAuthorization

private let url = "https://mcp.example/mcp"
private let target = HTTPRequestTarget(method: "POST", url: url)
private let refusal = HTTPRefusal(attempt: 1, status: 401, headers: [("WWW-Authenticate", "Bearer")], sentHeaders: [])

/// An authorization server whose answers at one path are others than usual.
private struct OtherAnswers: AuthorizationFetcher {
    let issuer: TestIssuer
    let path: String
    let change: @Sendable (FetchReply) -> FetchReply

    func fetch(_ request: FetchRequest) async throws -> FetchReply {
        let reply = try await issuer.fetch(request)
        return request.url.path == path ? change(reply) : reply
    }
}

/// What a client says of itself, and what becomes of it where it is refused (2026-07-28, basic/authorization/client-registration).
@Suite struct RegistrationTests {
    private func authorizer(_ fetcher: any AuthorizationFetcher, _ configuration: OAuthClientConfiguration) throws -> OAuthAuthorizer {
        try OAuthAuthorizer(EndpointURL(url), configuration, fetcher: fetcher)
    }

    @Test(arguments: [
        ("http://localhost:3000/callback", "native"), ("http://127.0.0.1:7/", "native"), ("com.example.app:/callback", "native"),
        ("https://localhost/callback", "native"), ("https://app.example/callback", "web"),
    ])
    func theKindOfTheApplicationFollowsItsRedirect(_ redirectURI: String, _ kind: String) throws {
        let metadata = try AuthorizationServerMetadata(json: ["issuer": "https://as.example", "token_endpoint": "https://as.example/token"])
        let body = ClientRegistrar.body(OAuthClientConfiguration(clientName: "Test"), metadata, redirectURI: redirectURI, scopes: [])
        #expect(body["application_type"]?.string == kind)
        #expect(body["redirect_uris"] == [.string(redirectURI)])
    }

    /// A server that does not like the redirect URI is quoted, and nothing else is tried.
    @Test func aRefusedRegistrationIsToldInTheWordsOfTheServer() async throws {
        let issuer = TestIssuer()
        let fetcher = OtherAnswers(issuer: issuer, path: "/register") { _ in
            let body: JSONObject = ["error": "invalid_redirect_uri", "error_description": "Loopback addresses are for native applications."]
            return FetchReply(status: 400, headers: [], body: JSONValue.object(body).serialized())
        }
        let authorizer = try authorizer(fetcher, OAuthClientConfiguration(clientName: "Test", userAgent: issuer))
        await #expect(
            throws: AuthorizationError.refused(
                OAuthRefusal(endpoint: "registration", code: "invalid_redirect_uri", explanation: "Loopback addresses are for native applications."))
        ) { try await authorizer.headers(for: target, after: refusal) }
        #expect(issuer.state.withLock { $0.visits.isEmpty })
    }

    @Test(arguments: ["http://client.example/metadata.json", "https://client.example", "https://client.example/", "client.example/metadata.json"])
    func aMetadataDocumentHasAURLThatIsOne(_ document: String) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.metadata = ["client_id_metadata_document_supported": true] }
        let configuration = OAuthClientConfiguration(clientName: "Test", clientMetadataURL: document, userAgent: issuer)
        let authorizer = try authorizer(issuer, configuration)
        await #expect(throws: AuthorizationError.self) { try await authorizer.headers(for: target, after: refusal) }
        #expect(issuer.state.withLock { $0.visits.isEmpty })
        #expect(issuer.registrations.isEmpty)
    }

    /// Refresh tokens are the server's to give: where none came, the person is asked again.
    @Test func withoutARefreshTokenThePersonIsAskedAgain() async throws {
        let issuer = TestIssuer()
        let fetcher = OtherAnswers(issuer: issuer, path: "/token") { reply in
            guard var body = (try? JSONValue(parsing: reply.body))?.object else { return reply }
            body["refresh_token"] = nil
            return FetchReply(status: reply.status, headers: reply.headers, body: JSONValue.object(body).serialized())
        }
        let authorizer = try authorizer(fetcher, OAuthClientConfiguration(clientName: "Test", userAgent: issuer))
        let first = try #require(try await authorizer.headers(for: target, after: refusal))
        let again = HTTPRefusal(attempt: 1, status: 401, headers: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")], sentHeaders: first)
        let second = try #require(try await authorizer.headers(for: target, after: again))
        #expect(second[0].value != first[0].value)
        #expect(issuer.tokenRequests.map { $0["grant_type"] } == ["authorization_code", "authorization_code"])
        #expect(issuer.state.withLock { $0.visits.count } == 2)
    }
}
