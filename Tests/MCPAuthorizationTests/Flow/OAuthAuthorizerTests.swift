import MCPCore
import MCPHTTPClient
import Synchronization
import Testing

@testable import MCPAuthorization

private let url = "https://mcp.example/mcp"
private let target = HTTPRequestTarget(method: "POST", url: url)

@Suite struct OAuthAuthorizerTests {
    private func authorizer(_ issuer: TestIssuer, _ change: (inout OAuthClientConfiguration) -> Void = { _ in }) throws -> OAuthAuthorizer {
        var configuration = OAuthClientConfiguration(clientName: "Test", userAgent: issuer, environment: issuer.environment)
        change(&configuration)
        return try OAuthAuthorizer(EndpointURL(url), configuration, fetcher: issuer)
    }

    private func refusal(
        _ status: Int = 401, attempt: Int = 1, _ challenge: String = "Bearer", sent: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = []
    ) -> HTTPRefusal {
        HTTPRefusal(attempt: attempt, status: status, headers: [("WWW-Authenticate", challenge)] + headers, sentHeaders: sent)
    }

    // MARK: Sign-in

    @Test func signsInWhenItIsDemanded() async throws {
        let issuer = TestIssuer()
        let authorizer = try authorizer(issuer)
        #expect(try await authorizer.headers(for: target, after: nil)?.isEmpty == true)
        #expect(issuer.paths.isEmpty)
        let headers = try #require(try await authorizer.headers(for: target, after: refusal(401, "Bearer scope=\"a\"")))
        #expect(headers.map(\.name) == ["authorization"])
        #expect(headers[0].value.hasPrefix("Bearer access-"))
        #expect(issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["a"])
        #expect(issuer.tokenRequests.map { $0["resource"] } == [url])
        let registration = try #require(issuer.registrations.first)
        #expect(registration["application_type"] == "native")
        #expect(registration["grant_types"] == ["authorization_code", "refresh_token"])
        // From then on at once.
        #expect(try await authorizer.headers(for: target, after: nil)?.first?.value == headers[0].value)
    }

    @Test func tokensAreForOneServerOnly() async throws {
        let issuer = TestIssuer()
        let authorizer = try authorizer(issuer)
        _ = try await authorizer.headers(for: target, after: refusal())
        for other in ["https://evil.example/mcp", "https://mcp.example/other", "http://mcp.example/mcp"] {
            #expect(try await authorizer.headers(for: HTTPRequestTarget(method: "POST", url: other), after: nil)?.isEmpty == true)
            #expect(try await authorizer.headers(for: HTTPRequestTarget(method: "POST", url: other), after: refusal()) == nil)
        }
    }

    @Test func requestsAtTheSameTimeShareOneSignIn() async throws {
        let (opened, open) = AsyncStream<Void>.makeStream()
        let isOpen = Mutex(false)
        let issuer = TestIssuer(gate: {
            if isOpen.withLock({ $0 }) { return }
            for await _ in opened { break }
            isOpen.withLock { $0 = true }
        })
        let authorizer = try authorizer(issuer)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<8 { group.addTask { try await authorizer.headers(for: target, after: refusal())?.first?.value } }
            group.addTask {
                open.finish()
                return nil
            }
            var values: Set<String> = []
            for try await value in group { if let value { values.insert(value) } }
            #expect(values.count == 1)
        }
        #expect(issuer.state.withLock { $0.visits.count } == 1)
        #expect(issuer.tokenRequests.count == 1)
    }

    @Test(arguments: [
        ["iss": "https://evil.example"], ["iss": ""], ["iss": "https://as.example/"], ["state": "other"], ["code": ""],
        ["code": "", "error": "access_denied"],
    ])
    func nothingIsSentAfterABadResponse(response: [String: String]) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.response = response }
        await #expect(throws: AuthorizationError.self) { try await authorizer(issuer).headers(for: target, after: refusal()) }
        #expect(issuer.state.withLock { $0.visits.count } == 1)
        #expect(issuer.tokenRequests.isEmpty)
    }

    @Test(arguments: ["https://other.example/mcp", "https://mcp.example/mcp/deeper"]) func noSignInForAnotherResource(resource: String) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.resourceMetadata = ["resource": .string(resource)] }
        await #expect(throws: AuthorizationError.resourceMismatch(server: url, resource: resource)) {
            try await authorizer(issuer).headers(for: target, after: refusal())
        }
        #expect(issuer.paths.count == 1)
    }

    @Test func noSignInWithMetadataOfAnotherIssuer() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.metadata = ["issuer": "https://evil.example"] }
        await #expect(throws: AuthorizationError.issuerMismatch(expected: "https://as.example", found: "https://evil.example")) {
            try await authorizer(issuer).headers(for: target, after: refusal())
        }
        #expect(issuer.registrations.isEmpty && issuer.tokenRequests.isEmpty)
    }

    @Test func withoutABrowserItSaysSo() async throws {
        await #expect(throws: AuthorizationError.needsUserAgent(issuer: "https://as.example")) {
            try await authorizer(TestIssuer()) { $0.userAgent = nil }.headers(for: target, after: refusal())
        }
    }

    // MARK: Registration

    @Test func registrationsGoByTheOrderOfTheSpecification() async throws {
        let issuer = TestIssuer()
        issuer.update {
            $0.metadata = ["client_id_metadata_document_supported": true]
            $0.clients = ["known": .init(secret: "s"), "https://client.example/metadata.json": .init()]
        }
        let metadataURL = "https://client.example/metadata.json"
        _ = try await authorizer(issuer) {
            $0.registered = [.init(issuer: "https://as.example", id: "known", authentication: .secret("s"))]
            $0.clientMetadataURL = metadataURL
        }.headers(for: target, after: refusal())
        _ = try await authorizer(issuer) { $0.clientMetadataURL = metadataURL }.headers(for: target, after: refusal())
        #expect(issuer.state.withLock { $0.visits.map { $0["client_id"] } } == ["known", metadataURL])
        #expect(issuer.registrations.isEmpty)
    }

    /// Client ID Metadata Document, section 3.
    @Test(arguments: [
        "http://client.example/metadata.json", "https://client.example", "https://client.example/", "https://client.example/a/../metadata.json",
        "https://client.example/./metadata.json", "https://client.example/metadata.json#me", "https://me@client.example/metadata.json",
    ])
    func metadataURLsAreHTTPSWithAPath(metadataURL: String) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.metadata = ["client_id_metadata_document_supported": true] }
        await #expect(throws: AuthorizationError.self) {
            try await authorizer(issuer) { $0.clientMetadataURL = metadataURL }.headers(for: target, after: refusal())
        }
        #expect(issuer.state.withLock { $0.visits.isEmpty } && issuer.registrations.isEmpty)
    }

    @Test(arguments: [JSONObject(), ["client_id_metadata_document_supported": false]])
    func withoutTheCapabilityTheClientIsRegistered(metadata: JSONObject) async throws {
        let issuer = TestIssuer()
        issuer.update { $0.metadata = metadata }
        _ = try await authorizer(issuer) { $0.clientMetadataURL = "https://client.example/metadata.json" }.headers(for: target, after: refusal())
        #expect(issuer.registrations.count == 1)
        #expect(issuer.state.withLock { $0.visits.map { $0["client_id"] } } == ["client-1 of https://as.example"])
    }

    @Test(arguments: [
        ("http://127.0.0.1:7/callback", "native"), ("http://localhost:7/callback", "native"), ("https://localhost/callback", "native"),
        ("com.example.app:/callback", "native"), ("https://app.example.com/callback", "web"),
    ])
    func applicationTypesGoByTheRedirect(redirectURI: String, type: String) throws {
        let issuer: AuthorizationServerMetadata = try .init(json: ["issuer": "https://as.example", "token_endpoint": "https://as.example/token"])
        let body = ClientRegistrar.body(OAuthClientConfiguration(clientName: "Test"), issuer, redirectURI: redirectURI, scopes: [])
        #expect(body["application_type"]?.string == type)
    }

    @Test func aRegistrationThatIsRefusedIsToldInTheWordsOfTheAuthorizationServer() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.registrationError = ["error": "invalid_redirect_uri", "error_description": "native clients need a loopback address"] }
        let expected = OAuthRefusal(endpoint: "registration", code: "invalid_redirect_uri", explanation: "native clients need a loopback address")
        await #expect(throws: AuthorizationError.refused(expected)) { try await authorizer(issuer).headers(for: target, after: refusal()) }
        #expect("\(AuthorizationError.refused(expected))".contains("invalid_redirect_uri (native clients need a loopback address)"))
        #expect(issuer.state.withLock { $0.visits.isEmpty })
        // Nothing of it is kept: when it is mended there, the next request signs in.
        issuer.update { $0.registrationError = nil }
        #expect(try await authorizer(issuer).headers(for: target, after: refusal()) != nil)
    }

    // MARK: The resource

    @Test(arguments: [
        ("HTTPS://MCP.example/mcp2", "https://mcp.example/mcp2"), ("https://mcp.example:443/mcp2", "https://mcp.example/mcp2"),
        ("https://mcp.example/", "https://mcp.example"), ("https://MCP.example", "https://mcp.example"),
        ("https://mcp.example:8443/", "https://mcp.example:8443"),
        // Elsewhere it may be another resource.
        ("https://mcp.example/mcp2/", "https://mcp.example/mcp2/"),
    ])
    func theResourceIsTheCanonicalURI(server: String, resource: String) async throws {
        let issuer = TestIssuer()
        // A server without metadata: the client has to name the resource by itself.
        let configuration = OAuthClientConfiguration(clientName: "Test", authorizationServer: "https://as.example", userAgent: issuer)
        let authorizer = try OAuthAuthorizer(EndpointURL(server), configuration, fetcher: issuer)
        _ = try await authorizer.headers(for: HTTPRequestTarget(method: "POST", url: server), after: refusal())
        #expect(issuer.state.withLock { $0.visits.map { $0["resource"] } } == [resource])
        #expect(issuer.tokenRequests.map { $0["resource"] } == [resource])
    }

    @Test func aForgottenRegistrationIsMadeAnew() async throws {
        let issuer = TestIssuer()
        let store = MemoryCredentialStore()
        store.save(["client_id": "gone", "redirect_uri": "http://127.0.0.1:7/callback"], for: .registration(issuer: "https://as.example"))
        #expect(try await authorizer(issuer) { $0.store = store }.headers(for: target, after: refusal()) != nil)
        #expect(issuer.registrations.count == 1)
        #expect(store.load(.registration(issuer: "https://as.example"))?["client_id"] != "gone")
    }

    @Test func aClientOfAnotherIssuerIsNotUsed() async throws {
        let issuer = TestIssuer()
        await #expect(throws: AuthorizationError.self) {
            try await authorizer(issuer) { $0.registered = [.init(issuer: "https://old.example", id: "c", authentication: .secret("s"))] }
                .headers(for: target, after: refusal())
        }
        #expect(issuer.tokenRequests.isEmpty && issuer.state.withLock { $0.visits.isEmpty })
    }

    @Test func aClientWithoutAnIssuerStaysWithTheFirst() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.clients = ["c": .init(secret: "s")] }
        let store = MemoryCredentialStore()
        let authorizer = try authorizer(issuer) {
            $0.registered = [.init(id: "c", authentication: .secret("s"))]
            $0.store = store
        }
        let first = try #require(try await authorizer.headers(for: target, after: refusal()))
        issuer.update { $0.issuers = ["https://evil.example"] }
        await #expect(throws: AuthorizationError.self) { try await authorizer.headers(for: target, after: refusal(sent: first)) }
        #expect(!issuer.state.withLock { $0.requests.contains { $0.url.text == "https://evil.example/token" } })
    }

    // MARK: Renewal

    private func signedIn(_ issuer: TestIssuer, _ change: (inout OAuthClientConfiguration) -> Void = { _ in }) async throws -> (
        OAuthAuthorizer, [(name: String, value: String)]
    ) {
        let authorizer = try authorizer(issuer, change)
        return (authorizer, try #require(try await authorizer.headers(for: target, after: refusal(401, "Bearer scope=\"a\""))))
    }

    @Test func aRefusedTokenIsRenewedWithoutAsking() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        let second = try #require(try await authorizer.headers(for: target, after: refusal(sent: first)))
        #expect(second[0].value != first[0].value)
        // Rotation: the next renewal uses the new refresh token, and the old one would be refused.
        let third = try #require(try await authorizer.headers(for: target, after: refusal(sent: second)))
        #expect(third[0].value != second[0].value)
        #expect(issuer.tokenRequests.map { $0["grant_type"] } == ["authorization_code", "refresh_token", "refresh_token"])
        #expect(issuer.state.withLock { $0.visits.count } == 1)
        // One that was sent with an old token only gets the new one.
        #expect(try await authorizer.headers(for: target, after: refusal(sent: first))?[0].value == third[0].value)
        #expect(issuer.tokenRequests.count == 3)
    }

    @Test func aTokenIsRenewedBeforeItEnds() async throws {
        let now = Mutex<Int64>(1_000_000)
        let issuer = TestIssuer(environment: AuthorizationEnvironment(now: { now.withLock { $0 } }, randomBytes: AuthorizationEnvironment.system.randomBytes))
        let (authorizer, first) = try await signedIn(issuer)
        now.withLock { $0 += 3600 - 31 }
        #expect(try await authorizer.headers(for: target, after: nil)?[0].value == first[0].value)
        now.withLock { $0 += 2 }
        #expect(try await authorizer.headers(for: target, after: nil)?[0].value != first[0].value)
        #expect(issuer.tokenRequests.last?["grant_type"] == "refresh_token")
    }

    @Test func whenRenewalFailsThePersonIsAsked() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        issuer.update { $0.failingRefresh = true }
        #expect(try await authorizer.headers(for: target, after: refusal(sent: first)) != nil)
        // With all that was asked for before.
        #expect(issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["a", "a"])
    }

    @Test func whoGetsNoRefreshTokenSignsInAgain() async throws {
        let now = Mutex<Int64>(1_000_000)
        let issuer = TestIssuer(environment: AuthorizationEnvironment(now: { now.withLock { $0 } }, randomBytes: AuthorizationEnvironment.system.randomBytes))
        issuer.update { $0.issuesRefreshTokens = false }
        let (authorizer, first) = try await signedIn(issuer)
        now.withLock { $0 += 4000 }
        // Nothing can be renewed: the server may say what it thinks of the old one.
        #expect(try await authorizer.headers(for: target, after: nil)?.first?.value == first[0].value)
        let second = try #require(try await authorizer.headers(for: target, after: refusal(sent: first)))
        #expect(second[0].value != first[0].value)
        #expect(issuer.tokenRequests.map { $0["grant_type"] } == ["authorization_code", "authorization_code"])
        #expect(issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["a", "a"])
    }

    @Test func aRenewedTokenThatIsRefusedAtOnceIsNotRenewedAgain() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        let second = try #require(try await authorizer.headers(for: target, after: refusal(sent: first)))
        #expect(try await authorizer.headers(for: target, after: refusal(attempt: 2, sent: second)) != nil)
        #expect(issuer.state.withLock { $0.visits.count } == 2)
    }

    @Test func tokensOutliveTheProcess() async throws {
        let issuer = TestIssuer()
        let store = MemoryCredentialStore()
        let (_, first) = try await signedIn(issuer) { $0.store = store }
        let again = try authorizer(issuer) { $0.store = store }
        #expect(try await again.headers(for: target, after: nil)?.first?.value == first[0].value)
        try await again.signOut()
        #expect(try await again.headers(for: target, after: nil)?.isEmpty == true)
        #expect(try await authorizer(issuer) { $0.store = store }.headers(for: target, after: nil)?.isEmpty == true)
    }

    /// What a renewal or a sign-in brings that was begun before is not kept, and the request that asked for it asks nobody to sign in again.
    @Test(arguments: [true, false]) func aSignOutIsNotUndoneByWhatIsUnderWay(isRenewal: Bool) async throws {
        let (opened, open) = AsyncStream<Void>.makeStream()
        let (reached, reach) = AsyncStream<Void>.makeStream()
        let isHeld = Mutex(false)
        let issuer = TestIssuer(gate: {
            guard isHeld.withLock({ $0 }) else { return }
            reach.yield()
            for await _ in opened { break }
        })
        let store = MemoryCredentialStore()
        let authorizer = try authorizer(issuer) { $0.store = store }
        let first = isRenewal ? try #require(try await authorizer.headers(for: target, after: refusal())) : []
        isHeld.withLock { $0 = true }
        let refused = refusal(sent: first)
        let waiting = Task { try await authorizer.headers(for: target, after: refused) }
        for await _ in reached { break }
        isHeld.withLock { $0 = false }
        try await authorizer.signOut()
        open.finish()
        let headers = try await waiting.value
        #expect(headers == nil)
        #expect(try await authorizer.headers(for: target, after: nil)?.isEmpty == true)
        #expect(store.load(.tokens(server: url)) == nil)
        // The next one signs in.
        #expect(try await authorizer.headers(for: target, after: refusal())?.isEmpty == false)
    }

    // MARK: Whose results a cache may keep

    @Test func eachSignInAndSignOutHasAContextOfItsOwn() async throws {
        let issuer = TestIssuer()
        let authorizer = try authorizer(issuer)
        let before = try #require(await authorizer.authorizationContext)
        #expect(await authorizer.authorizationContext == before && issuer.paths.isEmpty)
        let first = try #require(try await authorizer.headers(for: target, after: refusal(401, "Bearer scope=\"a\"")))
        let signedIn = try #require(await authorizer.authorizationContext)
        // A token that is only renewed is the same user's, with the same scopes.
        let second = try #require(try await authorizer.headers(for: target, after: refusal(sent: first)))
        #expect(second[0].value != first[0].value)
        #expect(await authorizer.authorizationContext == signedIn)
        _ = try await authorizer.headers(for: target, after: refusal(403, "Bearer error=\"insufficient_scope\", scope=\"b\"", sent: second))
        let steppedUp = try #require(await authorizer.authorizationContext)
        try await authorizer.signOut()
        let signedOut = try #require(await authorizer.authorizationContext)
        _ = try await authorizer.headers(for: target, after: refusal())
        let again = try #require(await authorizer.authorizationContext)
        try await authorizer.signOut()
        let all = [before, signedIn, steppedUp, signedOut, again, try #require(await authorizer.authorizationContext)]
        #expect(Set(all).count == all.count)
        #expect(!all.contains { $0.contains("access-") })
    }

    /// Whoever goes on with the tokens of another process, or another client, has what was private to them.
    @Test func theContextIsThatOfTheTokensInTheStore() async throws {
        let issuer = TestIssuer()
        let store = MemoryCredentialStore()
        let (authorizer, _) = try await signedIn(issuer) { $0.store = store }
        let again = try self.authorizer(issuer) { $0.store = store }
        #expect(await again.authorizationContext == authorizer.authorizationContext)
    }

    private struct Unreadable: CredentialStore {
        struct Failure: Error {}
        func load(_ key: CredentialKey) async throws -> JSONObject? { throw Failure() }
        func save(_ value: JSONObject?, for key: CredentialKey) async throws { throw Failure() }
    }

    @Test func aStoreThatCannotBeReadGivesNoContext() async throws {
        let authorizer = try authorizer(TestIssuer()) { $0.store = Unreadable() }
        #expect(await authorizer.authorizationContext == nil)
    }

    // MARK: Another issuer

    @Test func nothingGoesToANewIssuer() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        issuer.update { $0.issuers = ["https://as2.example"] }
        #expect(try await authorizer.headers(for: target, after: refusal(sent: first)) != nil)
        let sentToSecond = issuer.state.withLock { $0.requests.filter { $0.url.host == "as2.example" } }
        #expect(sentToSecond.map(\.url.path) == ["/.well-known/oauth-authorization-server", "/register", "/token"])
        #expect(sentToSecond[2].fields["grant_type"] == "authorization_code")
        #expect(sentToSecond[2].fields["client_id"]?.hasSuffix("of https://as2.example") == true)
    }

    // MARK: Step-up

    @Test func stepUpAsksForTheUnion() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"b\""
        #expect(try await authorizer.headers(for: target, after: refusal(403, challenge, sent: first)) != nil)
        #expect(issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["a", "a b"])
    }

    @Test func stepUpEnds() async throws {
        let issuer = TestIssuer()
        let authorizer = try authorizer(issuer)
        var sent: [(name: String, value: String)] = []
        var attempts = 0
        for attempt in 1...10 {
            // Each time another scope, so that only the number ends it.
            let answer = attempt == 1 ? refusal() : refusal(403, attempt: attempt, "Bearer error=\"insufficient_scope\", scope=\"s\(attempt)\"", sent: sent)
            guard let next = try await authorizer.headers(for: target, after: answer) else { break }
            (sent, attempts) = (next, attempt)
        }
        #expect(attempts == 3)
        #expect(issuer.state.withLock { $0.visits.count } == 3)
    }

    @Test func theSameScopesAreNotAskedForTwiceInARow() async throws {
        let issuer = TestIssuer()
        let (authorizer, first) = try await signedIn(issuer)
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"a\""
        #expect(try await authorizer.headers(for: target, after: refusal(403, attempt: 2, challenge, sent: first)) == nil)
        #expect(issuer.state.withLock { $0.visits.count } == 1)
    }

    @Test(arguments: [(403, "Bearer"), (403, "Bearer error=\"other\""), (403, "Basic"), (500, "Bearer")])
    func otherRefusalsAreLeftAlone(status: Int, challenge: String) async throws {
        let issuer = TestIssuer()
        #expect(try await authorizer(issuer).headers(for: target, after: refusal(status, challenge)) == nil)
        #expect(issuer.paths.isEmpty)
    }

    @Test func offlineAccessIsAskedForWhereItIsOffered() async throws {
        let issuer = TestIssuer()
        issuer.update { $0.metadata = ["scopes_supported": ["a", "offline_access"]] }
        _ = try await signedIn(issuer)
        _ = try await signedIn(issuer) { $0.wantsOfflineAccess = false }
        #expect(issuer.state.withLock { $0.visits.map { $0["scope"] } } == ["a offline_access", "a"])
        #expect(issuer.state.withLock { $0.visits.map { $0["prompt"] } } == ["consent", nil])
    }
}
